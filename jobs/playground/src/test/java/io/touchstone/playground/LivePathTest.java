package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.event.Order;
import io.touchstone.event.OrderStatus;
import io.touchstone.io.AvroWire;
import io.touchstone.io.Table;
import io.touchstone.price.PriceAlert;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole jobs between a real broker and a real database, on a real cluster, give what the backtest gives, whatever crashes. */
class LivePathTest {
    private static final List<Table> PRICE_TABLES = List.of(
            Table.PRICE_FLOOR_HISTORY, Table.PRICE_FLOOR, Table.PRICE_BREACH, Table.ALERT_REVISION, Table.ALERT);
    private static final List<Table> BOTH_JOBS_TABLES = List.of(
            Table.FACTORY_SCORE_DAILY,
            Table.FACTORY_SCORE,
            Table.FACTORY_CLASS_DAILY,
            Table.FACTORY_SEGMENT_DAILY,
            Table.STANDING_HISTORY,
            Table.PRICE_FLOOR_HISTORY,
            Table.PRICE_FLOOR,
            Table.ALERT_REVISION,
            Table.ALERT);
    private static final Set<String> PRICE = Set.of(PriceAlert.KIND);
    private static final Set<String> ALL = Set.of(PriceAlert.KIND, "DEMOTION", "UNSTABLE_QUALITY", "COHORT_DISPARITY");

    @TempDir
    private Path temp;

    @Test
    void losesAndDoublesNothingWhenKilledInMidStream() throws Exception {
        try (LiveCase live = LiveCase.launch("price-small", temp, 2)) {
            JobID job = live.submitPriceFloor(2, null);
            live.publish(0, 1500);
            await().atMost(LiveCase.SOON).until(() -> live.count("alert_revision") > 0);
            live.flink().replaceTaskManager(0);
            live.publish(1500, 3000);
            await().atMost(LiveCase.SOON)
                    .until(() -> live.count("alert_revision") > 40
                            && live.flink().newestCheckpoint(job).isPresent());

            live.flink().cancel(job);
            live.submitPriceFloor(2, live.flink().newestCheckpoint(job).orElseThrow());
            live.publish(3000, live.size());
            live.passMidnight();

            live.agreesWithTheBacktest(PRICE_TABLES, PRICE, "price-alerts");
        }
    }

    @Test
    void findsTheSameFromASavepointAtAnotherParallelism() throws Exception {
        try (LiveCase live = LiveCase.launch("price-small", temp, 2)) {
            JobID one = live.submitPriceFloor(1, null);
            live.publish(0, 2000);
            await().atMost(LiveCase.SOON).until(() -> live.count("alert_revision") > 0);
            JobID three = live.submitPriceFloor(3, live.flink().stop(one));
            live.publish(2000, 3500);
            await().atMost(LiveCase.SOON).until(() -> live.count("alert_revision") > 60);
            live.submitPriceFloor(2, live.flink().stop(three));
            live.publish(3500, live.size());
            live.passMidnight();

            live.agreesWithTheBacktest(PRICE_TABLES, PRICE, "price-alerts");
        }
    }

    @Test
    void bothJobsFindWhatTheBacktestFindsThroughAKillAndARestore() throws Exception {
        try (LiveCase live = LiveCase.launch("quality-small", temp, 4)) {
            int most = live.size() * 2 / 3;
            live.publish(0, most);
            JobID prices = live.submitPriceFloor(2, null);
            JobID quality = live.submitFactoryQuality(2, null);
            await().atMost(LiveCase.SOON).until(() -> live.count("factory_score_daily") > 0);
            live.flink().replaceTaskManager(0);
            await().atMost(LiveCase.SOON)
                    .until(() -> live.count("standing_history") > 20
                            && live.flink().newestCheckpoint(quality).isPresent());

            live.flink().cancel(quality);
            live.publish(most, live.size());
            live.passMidnight();
            live.submitFactoryQuality(3, live.flink().newestCheckpoint(quality).orElseThrow());

            live.agreesWithTheBacktest(BOTH_JOBS_TABLES, ALL, "demotion-alerts", "price-alerts");
            assertThat(live.flink().status(prices)).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void keepsEveryBadInputAsADeadLetterAndRunsOn() throws Exception {
        try (LiveCase live = LiveCase.launch("price-small", temp, 2)) {
            keepsEveryBadInput(live);
        }
    }

    private static void keepsEveryBadInput(LiveCase live) throws Exception {
        AvroWire<Order> wire = AvroWire.orders();
        Order good = live.order(0);
        long now = System.currentTimeMillis();
        JobID job = live.submitPriceFloor(2, null);

        Map<String, byte[]> letters = new TreeMap<>();
        byte[] bytes = wire.encode(good);
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        byte[] otherMagic = bytes.clone();
        otherMagic[0] = 0;
        for (byte[] undecodable :
                List.of(new byte[0], new byte[] {1, 2, 3}, longer, otherMagic, java.util.Arrays.copyOf(bytes, 40))) {
            letters.put("orders/2/" + live.send(2, undecodable) + "/UNDECODABLE", undecodable);
        }
        letters.put("orders/2/" + live.send(2, null) + "/UNDECODABLE", new byte[0]);
        byte[] invalid = wire.encode(
                Order.newBuilder(good).setStatus(OrderStatus.UNKNOWN).build());
        letters.put("orders/1/" + live.send(1, invalid) + "/INVALID", invalid);
        byte[] future = wire.encode(at(good, now + Duration.ofHours(1).toMillis()));
        letters.put("orders/1/" + live.send(1, future) + "/FUTURE", future);
        byte[] unmatched = wire.encode(Order.newBuilder(good)
                .setStatus(OrderStatus.SHIPPED)
                .setEventTime(good.getPaidAt().plus(Duration.ofDays(500)))
                .build());
        letters.put("orders/0/" + live.send(0, unmatched) + "/UNMATCHED", unmatched);
        live.publish(0, 300);
        long passed = live.order(299).getEventTime().plus(Duration.ofDays(2)).toEpochMilli();
        live.passMidnight(passed);
        String floors = "SELECT count(*) FROM price_floor WHERE since <= to_timestamp(" + passed / 1000 + ")";
        await().atMost(LiveCase.SOON)
                .until(() -> live.flink().status(job) == JobStatus.RUNNING && live.number(floors) > 0);
        // Any watermark that has closed the day is past this payment.
        byte[] late = wire.encode(at(good, good.getPaidAt().toEpochMilli()));
        letters.put("orders/3/" + live.send(3, late) + "/LATE", late);

        Map<String, byte[]> found = new TreeMap<>();
        try (KafkaConsumer<String, byte[]> reader = live.reader("dead-letters")) {
            await().atMost(LiveCase.SOON).untilAsserted(() -> {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    JsonNode letter = new JsonMapper().readTree(record.value());
                    found.put(
                            record.key(),
                            Base64.getDecoder()
                                    .decode(letter.get("value_base64").asText()));
                }
                assertThat(found.keySet()).isEqualTo(letters.keySet());
            });
        }
        letters.forEach((key, value) -> assertThat(found.get(key)).as(key).isEqualTo(value));
        assertThat(live.flink().status(job)).isEqualTo(JobStatus.RUNNING);
    }

    private static Order at(Order order, long instant) {
        Instant time = Instant.ofEpochMilli(instant);
        return Order.newBuilder(order)
                .setStatus(OrderStatus.PAID)
                .setEventTime(time)
                .setPaidAt(time)
                .setShipBy(time)
                .build();
    }
}
