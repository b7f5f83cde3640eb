package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import io.touchstone.oracle.QualityHistories;
import io.touchstone.oracle.QualityOracle;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.oracle.QualityRows;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The quality half of the backtest against a naive recomputation, on shuffled and repeated lines of random histories. */
class BacktestOracleTest {
    private static final Set<String> DOUBLES = Set.of("score", "rate", "shrunk_rate", "sub_score", "z", "rr");
    private static final JsonMapper JSON = new JsonMapper();
    /** More seeds than the build asks for: -Dquality.seeds=30 -Dquality.first=1000. */
    private static final long SEEDS = Long.getLong("quality.seeds", 0);

    private static final long FIRST = Long.getLong("quality.first", 0);

    @TempDir
    private Path temp;

    @ParameterizedTest
    @CsvSource({"1, 4"})
    void agreesAtEveryEdge(long seed, int parallelism) throws IOException {
        Policy policy = QualityHistories.policy(seed);
        agrees(seed, policy, QualityHistories.edges(seed, policy), parallelism);
    }

    /** The last instant of an order, a millisecond before the midnight that forgets it. */
    @Test
    void seesAnAnswerOverdueInTheLastInstantOfAnOrder() throws IOException {
        long hour = 3_600_000L;
        long midnight = Instant.parse("2024-03-09T00:00:00Z").toEpochMilli();
        Policy policy = new Policy(
                "short",
                ZoneId.of("UTC"),
                PricePolicy.DEFAULT,
                new QualityPolicy(60, 168, 16, 24, QualityPolicy.DEFAULT.classes(), Map.of()));
        OrderEvent paid = new OrderEvent(
                "e1",
                "o",
                OrderEvent.Status.PAID,
                midnight,
                OrderEvent.Type.REGULAR,
                "f",
                "c",
                "b",
                "buyer",
                Segment.CONSUMER,
                midnight,
                midnight + hour,
                0,
                null,
                List.of(new OrderEvent.Line("1", "sku", 1, 1, "CNY", Channel.MEMBER)));
        ReturnEvent opened = new ReturnEvent(
                "e2",
                "r",
                "o",
                ReturnEvent.Stage.OPENED,
                midnight + 15 * 24 * hour - 1,
                ReturnEvent.Reason.CHANGED_MIND,
                null);
        List<Delivery> history = List.of(new Delivery("orders", 0, paid), new Delivery("returns", 0, opened));
        int untilDay = (int) LocalDate.of(2024, 3, 27).toEpochDay();
        agrees("the last instant", history, policy, untilDay, 1);
    }

    @ParameterizedTest
    @CsvSource({"3, 2"})
    void agreesOnAWalk(long seed, int parallelism) throws IOException {
        Policy policy = QualityHistories.policy(seed);
        agrees(seed, policy, QualityHistories.walks(seed, policy), parallelism);
    }

    @Test
    void agreesOnAMarket() throws IOException {
        int orders = Integer.getInteger("quality.orders", 3000);
        agrees(FIRST, Policy.DEFAULT, QualityHistories.market(FIRST, Policy.DEFAULT, orders), 4);
    }

