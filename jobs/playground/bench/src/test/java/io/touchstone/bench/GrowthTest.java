package io.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Outputs;
import io.touchstone.PolicyStream;
import io.touchstone.PriceFloorJob;
import io.touchstone.bench.Contender.Topics;
import io.touchstone.bench.Interleaved.Trial;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.Table;
import io.touchstone.io.TableRow;
import io.touchstone.market.DeadLetter;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured is measured on the state that was filled. */
class GrowthTest {
    private static final int QUANTITY = 3;
    private static final int STATUS = 7;

    /** Filled by tasks of this process. */
    private static final Queue<List<String>> FLOORS = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    @Test
    void everyFloorIsKnownFromTheStart() throws Exception {
        Settings settings = new Settings(1, 200, 20, 10, Duration.ofHours(1), 1);
        String savepoint = Growth.fill(settings.events(), 1, folder).toUri().toString();
        Contender floors = new Contender(Topics.ORDERS, (env, records, until) -> {
            var orders = Wire.timedOrders(records);
            PolicyTimeline policies = new PolicyTimeline(Policy.DEFAULT);
            PriceFloorJob.define(env, policies, PolicyStream.none(orders), until, orders, new Floors());
        });
        Interleaved.measure(
                "growth",
                List.of(new Trial("floors", floors, settings.events(), 1, null, savepoint)),
                1,
                new Report(settings));
        // Without the stock, an order that comes first would make a thin floor.
        assertThat(FLOORS)
                .filteredOn(row -> row.get(QUANTITY).equals("3"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get(STATUS)).isEqualTo("CURRENT"));
    }

    private static final class Floors implements Outputs {
        @Override
        public void rows(DataStream<TableRow> rows) {
            Contender.discard(rows.filter(row -> row.table() == Table.PRICE_FLOOR_HISTORY && FLOORS.add(row.values()))
                    .name("floors")
                    .uid("floors"));
        }

        @Override
        public void alerts(DataStream<AlertMessage> alerts) {
            Contender.discard(alerts);
        }

        @Override
        public void deadLetters(DataStream<DeadLetter> letters) {
            Contender.discard(letters);
        }
    }
}
