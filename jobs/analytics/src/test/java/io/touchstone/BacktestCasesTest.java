package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The backtest against rows that an independent batch program computed: every row, every column. */
class BacktestCasesTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> TABLES =
            List.of("price_floor_history", "price_floor", "price_breach", "alert_revision", "alert");

    @TempDir
    private Path temp;

    @ParameterizedTest
    @CsvSource({"price-tiny, 1", "price-tiny, 4", "price-small, 2"})
    void agreesAtAnyParallelism(String name, int parallelism) throws IOException {
        agrees(name, resource(name).resolve("history"), parallelism);
        assertThat(deadLetters(temp.resolve("out").resolve("dead-letters.jsonl")))
                .isEqualTo(deadLetters(expected(name, "dead-letters.jsonl.gz")));
    }

    @ParameterizedTest
    @CsvSource({"price-tiny, 2", "price-small, 1"})
    void agreesWhenLinesAreShuffledAndDoubled(String name, int parallelism) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Reader reader = open(resource(name).resolve("history/orders.jsonl.gz"), StandardCharsets.ISO_8859_1)) {
            new BufferedReader(reader).lines().forEach(lines::add);
        }
        lines.addAll(List.copyOf(lines));
        Collections.shuffle(lines, new Random(42));
        Path history = Files.createDirectory(temp.resolve("history"));
        Files.write(history.resolve("orders.jsonl"), lines, StandardCharsets.ISO_8859_1);
        agrees(name, history, parallelism);
    }

    private void agrees(String name, Path history, int parallelism) throws IOException {
        Path out = temp.resolve("out");
        List<String> arguments = new ArrayList<>(List.of(
                "--quiet",
                "--history",
                history.toString(),
                "--output",
                out.toString(),
                "--policy",
                resource(name).resolve("policy.json").toString(),
                "--parallelism",
                String.valueOf(parallelism)));
        Path until = resource(name).resolve("until");
        if (Files.exists(until)) {
            arguments.addAll(List.of("--until", Files.readString(until).strip()));
        }
        assertThat(Backtest.run(arguments.toArray(String[]::new))).isZero();
        for (String table : TABLES) {
            Map<List<String>, Map<String, String>> expected = rows(expected(name, table + ".csv.gz"), null);
            Map<List<String>, Map<String, String>> actual = rows(
                    out.resolve(table + ".csv"),
                    expected.values().iterator().next().keySet());
            assertThat(actual).as(table).isEqualTo(expected);
        }
        assertThat(alerts(out.resolve("alerts.jsonl"))).isEqualTo(alerts(expected(name, "alerts.jsonl.gz")));
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/cases", name);
    }

    private static Path expected(String name, String file) {
        return resource(name).resolve("expected").resolve(file);
    }

    private static Reader open(Path file, java.nio.charset.Charset charset) throws IOException {
        return file.toString().endsWith(".gz")
                ? new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), charset)
                : Files.newBufferedReader(file, charset);
    }

    /** Rows by all their values but evidence, of which the compared keys are kept; only the columns that are expected. */
    private static Map<List<String>, Map<String, String>> rows(Path file, java.util.Set<String> columns)
            throws IOException {
        Map<List<String>, Map<String, String>> rows = new HashMap<>();
        try (Reader reader = open(file, StandardCharsets.UTF_8)) {
            for (CSVRecord row : CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)) {
                Map<String, String> values = new TreeMap<>(row.toMap());
                if (columns != null) {
                    values.keySet().retainAll(columns);
                }
                if (values.containsKey("evidence")) {
                    values.put("evidence", compared(JSON.readTree(values.get("evidence"))));
                }
                assertThat(rows.put(List.copyOf(values.values()), values)).isNull();
            }
        }
        return rows;
    }

    private static String compared(JsonNode evidence) {
        return evidence.get("max_excess_bp") + " " + evidence.get("orders") + " " + evidence.get("buyers");
    }

    private static TreeSet<String> alerts(Path file) throws IOException {
        TreeSet<String> alerts = new TreeSet<>();
        try (BufferedReader reader = new BufferedReader(open(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode alert = JSON.readTree(line);
                StringBuilder text = new StringBuilder(compared(alert.get("evidence")));
                for (String field : List.of(
                        "alert_id", "revision", "kind", "status", "subject", "factory_id", "at", "cause", "severity")) {
                    text.append(' ').append(alert.get(field));
                }
                assertThat(alerts.add(text.toString())).isTrue();
            }
        }
        return alerts;
    }

    private static TreeSet<String> deadLetters(Path file) throws IOException {
        TreeSet<String> letters = new TreeSet<>();
        try (BufferedReader reader = new BufferedReader(open(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode letter = JSON.readTree(line);
                if (letter.get("topic").asText().equals("orders")) {
                    letters.add(letter.get("offset") + " " + letter.get("reason") + " " + letter.get("value_base64"));
                }
            }
        }
        return letters;
    }

    @Test
    void namesWhatIsWrongWithItsArguments() throws IOException {
        String nowhere = temp.resolve("nowhere").toString();
        assertThat(Backtest.run("--history", nowhere, "--output", nowhere)).isEqualTo(1);
        Path policy = Files.writeString(temp.resolve("policy.yaml"), "price: {min_byers: 2}");
        assertThat(Backtest.run(
                        "--history",
                        resource("price-tiny").resolve("history").toString(),
                        "--output",
                        nowhere,
                        "--policy",
                        policy.toString()))
                .isEqualTo(1);
        assertThat(Files.exists(Path.of(nowhere))).isFalse();
    }
}
