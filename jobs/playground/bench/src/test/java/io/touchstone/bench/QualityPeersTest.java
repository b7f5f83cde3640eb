package io.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.bench.QualityPeers.Entry;
import io.touchstone.bench.QualityPeers.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.LongUnaryOperator;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/** Whoever is compared with us and called exact finds what a plain loop finds. */
class QualityPeersTest {
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    /** Sixty days of four factories, a third of the orders complained about, some twice, some too late. */
    private static List<Entry> inOrder() {
        SplittableRandom random = new SplittableRandom(1);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1_440; i++) {
            String orderId = "order-" + i;
            long paidAt = i * HOUR_MS + 10L * random.nextInt(1_000);
            entries.add(new Entry(orderId, "factory-" + random.nextInt(4), paidAt, false));
            for (int complaints = random.nextInt(6); complaints > 3; complaints--) {
                entries.add(new Entry(orderId, null, paidAt + complaints + 10L * random.nextInt((int) DAY_MS), true));
            }
        }
        entries.sort(Comparator.comparingLong(entry -> entry.at));
        return entries;
    }

    /** At most two minutes out of order. */
    private static List<Entry> outOfOrder() {
        SplittableRandom random = new SplittableRandom(2);
        Map<Entry, Long> arrivals = new HashMap<>();
        inOrder().forEach(entry -> arrivals.put(entry, entry.at + random.nextInt(120_000)));
        List<Entry> entries = new ArrayList<>(arrivals.keySet());
        entries.sort(Comparator.comparing(arrivals::get));
        return entries;
    }

    private static long thirtyDaysBefore(long at) {
        return at - 30 * DAY_MS;
    }

    private static long dayThirtyDaysBefore(long at) {
        return Math.floorDiv(thirtyDaysBefore(at), DAY_MS) * DAY_MS;
    }

    private static List<String> plainLoop(LongUnaryOperator windowBegins) {
        Map<String, Entry> orders = new HashMap<>();
        List<Entry> facts = new ArrayList<>();
        for (Entry entry : inOrder()) {
            if (!entry.complaint) {
                orders.put(entry.orderId, entry);
                facts.add(entry);
            } else if (entry.at <= orders.get(entry.orderId).at + 7 * DAY_MS) {
                facts.add(new Entry(entry.orderId, orders.get(entry.orderId).factoryId, entry.at, true));
            }
        }
        List<String> lines = new ArrayList<>();
        for (Entry fact : facts) {
            List<Entry> window = facts.stream()
                    .filter(other -> other.factoryId.equals(fact.factoryId)
                            && other.at <= fact.at
                            && other.at >= windowBegins.applyAsLong(fact.at))
                    .toList();
            long complaints = window.stream().filter(other -> other.complaint).count();
            lines.add(line(new Rate(fact.factoryId, fact.at, complaints, window.size() - complaints)));
        }
        return lines;
    }

    private static String line(Rate rate) {
        return rate.factoryId + " " + rate.at + " " + rate.complaints + " of " + rate.orders;
    }

    private static List<String> found(
            List<Entry> sample, BiFunction<StreamExecutionEnvironment, DataStream<Entry>, DataStream<Rate>> peer)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1);
        DataStream<Entry> entries = env.fromData(sample, TypeInformation.of(Entry.class))
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Entry>forBoundedOutOfOrderness(Duration.ofMinutes(5))
                        .withTimestampAssigner((entry, none) -> entry.at));
        List<String> lines = new ArrayList<>();
        try (CloseableIterator<Rate> rates = peer.apply(env, entries).executeAndCollect()) {
            rates.forEachRemaining(rate -> lines.add(line(rate)));
        }
        return lines;
    }

    @Test
    void sqlIsExact() throws Exception {
        assertThat(found(outOfOrder(), QualityPeers::sql))
                .containsExactlyInAnyOrderElementsOf(plainLoop(QualityPeersTest::thirtyDaysBefore));
    }

    @Test
    void twoStepsAreExactByDayInOrder() throws Exception {
        assertThat(found(inOrder(), (env, entries) -> QualityPeers.twoStep(entries)))
                .containsExactlyInAnyOrderElementsOf(plainLoop(QualityPeersTest::dayThirtyDaysBefore));
    }

    @Test
    void twoStepsLoseNothingOutOfOrder() throws Exception {
        assertThat(found(outOfOrder(), (env, entries) -> QualityPeers.twoStep(entries)))
                .hasSameSizeAs(plainLoop(QualityPeersTest::dayThirtyDaysBefore));
    }
}
