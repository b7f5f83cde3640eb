package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.io.Contract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
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
    private static final Set<String> REALS = Set.of("score", "rate", "shrunk_rate", "sub_score", "z", "rr");
    private static final Contract ALERT = Contract.of("alert");
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> TABLES = List.of(
            "price_floor_history",
            "price_floor",
            "price_breach",
            "factory_score_daily",
            "factory_score",
            "factory_class_daily",
            "factory_segment_daily",
            "standing_history",
            "alert_revision",
            "alert");

    @TempDir
    private Path temp;

    @ParameterizedTest
    @CsvSource({
        "price-tiny, 1",
        "price-tiny, 4",
        "price-small, 2",
        "quality-tiny, 4",
        "quality-worked, 2",
        "quality-small, 1",
    })
    void agreesAtAnyParallelism(String name, int parallelism) throws IOException {
        agrees(name, resource(name).resolve("history"), parallelism);
        assertThat(deadLetters(temp.resolve("out").resolve("dead-letters.jsonl"), name))
                .isEqualTo(deadLetters(expected(name, "dead-letters.jsonl.gz"), name));
    }

    @ParameterizedTest
    @CsvSource({"price-tiny, 2", "price-small, 1", "quality-tiny, 1", "quality-small, 4"})
    void agreesWhenLinesAreShuffledAndDoubled(String name, int parallelism) throws IOException {
        Path history = Files.createDirectory(temp.resolve("history"));
        for (String topic : List.of("orders", "returns", "reviews")) {
            Path file = resource(name).resolve("history").resolve(topic + ".jsonl.gz");
            if (Files.exists(file)) {
                List<String> lines = new ArrayList<>();
                try (Reader reader = open(file, StandardCharsets.ISO_8859_1)) {
                    new BufferedReader(reader).lines().forEach(lines::add);
                }
                lines.addAll(List.copyOf(lines));
                Collections.shuffle(lines, new Random(42));
                Files.write(history.resolve(topic + ".jsonl"), lines, StandardCharsets.ISO_8859_1);
            }
        }
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
            Path file = expected(name, table + ".csv.gz");
            if (Files.exists(file)) {
                TreeSet<String> expected = rows(file, columns(file), name);
                assertThat(rows(out.resolve(table + ".csv"), columns(file), name))
                        .as(table)
                        .isEqualTo(expected);
            }
        }
        assertThat(alerts(out.resolve("alerts.jsonl"), name, false))
                .isEqualTo(alerts(expected(name, "alerts.jsonl.gz"), name, true));
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

    private static List<String> columns(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(open(file, StandardCharsets.UTF_8))) {
            return List.of(reader.readLine().split(","));
        }
    }

    /** The expected columns of every row of the case's half; of evidence only what is compared. */
    private static TreeSet<String> rows(Path file, List<String> columns, String name) throws IOException {
        TreeSet<String> rows = new TreeSet<>();
        try (Reader reader = open(file, StandardCharsets.UTF_8)) {
            for (CSVRecord row : CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)) {
                List<String> values = new ArrayList<>();
                for (String column : columns) {
                    String value = row.get(column);
                    values.add(
                            column.equals("evidence")
                                    ? compared(JSON.readTree(value))
                                    : REALS.contains(column) && !value.isEmpty()
                                            ? Double.toString(Double.parseDouble(value))
                                            : value);
                }
                if (!columns.contains("kind") || isOfThisHalf(row.get("kind"), name)) {
                    assertThat(rows.add(values.toString())).isTrue();
                }
            }
        }
        return rows;
    }

    /** A price case has something to say about price alerts only, a quality case about the others. */
    private static boolean isOfThisHalf(String kind, String name) {
        return kind.equals("PRICE_BREACH") == name.startsWith("price");
    }

    private static String compared(JsonNode evidence) {
        return evidence.path("max_excess_bp") + " " + evidence.path("orders") + " " + evidence.path("buyers");
    }

    /** Every alert, those that this house made against their schema. */
    private static TreeSet<String> alerts(Path file, String name, boolean isExpected) throws IOException {
        TreeSet<String> alerts = new TreeSet<>();
        try (BufferedReader reader = new BufferedReader(open(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode alert = isExpected ? JSON.readTree(line) : ALERT.valid(line);
                if (!isOfThisHalf(alert.get("kind").asText(), name)) {
                    continue;
                }
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

    private static TreeSet<String> deadLetters(Path file, String name) throws IOException {
        TreeSet<String> letters = new TreeSet<>();
        try (BufferedReader reader = new BufferedReader(open(file, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode letter = JSON.readTree(line);
                String topic = letter.get("topic").asText();
                if (topic.equals("orders") || name.startsWith("quality")) {
                    letters.add(topic + " " + letter.get("offset") + " " + letter.get("reason"));
                }
            }
        }
        return letters;
    }

    @Test
    void writesEmptyTablesForAHistoryThatHasNothingToSay() throws IOException {
        Path history = Files.createDirectory(temp.resolve("history"));
        Files.writeString(history.resolve("orders.jsonl"), "no order\n\n");
        String out = temp.resolve("out").toString();
        assertThat(Backtest.run("--quiet", "--history", history.toString(), "--output", out))
                .isZero();
        assertThat(Files.readAllLines(Path.of(out, "price_floor.csv"))).hasSize(1);
        assertThat(deadLetters(Path.of(out, "dead-letters.jsonl"), "")).hasSize(1);

        String tiny = resource("price-tiny").resolve("history").toString();
        assertThat(Backtest.run("--quiet", "--history", tiny, "--output", out, "--until", "2001-01-01"))
                .isZero();
        assertThat(Files.readAllLines(Path.of(out, "price_floor.csv"))).hasSize(1);
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
