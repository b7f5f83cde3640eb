package io.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.bench.Peers.Price;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** Whoever is compared with us and called exact finds what a plain loop finds. */
class PeersTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long WINDOW_MS = Duration.ofDays(30).toMillis();

    /** Ninety days of eight keys, at most two minutes out of order. */
    private static List<Price> prices() {
        SplittableRandom random = new SplittableRandom(1);
        List<Price> prices = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            prices.add(new Price(
                    "key-" + random.nextInt(8), i * HOUR_MS + random.nextInt(120_000), 100 + random.nextInt(900)));
        }
        return prices;
    }

    private static List<String> plainLoop(List<Price> prices) {
        List<String> lines = new ArrayList<>();
        for (Price price : prices) {
            long least = prices.stream()
                    .filter(other ->
                            other.key.equals(price.key) && other.at <= price.at && other.at >= price.at - WINDOW_MS)
                    .mapToLong(other -> other.micros)
                    .min()
                    .orElseThrow();
            lines.add(price.key + " " + price.at + " " + least);
        }
        return lines;
    }

    private static List<String> found(BiFunction<StreamExecutionEnvironment, DataStream<Price>, DataStream<Price>> peer)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        DataStream<Price> prices = env.fromData(prices(), TypeInformation.of(Price.class))
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Price>forBoundedOutOfOrderness(Duration.ofMinutes(5))
                        .withTimestampAssigner((price, none) -> price.at));
        List<String> lines = new ArrayList<>();
        try (CloseableIterator<Price> least = peer.apply(env, prices).executeAndCollect()) {
            least.forEachRemaining(price -> lines.add(price.key + " " + price.at + " " + price.micros));
        }
        return lines;
    }

    @Test
    void sqlIsExact() throws Exception {
        assertThat(found(Peers::sql)).containsExactlyInAnyOrderElementsOf(plainLoop(prices()));
    }

    @Test
    void timersAreExact() throws Exception {
        assertThat(found((env, prices) -> Peers.timers(prices)))
                .containsExactlyInAnyOrderElementsOf(plainLoop(prices()));
    }

    @Test
    void aScanIsExactInOrder() throws Exception {
        // An hour between two prices: nothing is out of order here.
        assertThat(found((env, prices) -> Peers.scan(prices))).containsExactlyInAnyOrderElementsOf(plainLoop(prices()));
    }

    @Test
    void bucketsOfDaysFindNoLessThanTheLeastOfADayMore() throws Exception {
        assertThat(found((env, prices) -> Peers.days(prices))).hasSameSizeAs(prices());
    }
}