    @Test
    void agreesOnFurtherSeeds() throws IOException {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Policy policy = QualityHistories.policy(seed);
            agrees(
                    seed,
                    policy,
                    seed % 4 == 0 ? QualityHistories.walks(seed, policy) : QualityHistories.edges(seed, policy),
                    1 << (seed % 3));
        }
    }

    private void agrees(long seed, Policy policy, List<Object> events, int parallelism) throws IOException {
        List<Delivery> history = QualityHistories.deliveries(seed, events);
        agrees("seed " + seed, history, policy, QualityHistories.untilDay(seed, history, policy), parallelism);
    }

    private void agrees(String name, List<Delivery> history, Policy policy, int untilDay, int parallelism)
            throws IOException {
        Path in = Files.createDirectories(temp.resolve("history"));
        Path out = temp.resolve("out");
        write(history, in);
        Path policyFile =
                Files.writeString(temp.resolve("policy.json"), json(policy).toString());
        assertThat(Backtest.run(
                        "--quiet",
                        "--history",
                        in.toString(),
                        "--output",
                        out.toString(),
                        "--policy",
                        policyFile.toString(),
                        "--until",
                        LocalDate.ofEpochDay(untilDay).toString(),
                        "--parallelism",
                        String.valueOf(parallelism)))
                .isZero();
        assertThat(QualityOracle.compute(history, policy, untilDay).differencesTo(read(out)))
                .as("%s: oracle, then backtest", name)
                .isEmpty();
    }

    private static QualityRows read(Path out) throws IOException {
        QualityRows rows = new QualityRows();
        for (Map.Entry<String, List<String>> table : QualityRows.COLUMNS.entrySet()) {
            List<String> columns = new ArrayList<>(QualityRows.KEYS.get(table.getKey()));
            columns.addAll(table.getValue());
            try (Reader reader = Files.newBufferedReader(out.resolve(table.getKey() + ".csv"))) {
                for (CSVRecord row : CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get()
                        .parse(reader)) {
                    if (!columns.contains("kind") || !row.get("kind").equals("PRICE_BREACH")) {
                        rows.put(
                                table.getKey(),
                                columns.stream()
                                        .map(column -> value(row, column))
                                        .toArray());
                    }
                }
            }
        }
        for (String line : Files.readAllLines(out.resolve("dead-letters.jsonl"))) {
            JsonNode letter = JSON.readTree(line);
            assertThat(letter.get("reason").textValue()).isEqualTo("UNMATCHED");
            rows.unmatched(letter.get("topic").textValue(), letter.get("offset").longValue());
        }
        return rows;
    }

    private static String value(CSVRecord row, String column) {
        String value = row.get(column);
        return DOUBLES.contains(column) && !value.isEmpty() ? Double.toString(Double.parseDouble(value)) : value;
    }

    private static void write(List<Delivery> history, Path in) throws IOException {
        for (String topic : List.of("orders", "returns", "reviews")) {
            try (BufferedWriter file = Files.newBufferedWriter(in.resolve(topic + ".jsonl"))) {
                for (Delivery delivery : history) {
                    if (delivery.topic().equals(topic)) {
                        file.write(json(delivery.event()).toString());
                        file.write('\n');
                    }
                }
            }
        }
    }

    private static ObjectNode json(Object event) {
        ObjectNode json = JSON.createObjectNode();
        if (event instanceof OrderEvent order) {
            json.put("event_id", order.eventId());
            json.put("order_id", order.orderId());
            json.put("status", order.status().name());
            json.put("event_time", order.eventTime());
            json.put("type", order.type().name());
            json.put("factory_id", order.factoryId());
            json.put("category_id", order.categoryId());
            json.put("belt_id", order.beltId());
            json.put("buyer_id", order.buyerId());
            json.put("buyer_segment", order.segment().name());
            json.put("paid_at", order.paidAt());
            json.put("ship_by", order.shipBy());
            json.put("lead_days", order.leadDays());
            json.put("cancelled_by", symbol(order.cancelledBy()));
            ArrayNode lines = json.putArray("lines");
            for (OrderEvent.Line line : order.lines()) {
                ObjectNode item = lines.addObject();
                item.put("line_id", line.lineId());
                item.put("sku_id", line.skuId());
                item.put("quantity", line.quantity());
                item.put("unit_price_micros", line.unitPriceMicros());
                item.put("currency", line.currency());
                item.put("channel", line.channel().name());
            }
        } else if (event instanceof ReturnEvent step) {
            json.put("event_id", step.eventId());
            json.put("return_id", step.returnId());
            json.put("order_id", step.orderId());
            json.put("stage", step.stage().name());
            json.put("event_time", step.eventTime());
            json.put("reason", step.reason().name());
            json.put("liable", symbol(step.liable()));
        } else {
            ReviewEvent review = (ReviewEvent) event;
            json.put("event_id", review.eventId());
            json.put("review_id", review.reviewId());
            json.put("order_id", review.orderId());
            json.put("stage", review.stage().name());
            json.put("event_time", review.eventTime());
            json.put("stars", review.stars());
            ArrayNode topics = json.putArray("topics");
            review.topics().forEach(topic -> topics.add(topic.name()));
        }
        return json;
    }

    private static String symbol(Enum<?> symbol) {
        return symbol == null ? null : symbol.name();
    }

    private static ObjectNode json(Policy policy) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", policy.version());
        json.put("time_zone", policy.timeZone().getId());
        ObjectNode quality = json.putObject("quality");
        quality.put("window_days", policy.quality().windowDays());
        quality.put("match_timeout_hours", policy.quality().matchTimeoutHours());
        quality.put("order_retention_days", policy.quality().orderRetentionDays());
        quality.put("return_sla_hours", policy.quality().returnSlaHours());
        classes(policy.quality().classes(), quality.putObject("classes"));
        ObjectNode categories = quality.putObject("categories");
        policy.quality().categories().forEach((id, classes) -> classes(classes, categories.putObject(id)));
        return json;
    }

    private static void classes(Map<DefectClass, ClassPolicy> classes, ObjectNode json) {
        classes.forEach((defectClass, numbers) -> {
            ObjectNode row = json.putObject(defectClass.name());
            row.put("standard_bp", numbers.standardBp());
            row.put("mean_bp", numbers.meanBp());
            row.put("strength", numbers.strength());
            row.put("weight", numbers.weight());
            ObjectNode exposure = row.putObject("exposure");
            numbers.exposure().steps().forEach((age, permille) -> exposure.put(age.toString(), permille));
        });
    }
}
