package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A history under a policy that changes: what is judged for itself, a payment or the classes of an evaluation, is to the row what
 * the old policy alone says before the change, and the new one alone after it.
 */
class BacktestPoliciesTest {
    private static final Path CASES = Path.of("src/test/resources/cases");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String VERSION = "policy_version";

    @TempDir
    private Path temp;

    private static ObjectNode policyOf(String name) throws IOException {
        Path file = CASES.resolve(name).resolve("policy.json");
        return Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
    }

    private Path history(String name, ObjectNode... changes) throws IOException {
        Path history = Files.createDirectories(temp.resolve("history-" + changes.length));
        try (Stream<Path> files = Files.list(CASES.resolve(name).resolve("history"))) {
            for (Path file : files.toList()) {
                Files.copy(file, history.resolve(file.getFileName()));
            }
        }
        List<String> lines = new ArrayList<>();
        for (ObjectNode change : changes) {
            lines.add(change.toString());
        }
        Files.write(history.resolve("policies.jsonl"), lines);
        return history;
    }

    private Path run(Path history, ObjectNode policy, String output, int parallelism) throws IOException {
        Path file = Files.writeString(temp.resolve(output + ".json"), policy.toString());
        Path out = temp.resolve(output);
        assertThat(Backtest.run(
                        "--quiet",
                        "--history=" + history,
                        "--output=" + out,
                        "--policy=" + file,
                        "--parallelism=" + parallelism))
                .isZero();
        return out;
    }

    /** Rows by primary key, without the columns that depend on what came before. */
    private static Map<String, Map<String, String>> rows(Path out, String table, List<String> key, String... without)
            throws IOException {
        Map<String, Map<String, String>> rows = new TreeMap<>();
        try (Reader reader = Files.newBufferedReader(out.resolve(table + ".csv"))) {
            for (CSVRecord row : CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)) {
                Map<String, String> columns = row.toMap();
                List.of(without).forEach(columns::remove);
                rows.put(String.join("/", key.stream().map(row::get).toList()), columns);
            }
        }
        return rows;
    }

    @Test
    void aPaymentIsJudgedByThePolicyOfItsInstant() throws IOException {
        String name = "price-small";
        ObjectNode old = policyOf(name);
        List<String> key = List.of("order_id", "line_id");
        Path before = run(history(name), old, "before", 2);
        List<Long> instants = rows(before, "price_breach", key).values().stream()
                .map(row -> Long.valueOf(row.get("paid_at")))
                .sorted()
                .toList();
        long changed = instants.get(instants.size() / 2);

        ObjectNode next = old.deepCopy().put("version", "next");
        next.withObjectProperty("price").put("tolerance_bp", 700).put("spike_percent", 90);
        Path after = run(temp.resolve("history-0"), next, "after", 2);
        Path both = run(history(name, next.deepCopy().put("effective_from", changed)), old, "both", 4);

        Map<String, Map<String, String>> expected = new TreeMap<>();
        rows(before, "price_breach", key, "alert_id").forEach((line, row) -> {
            if (Long.parseLong(row.get("paid_at")) < changed) {
                expected.put(line, row);
            }
        });
        assertThat(expected).isNotEmpty();
        int earlier = expected.size();
        rows(after, "price_breach", key, "alert_id").forEach((line, row) -> {
            if (Long.parseLong(row.get("paid_at")) >= changed) {
                expected.put(line, row);
            }
        });
        assertThat(expected).hasSizeGreaterThan(earlier);
        assertThat(rows(both, "price_breach", key, "alert_id")).isEqualTo(expected);
        List<String> floor = List.of("sku_id", "channel", "currency", "min_quantity", "valid_from");
        assertThat(rows(both, "price_floor_history", floor, VERSION))
                .isEqualTo(rows(before, "price_floor_history", floor, VERSION));
    }

    @Test
    void anEvaluationUsesThePolicyOfItsMidnightWhateverTheParallelism() throws IOException {
        String name = "quality-small";
        ObjectNode old = policyOf(name);
        List<String> key = List.of("factory_id", "day", "class");
        Path before = run(history(name), old, "before", 2);
        List<String> days = rows(before, "factory_class_daily", key).values().stream()
                .map(row -> row.get("day"))
                .sorted()
                .toList();
        String changed = days.get(days.size() / 2);
        ZoneId zone = ZoneId.of(old.path("time_zone").asText("Asia/Shanghai"));
        long midnight = LocalDate.parse(changed).atStartOfDay(zone).toInstant().toEpochMilli();

        ObjectNode next = old.deepCopy().put("version", "next");
        ObjectNode quality =
                next.withObjectProperty("quality").withObjectProperty("classes").withObjectProperty("QUALITY");
        quality.put("standard_bp", 120).put("mean_bp", 77);
        quality.putObject("exposure").put("0", 0).put("4", 300).put("20", 1000);
        Path after = run(temp.resolve("history-0"), next, "after", 1);
        // Published twice; that the second is refused is no matter of the order of rows.
        ObjectNode change = next.deepCopy().put("effective_from", midnight);
        Path history = history(name, change, change);
        Path both = run(history, old, "both", 4);

        Map<String, Map<String, String>> expected = rows(before, "factory_class_daily", key);
        Map<String, Map<String, String>> strict = rows(after, "factory_class_daily", key);
        int compared = 0;
        for (Map.Entry<String, Map<String, String>> row :
                rows(both, "factory_class_daily", key).entrySet()) {
            boolean isOld = row.getValue().get("day").compareTo(changed) < 0;
            Map<String, String> wanted = (isOld ? expected : strict).get(row.getKey());
            // A factory under a demotion that only one of the runs knows is evaluated for longer.
            if (wanted != null) {
                assertThat(row.getValue()).isEqualTo(wanted);
                compared += isOld ? 0 : 1;
            }
        }
        assertThat(compared).isPositive();
        assertThat(rows(both, "factory_score_daily", List.of("factory_id", "day"))
                        .values())
                .allSatisfy(row -> assertThat(row.get(VERSION))
                        .isEqualTo(
                                row.get("day").compareTo(changed) < 0
                                        ? old.path("version").asText("default-1")
                                        : "next"));
        assertThat(Files.readAllLines(both.resolve("dead-letters.jsonl")))
                .filteredOn(letter -> letter.contains("\"topic\":\"policies\""))
                .singleElement()
                .satisfies(letter ->
                        assertThat(letter).contains("\"offset\":1", "\"reason\":\"INVALID\"", "version next is known"));

        Path alone = run(history, old, "alone", 1);
        try (Stream<Path> files = Files.list(both)) {
            for (Path file : files.toList()) {
                assertThat(alone.resolve(file.getFileName())).hasSameTextualContentAs(file);
            }
        }
    }
}
