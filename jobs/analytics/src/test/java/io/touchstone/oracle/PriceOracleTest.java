package io.touchstone.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Line;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.OrderEvent.Type;
import io.touchstone.market.Segment;
import io.touchstone.oracle.PriceOracle.AlertRow;
import io.touchstone.oracle.PriceOracle.BreachRow;
import io.touchstone.oracle.PriceOracle.ChangedOrders;
import io.touchstone.oracle.PriceOracle.FloorRow;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The oracle against the rows that another batch program computed for the cases of shared/cases. */
class PriceOracleTest {
    private static final int ORDER_RETENTION_DAYS = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void agreesWithTheCaseThatCoversEveryRule() {
        agreesWith(new Case("price-tiny"));
    }

    @Test
    void agreesWithTheCaseOfARandomMarket() {
        agreesWith(new Case("price-small"));
    }

    /** Section 0 lets each event of a changed order speak for itself; the case (T32) lets the first one decide. */
    @Test
    void agreesWithTheCasesWhereverNoProducerChangesAnOrder() {
        for (String name : List.of("price-tiny", "price-small")) {
            Case expected = new Case(name);
            PriceOracle.Result result = expected.compute(ChangedOrders.EACH_EVENT_SPEAKS);
            assertThat(result.floorHistory())
                    .filteredOn(row -> !row.sku().equals("T32-first"))
                    .isEqualTo(expected.floorRows("price_floor_history", "valid_from").stream()
                            .filter(row -> !row.sku().equals("T32-first"))
                            .toList());
            assertThat(result.breaches())
                    .filteredOn(row -> !row.skuId().equals("T32-first"))
                    .isEqualTo(expected.breachRows().stream()
                            .filter(row -> !row.skuId().equals("T32-first"))
                            .toList());
            assertThat(result.alertRevisions())
                    .filteredOn(row -> !row.subject().startsWith("T32-first/"))
                    .isEqualTo(expected.alertRevisions());
            assertThat(result.floorHistory())
                    .as("the first SHIPPED event alone sets the literal floor of T32-first to 9000000")
                    .anyMatch(row ->
                            row.sku().equals("T32-first") && row.literal() != null && row.literal() == 8_000_000L);
        }
    }

    @Test
    void doesNotDependOnTheOrderOfArrivalOrOnRepeats() {
        Case tiny = new Case("price-tiny");
        List<OrderEvent> shuffled = new ArrayList<>(tiny.valid.values());
        shuffled.addAll(tiny.valid.values());
        Collections.shuffle(shuffled, new Random(1));
        for (ChangedOrders reading : ChangedOrders.values()) {
            assertThat(PriceOracle.compute(shuffled, tiny.policy, ORDER_RETENTION_DAYS, tiny.untilDay, reading))
                    .isEqualTo(tiny.compute(reading));
        }
    }

    private static void agreesWith(Case expected) {
        PriceOracle.Result result = expected.compute(ChangedOrders.FIRST_EVENT_DECIDES);
        assertThat(result.floorHistory()).isEqualTo(expected.floorRows("price_floor_history", "valid_from"));
        assertThat(result.floors()).isEqualTo(expected.floorRows("price_floor", "since"));
        assertThat(result.breaches()).isEqualTo(expected.breachRows());
        assertThat(result.alertRevisions()).isEqualTo(expected.alertRevisions());
        assertThat(result.alertRevisions()).isEqualTo(expected.publishedAlerts());
        assertThat(result.alerts().stream().map(row -> opening(row, result)).toList())
                .isEqualTo(expected.alerts());
        assertThat(expected.unmatchedByTheOracle()).isEqualTo(expected.letters("UNMATCHED"));
    }

    /** A row of the table alert: the newest revision, with the times at which the alert was opened and closed. */
    private record AlertNow(AlertRow newest, long openedAt, Long closedAt) {}

    private static AlertNow opening(AlertRow newest, PriceOracle.Result result) {
        AlertRow opening = result.alertRevisions().stream()
                .filter(row -> row.alertId().equals(newest.alertId()) && row.revision() == 1)
                .findFirst()
                .orElseThrow();
        return new AlertNow(newest, opening.at(), newest.status().equals("RESOLVED") ? newest.at() : null);
    }

    /** A folder of src/test/resources/cases. */
    private static final class Case {
        private final String folder;
        private final Policy policy;
        private final int untilDay;
        private final Map<Integer, String> deadLetters = new TreeMap<>();
        private final Map<Integer, OrderEvent> valid = new TreeMap<>();

        Case(String name) {
            folder = "/cases/" + name + "/";
            policy = policy(json(text("policy.json")));
            for (String line : lines("expected/dead-letters.jsonl")) {
                JsonNode letter = json(line);
                deadLetters.put(
                        letter.get("offset").intValue(), letter.get("reason").textValue());
            }
            List<String> history = List.of(gunzipped("history/orders.jsonl").split("\n", -1));
            IntStream.range(0, history.size())
                    .filter(i -> !history.get(i).isBlank())
                    .filter(i -> !List.of("UNDECODABLE", "INVALID").contains(deadLetters.getOrDefault(i, "")))
                    .forEach(i -> valid.put(i, order(json(history.get(i)))));
            long last = valid.values().stream()
                    .mapToLong(OrderEvent::eventTime)
                    .max()
                    .orElseThrow();
            untilDay = has("until")
                    ? (int) LocalDate.parse(text("until").strip()).toEpochDay()
                    : PriceOracle.day(last, policy.timeZone()) + 1;
        }

        PriceOracle.Result compute(ChangedOrders reading) {
            return PriceOracle.compute(List.copyOf(valid.values()), policy, ORDER_RETENTION_DAYS, untilDay, reading);
        }

