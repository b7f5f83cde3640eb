package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.Backtest;
import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.Origin;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.price.Breach;
import io.touchstone.price.BreachingOrder;
import io.touchstone.price.Floor;
import io.touchstone.price.FloorRow;
import io.touchstone.price.PriceAlert;
import io.touchstone.quality.Cause;
import io.touchstone.quality.ClassFinding;
import io.touchstone.quality.ClearsWhen;
import io.touchstone.quality.Disparity;
import io.touchstone.quality.Dispersion;
import io.touchstone.quality.Evidence;
import io.touchstone.quality.QualityAlert;
import io.touchstone.quality.Signal;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves as JSON keeps its schema and reads well on one line; what leaves as rows loses nothing. */
class MessagesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Contract ALERT = Contract.of("alert");
    private static final Contract DEAD_LETTER = Contract.of("dead-letter");
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final long OPENED_AT = Instant.parse("2024-03-01T04:05:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000L;

    @TempDir
    private Path temp;

    private static BreachingOrder order(String id, String buyer, long hours) {
        return new BreachingOrder(
                id, buyer, OPENED_AT + hours * HOUR, 12, 10, 1_312_500, 1_050_000, Floor.Status.CARRIED, 3, 2_500);
    }

    private static PriceAlert alert(AlertStatus status, String sku, String factory, List<BreachingOrder> listed) {
        String subject = sku + "/DROPSHIP/CNY";
        return new PriceAlert(
                AlertId.of(PriceAlert.KIND, subject, OPENED_AT),
                2,
                status,
                Severity.CRITICAL,
                subject,
                factory,
                OPENED_AT + 5 * HOUR,
                OPENED_AT,
                listed.size(),
                2_500,
                listed,
                4,
                OPENED_AT + 170 * HOUR,
                "default-1");
    }

    private static AlertMessage message(AlertStatus status, String sku, String factory) {
        return AlertMessage.of(
                alert(status, sku, factory, List.of(order("o-2", "b-2", 5), order("o-1", "b-1", 0))), SHANGHAI);
    }

    @ParameterizedTest
    @EnumSource(
            value = AlertStatus.class,
            names = {"OPENED", "ESCALATED", "RESOLVED"})
    void alertsKeepTheirSchemaAndBeginWithTheirSummary(AlertStatus status) throws IOException {
        AlertMessage message = message(status, "socks", "F-1");
        JsonNode json = ALERT.valid(Json.of(message));
        List<String> fields = new ArrayList<>();
        json.fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactly(
                        "summary",
                        "summary_zh",
                        "alert_id",
                        "revision",
                        "kind",
                        "status",
                        "severity",
                        "subject",
                        "factory_id",
                        "cause",
                        "at",
                        "opened_at",
                        "closed_at",
                        "policy_version",
                        "evidence");
        boolean closed = status == AlertStatus.RESOLVED;
        assertThat(json.get("status").textValue()).isEqualTo(status.name());
        assertThat(json.get("severity").textValue()).isEqualTo("CRITICAL");
        assertThat(json.get("cause").isNull()).isTrue();
        assertThat(json.get("at").longValue()).isEqualTo(OPENED_AT + 5 * HOUR);
        assertThat(json.get("opened_at").longValue()).isEqualTo(OPENED_AT);
        assertThat(json.get("closed_at")).isEqualTo(closed ? json.get("at") : JSON.nullNode());
        JsonNode evidence = json.get("evidence");
        assertThat(evidence.get("orders").intValue()).isEqualTo(2);
        assertThat(evidence.get("buyers").intValue()).isEqualTo(2);
        assertThat(evidence.get("newest")).isEqualTo(evidence.get("order_list").get(0));
        assertThat(evidence.get("order_list").get(1).get("order_id").textValue())
                .isEqualTo("o-1");
        assertThat(evidence.get("clears_when").toString())
                .isEqualTo(
                        closed
                                ? "{\"conforming_orders\":null,\"or_quiet_until\":null}"
                                : "{\"conforming_orders\":4,\"or_quiet_until\":" + (OPENED_AT + 170 * HOUR) + "}");
    }

    @Test
    void theEvidenceNamesEverythingThatRecomputesTheBreach() throws IOException {
        JsonNode evidence = JSON.readTree(Json.of(message(AlertStatus.OPENED, "so/cks", "F-1")))
                .get("evidence");
        ObjectNode newest = (ObjectNode) evidence.get("newest");
        assertThat(newest).isEqualTo(JSON.readTree("""
                        {"order_id": "o-2", "buyer_id": "b-2", "paid_at": %d, "quantity": 12, "tier": 10,
                         "price_micros": 1312500, "floor_micros": 1050000, "floor_status": "CARRIED", "floor_buyers": 3,
                         "excess_bp": 2500}
                        """.formatted(OPENED_AT + 5 * HOUR)));
        assertThat(evidence.get("sku_id").textValue()).isEqualTo("so/cks");
        assertThat(evidence.get("channel").textValue()).isEqualTo("DROPSHIP");
        assertThat(evidence.get("currency").textValue()).isEqualTo("CNY");
        assertThat(evidence.get("policy_version").textValue()).isEqualTo("default-1");
        assertThat(evidence.get("max_excess_bp").intValue()).isEqualTo(2500);
    }

    @Test
    void theSummaryIsOneLineInEnglishAndOneInChinese() {
        AlertMessage opened = message(AlertStatus.OPENED, "socks", "F-1");
        assertThat(opened.summary())
                .isEqualTo("OPENED price above its 30-day floor: factory F-1, sku socks (DROPSHIP): CNY 1.3125 paid for"
                        + " 12 pcs, floor 1.05 (CARRIED, tier 10+), up to 25.00 % above; 2 order(s), 2 buyer(s) since"
                        + " 2024-03-01 12:05");
        assertThat(opened.summaryZh())
                .isEqualTo("【新告警】成交价高于30天底价：工厂 F-1，商品 socks（一件代发）：12 件成交价 CNY 1.3125，"
                        + "底价 1.05（沿用，10 件起），最多高出 25.00%；自 2024-03-01 12:05 起 2 单、2 位买家");
        assertThat(message(AlertStatus.ESCALATED, "socks", "F-1").summary())
                .startsWith("ESCALATED price still above its 30-day floor: ");
        assertThat(message(AlertStatus.ESCALATED, "socks", "F-1").summaryZh()).startsWith("【告警升级】成交价持续高于30天底价：");
        assertThat(message(AlertStatus.RESOLVED, "socks", "F-1").summary())
                .startsWith("RESOLVED price is back at its floor, or nobody paid more for 7 days: ");
        assertThat(message(AlertStatus.RESOLVED, "socks", "F-1").summaryZh()).startsWith("【已解除】成交价已回到底价，或七天内无人高价成交：");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0.000001",
        "10, 0.00001",
        "10000, 0.01",
        "100000, 0.10",
        "1000000, 1.00",
        "1050000, 1.05",
        "1312500, 1.3125",
        "1000000000000, 1000000.00",
        "999999999999, 999999.999999",
    })
    void moneyIsAPlainDecimal(long micros, String text) {
        assertThat(AlertMessage.money(micros)).isEqualTo(text);
    }

    /** Ids may be anything: they come through as they are, but a summary stays one line that does not steer a terminal. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\"b'c",
                "a,b;c",
                "a\nb",
                "a\r\nb",
                "a\\nb",
                "\uD83D\uDE00袜子",
                "a\tb",
                "\u001B[31mred",
                "a\u2028b\u0085c",
                "a/b/MEMBER/USD",
                "%s %d",
                "a\u0000b"
            })
    void idsComeThroughWhateverTheyAre(String id) throws IOException {
        AlertMessage message = AlertMessage.of(
                alert(AlertStatus.OPENED, id, id, List.of(order(id, id, 1), order("o", "b", 0))), SHANGHAI);
        JsonNode json = ALERT.valid(Json.of(message));
        assertThat(json.get("factory_id").textValue()).isEqualTo(id);
        assertThat(json.get("subject").textValue()).isEqualTo(id + "/DROPSHIP/CNY");
        assertThat(json.get("alert_id").textValue())
                .isEqualTo(AlertId.of("PRICE_BREACH", id + "/DROPSHIP/CNY", OPENED_AT));
        JsonNode evidence = json.get("evidence");
        assertThat(evidence.get("sku_id").textValue()).isEqualTo(id);
        assertThat(evidence.get("newest").get("order_id").textValue()).isEqualTo(id);
        assertThat(evidence.get("newest").get("buyer_id").textValue()).isEqualTo(id);
        for (String summary : List.of(message.summary(), message.summaryZh())) {
            assertThat(summary).doesNotContainPattern("[\\p{Cntrl}\\x{80}-\\x{9F}\\u2028\\u2029]");
            assertThat(summary).contains(id.replaceAll("[\\p{Cntrl}\\x{80}-\\x{9F}\\u2028\\u2029]", " "));
        }
    }

    @Test
    void theSchemaOfAlertsIsStrict() throws IOException {
        ObjectNode good = (ObjectNode) JSON.readTree(Json.of(message(AlertStatus.OPENED, "socks", "F-1")));
        assertThat(ALERT.validate(good)).isEmpty();
        for (String field : List.copyOf(fieldNames(good))) {
            ObjectNode absent = good.deepCopy();
            absent.remove(field);
            assertThat(ALERT.validate(absent)).as("without " + field).isNotEmpty();
            ObjectNode wrong = good.deepCopy();
            wrong.put(field, 2.5);
            assertThat(ALERT.validate(wrong)).as(field + " is 2.5").isNotEmpty();
        }
        ObjectNode evidence = (ObjectNode) good.get("evidence");
        for (String field : fieldNames(evidence)) {
            ObjectNode absent = good.deepCopy();
            ((ObjectNode) absent.get("evidence")).remove(field);
            assertThat(ALERT.validate(absent)).as("evidence without " + field).isNotEmpty();
        }
        for (String field : fieldNames((ObjectNode) evidence.get("newest"))) {
            ObjectNode absent = good.deepCopy();
            ((ObjectNode) absent.get("evidence").get("order_list").get(1)).remove(field);
            assertThat(ALERT.validate(absent)).as("an order without " + field).isNotEmpty();
        }
        assertThat(ALERT.validate(good.deepCopy().put("summary", "a\nb"))).isNotEmpty();
        assertThat(ALERT.validate(good.deepCopy().put("cause", "QUALITY"))).isNotEmpty();
        assertThat(ALERT.validate(good.deepCopy().put("alert_id", "ABC"))).isNotEmpty();
    }

    private static QualityAlert qualityAlert(QualityAlert.Kind kind, AlertStatus status, Cause cause) {
        String subject = kind == QualityAlert.Kind.COHORT_DISPARITY ? "F-1/CONSUMER" : "F-1";
        ClearsWhen clears = kind == QualityAlert.Kind.DEMOTION
                ? new ClearsWhen(5L, 337L, null, 19_804)
                : new ClearsWhen(null, null, 28, null);
        Evidence evidence = new Evidence(
                19_797,
                Standing.WATCH,
                Standing.PROBATION,
                Stream.of(DefectClass.values())
                        .map(c -> new ClassFinding(
                                c, 20, 90, 89_000, 20 / 89.0, 0.15, 300, 0, 10, 7_000_000_000L, Signal.SEVERE, true))
                        .toList(),
                cause == Cause.DISPARITY
                        ? List.of(
                                new Disparity(Segment.WHOLESALER, 40, 0, null, null, false),
                                new Disparity(Segment.CONSUMER, 50, 20, 4.6, Double.POSITIVE_INFINITY, true))
                        : null,
                cause == Cause.DISPERSION
                        ? new Dispersion(Collections.nCopies(8, new Dispersion.Week(10, 2)), 30.5, 8, true)
                        : null,
                List.of("o-2", "o-1"),
                status.closed() ? null : clears);
        return new QualityAlert(
                AlertId.of(kind.name(), subject, OPENED_AT),
                2,
                kind,
                status,
                Severity.WARN,
                subject,
                "F-1",
                cause,
                OPENED_AT + 24 * HOUR,
                OPENED_AT,
                evidence,
                "default-1");
    }

    @ParameterizedTest
    @CsvSource({
        "DEMOTION, OPENED, QUALITY",
        "DEMOTION, ESCALATED, DISPARITY",
        "DEMOTION, RECOVERING, DISPERSION",
        "DEMOTION, RESOLVED, AFTER_SALES",
        "UNSTABLE_QUALITY, OPENED, DISPERSION",
        "UNSTABLE_QUALITY, RESOLVED, DISPERSION",
        "COHORT_DISPARITY, OPENED, DISPARITY",
        "COHORT_DISPARITY, RESOLVED, DISPARITY",
    })
    void theSchemaOfQualityAlertsMissesNothing(QualityAlert.Kind kind, AlertStatus status, Cause cause)
            throws IOException {
        AlertMessage message = AlertMessage.of(qualityAlert(kind, status, cause), SHANGHAI);
        ObjectNode good = (ObjectNode) ALERT.valid(Json.of(message));
        assertThat(message.summaryZh())
                .startsWith("【" + status.inChinese() + "】")
                .doesNotContain(status.name());
        objectionsToWhateverIsAbsent(good, good.get("evidence"));
        assertThat(ALERT.validate(good.deepCopy().put("cause", "WARN"))).isNotEmpty();
        assertThat(ALERT.validate(good.deepCopy().put("closed_at", status.closed() ? null : OPENED_AT)))
                .isNotEmpty();
    }

    /** Takes one field after the other away, at any depth below a part of a message, and puts it back. */
    private static void objectionsToWhateverIsAbsent(JsonNode message, JsonNode part) {
        if (part instanceof ObjectNode object) {
            for (String field : fieldNames(object)) {
                JsonNode value = object.get(field);
                objectionsToWhateverIsAbsent(message, value);
                object.remove(field);
                assertThat(ALERT.validate(message)).as("without " + field).isNotEmpty();
                object.put(field, "?");
                if (!field.equals("policy_version")) {
                    assertThat(ALERT.validate(message)).as(field + " is ?").isNotEmpty();
                }
                object.set(field, value);
            }
        } else {
            part.forEach(element -> objectionsToWhateverIsAbsent(message, element));
        }
    }

    private static List<String> fieldNames(ObjectNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @EnumSource(DeadLetter.Reason.class)
    void deadLettersKeepTheirSchemaAndTheirBytes(DeadLetter.Reason reason) throws IOException {
        byte[] value = new byte[256];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        DeadLetter letter =
                new DeadLetter(new Origin("orders", 3, 1L << 40, value), reason, "lines[0].\"x\"\n\uD83D\uDE00");
        JsonNode json = DEAD_LETTER.valid(Json.of(letter));
        assertThat(fieldNames((ObjectNode) json))
                .containsExactly("topic", "partition", "offset", "reason", "detail", "value_base64");
        assertThat(json.get("topic").textValue()).isEqualTo("orders");
        assertThat(json.get("partition").intValue()).isEqualTo(3);
        assertThat(json.get("offset").longValue()).isEqualTo(1L << 40);
        assertThat(json.get("reason").textValue()).isEqualTo(reason.name());
        assertThat(json.get("detail").textValue()).isEqualTo("lines[0].\"x\"\n\uD83D\uDE00");
        assertThat(Base64.getDecoder().decode(json.get("value_base64").textValue()))
                .isEqualTo(value);
        assertThat(letter.key()).isEqualTo("orders/3/1099511627776/" + reason);
    }

    @Test
    void theSchemaOfDeadLettersIsStrict() throws IOException {
        ObjectNode good = (ObjectNode) JSON.readTree(
                Json.of(new DeadLetter(new Origin("orders", 0, 0, new byte[0]), DeadLetter.Reason.INVALID, "stars")));
        assertThat(DEAD_LETTER.validate(good)).isEmpty();
        for (String field : fieldNames(good)) {
            ObjectNode absent = good.deepCopy();
            absent.remove(field);
            assertThat(DEAD_LETTER.validate(absent)).as("without " + field).isNotEmpty();
            assertThat(DEAD_LETTER.validate(good.deepCopy().putNull(field)))
                    .as(field)
                    .isNotEmpty();
        }
        assertThat(DEAD_LETTER.validate(good.deepCopy().put("further", 1))).isNotEmpty();
        assertThat(DEAD_LETTER.validate(good.deepCopy().put("reason", "BAD"))).isNotEmpty();
        assertThat(DEAD_LETTER.validate(good.deepCopy().put("offset", -1))).isNotEmpty();
    }

    @Test
    void alertsLayTheSameFactsInBothTables() {
        AlertMessage open = message(AlertStatus.OPENED, "a,\"b\nc", "F-1");
        List<TableRow> rows = Rows.of(open);
        assertThat(rows.stream().map(TableRow::table)).containsExactly(Table.ALERT_REVISION, Table.ALERT);
        for (TableRow row : rows) {
            assertThat(row.values()).hasSameSizeAs(row.table().columns());
            assertThat(value(row, "alert_id")).isEqualTo(open.alertId());
            assertThat(value(row, "revision")).isEqualTo("2");
            assertThat(value(row, "kind")).isEqualTo("PRICE_BREACH");
            assertThat(value(row, "status")).isEqualTo("OPENED");
            assertThat(value(row, "subject")).isEqualTo("a,\"b\nc/DROPSHIP/CNY");
            assertThat(value(row, "factory_id")).isEqualTo("F-1");
            assertThat(value(row, "at")).isEqualTo(String.valueOf(OPENED_AT + 5 * HOUR));
            assertThat(value(row, "cause")).isNull();
            assertThat(value(row, "severity")).isEqualTo("CRITICAL");
            assertThat(value(row, "summary")).isEqualTo(open.summary());
            assertThat(value(row, "summary_zh")).isEqualTo(open.summaryZh());
            assertThat(value(row, "evidence")).isEqualTo(open.evidence());
            assertThat(value(row, "policy_version")).isEqualTo("default-1");
        }
        assertThat(value(rows.get(1), "opened_at")).isEqualTo(String.valueOf(OPENED_AT));
        assertThat(value(rows.get(1), "closed_at")).isNull();
        assertThat(value(Rows.of(message(AlertStatus.RESOLVED, "a", "F-1")).get(1), "closed_at"))
                .isEqualTo(String.valueOf(OPENED_AT + 5 * HOUR));
    }

    private static String value(TableRow row, String column) {
        List<String> names =
                row.table().columns().stream().map(Table.Column::name).toList();
        assertThat(names).contains(column);
        return row.values().get(names.indexOf(column));
    }

    @Test
    void floorsAndBreachesKeepNullAsNull() {
        FloorRow none = new FloorRow("a/b/MEMBER/USD", 10, OPENED_AT, Floor.NONE, "default-1");
        for (TableRow row : Rows.of(none)) {
            assertThat(row.values())
                    .containsExactly(
                            "a/b",
                            "MEMBER",
                            "USD",
                            "10",
                            String.valueOf(OPENED_AT),
                            null,
                            null,
                            "NONE",
                            "0",
                            "default-1");
        }
        assertThat(Rows.of(none).stream().map(TableRow::table))
                .containsExactly(Table.PRICE_FLOOR_HISTORY, Table.PRICE_FLOOR);
        Floor floor = new Floor(Floor.Status.CURRENT, 1_050_000L, 990_000L, 3);
        assertThat(Rows.of(new FloorRow("s/MEMBER/USD", 1, 7, floor, "p"))
                        .get(0)
                        .values())
                .containsExactly("s", "MEMBER", "USD", "1", "7", "1050000", "990000", "CURRENT", "3", "p");
        for (String alertId : new String[] {null, "abc"}) {
            Breach breach = new Breach(
                    "o\n1", "1", "F", "s/MEMBER/USD", 12, 10, "b,\"", OPENED_AT, 1_312_500, floor, 2500, alertId, "p");
            assertThat(Rows.of(breach)).hasSize(1);
            TableRow row = Rows.of(breach).get(0);
            assertThat(row.table()).isEqualTo(Table.PRICE_BREACH);
            assertThat(row.values())
                    .containsExactly(
                            "o\n1",
                            "1",
                            "F",
                            "s",
                            "MEMBER",
                            "USD",
                            "12",
                            "10",
                            "b,\"",
                            String.valueOf(OPENED_AT),
                            "1312500",
                            "1050000",
                            "CURRENT",
                            "2500",
                            alertId,
                            "p")
                    .hasSameSizeAs(Table.PRICE_BREACH.columns());
        }
    }

    @Test
    void everyMessageOfABacktestKeepsItsSchema() throws IOException {
        Path tiny = Path.of("src/test/resources/cases/price-tiny");
        assertThat(Backtest.run(
                        "--quiet",
                        "--history",
                        tiny.resolve("history").toString(),
                        "--output",
                        temp.toString(),
                        "--policy",
                        tiny.resolve("policy.json").toString()))
                .isZero();
        Set<String> statuses = new java.util.TreeSet<>();
        for (String line : lines("alerts.jsonl")) {
            assertThat(line).startsWith("{\"summary\":\"");
            statuses.add(ALERT.valid(line).get("status").textValue());
        }
        assertThat(statuses).containsExactly("ESCALATED", "OPENED", "RESOLVED");
        Set<String> reasons = new java.util.TreeSet<>();
        for (String line : lines("dead-letters.jsonl")) {
            reasons.add(DEAD_LETTER.valid(line).get("reason").textValue());
        }
        assertThat(reasons).contains("UNDECODABLE", "INVALID", "UNMATCHED");
    }

    private List<String> lines(String file) throws IOException {
        List<String> lines = Files.readAllLines(temp.resolve(file), StandardCharsets.UTF_8);
        assertThat(lines).isNotEmpty();
        return lines;
    }
}