        List<Integer> letters(String reason) {
            return deadLetters.keySet().stream()
                    .filter(i -> deadLetters.get(i).equals(reason))
                    .toList();
        }

        List<Integer> unmatchedByTheOracle() {
            long until = PriceOracle.midnight(untilDay, policy.timeZone());
            return valid.keySet().stream()
                    .filter(i -> valid.get(i).eventTime() < until)
                    .filter(i -> PriceOracle.isUnmatched(valid.get(i), policy.timeZone(), ORDER_RETENTION_DAYS))
                    .toList();
        }

        List<FloorRow> floorRows(String table, String time) {
            return rows(
                    table,
                    row -> new FloorRow(
                            row.get("sku_id"),
                            row.get("channel"),
                            row.get("currency"),
                            number(row, "min_quantity"),
                            number(row, time),
                            number(row, "floor_micros"),
                            number(row, "literal_floor_micros"),
                            row.get("status"),
                            number(row, "buyers").intValue()));
        }

        List<BreachRow> breachRows() {
            return rows(
                    "price_breach",
                    row -> new BreachRow(
                            row.get("order_id"),
                            row.get("line_id"),
                            row.get("factory_id"),
                            row.get("sku_id"),
                            row.get("channel"),
                            row.get("currency"),
                            number(row, "quantity"),
                            number(row, "tier"),
                            row.get("buyer_id"),
                            number(row, "paid_at"),
                            number(row, "price_micros"),
                            number(row, "floor_micros"),
                            row.get("floor_status"),
                            number(row, "excess_bp"),
                            row.get("alert_id").isEmpty() ? null : row.get("alert_id")));
        }

        List<AlertRow> alertRevisions() {
            return rows("alert_revision", Case::alertRow);
        }

        List<AlertNow> alerts() {
            return rows(
                    "alert", row -> new AlertNow(alertRow(row), number(row, "opened_at"), number(row, "closed_at")));
        }

        List<AlertRow> publishedAlerts() {
            return lines("expected/alerts.jsonl").stream()
                    .map(PriceOracleTest::json)
                    .map(alert -> alertRow(
                            column -> alert.get(column).isNull()
                                    ? ""
                                    : alert.get(column).asText(),
                            alert.get("evidence")))
                    .toList();
        }

        private static AlertRow alertRow(CSVRecord row) {
            return alertRow(row::get, json(row.get("evidence")));
        }

        private static AlertRow alertRow(Function<String, String> column, JsonNode evidence) {
            assertThat(column.apply("cause")).isEmpty();
            return new AlertRow(
                    column.apply("alert_id"),
                    Integer.parseInt(column.apply("revision")),
                    column.apply("kind"),
                    column.apply("status"),
                    column.apply("subject"),
                    column.apply("factory_id"),
                    Long.parseLong(column.apply("at")),
                    column.apply("severity"),
                    evidence.get("max_excess_bp").longValue(),
                    evidence.get("orders").intValue(),
                    evidence.get("buyers").intValue());
        }

        private <T> List<T> rows(String table, Function<CSVRecord, T> row) {
            CSVFormat format = CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get();
            try (CSVParser parser = format.parse(new StringReader(gunzipped("expected/" + table + ".csv")))) {
                return parser.stream().map(row).toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Long number(CSVRecord row, String column) {
            return row.get(column).isEmpty() ? null : Long.valueOf(row.get(column));
        }

        private List<String> lines(String file) {
            return gunzipped(file).lines().toList();
        }

        private boolean has(String file) {
            return PriceOracleTest.class.getResource(folder + file) != null;
        }

        private String text(String file) {
            try (InputStream in = PriceOracleTest.class.getResourceAsStream(folder + file)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String gunzipped(String file) {
            try (InputStream in =
                    new GZIPInputStream(PriceOracleTest.class.getResourceAsStream(folder + file + ".gz"))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Policy policy(JsonNode policy) {
        JsonNode price = policy.get("price");
        List<Long> tiers = new ArrayList<>();
        price.get("tiers").forEach(tier -> tiers.add(tier.longValue()));
        return new Policy(
                policy.get("version").textValue(),
                ZoneId.of(policy.get("time_zone").textValue()),
                new PricePolicy(
                        tiers,
                        price.get("min_buyers").intValue(),
                        price.get("carry_days").intValue(),
                        price.get("tolerance_bp").intValue(),
                        price.get("spike_percent").intValue()),
                QualityPolicy.DEFAULT);
    }

    private static OrderEvent order(JsonNode order) {
        List<Line> lines = new ArrayList<>();
        for (JsonNode line : order.get("lines")) {
            lines.add(new Line(
                    line.get("line_id").textValue(),
                    line.get("sku_id").textValue(),
                    line.get("quantity").longValue(),
                    line.get("unit_price_micros").longValue(),
                    line.get("currency").textValue(),
                    Channel.valueOf(line.get("channel").textValue())));
        }
        JsonNode cancelledBy = order.path("cancelled_by");
        return new OrderEvent(
                order.get("event_id").textValue(),
                order.get("order_id").textValue(),
                Status.valueOf(order.get("status").textValue()),
                order.get("event_time").longValue(),
                Type.valueOf(order.get("type").textValue()),
                order.get("factory_id").textValue(),
                order.get("category_id").textValue(),
                order.get("belt_id").textValue(),
                order.get("buyer_id").textValue(),
                Segment.valueOf(order.get("buyer_segment").textValue()),
                order.get("paid_at").longValue(),
                order.get("ship_by").longValue(),
                order.get("lead_days").intValue(),
                cancelledBy.isTextual() ? CancelledBy.valueOf(cancelledBy.textValue()) : null,
                lines);
    }
}
