package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.Backtest;
import io.touchstone.io.History;
import io.touchstone.io.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A cluster of real processes, the programs that operate it, and a history of half a year that takes its jobs some seconds.
 *
 * @param temp holds the cluster's folder and everything else
 */
record ClusterCase(Path temp) {
    private static final Path CASES = Path.of("../analytics/src/test/resources/cases");
    private static final JsonMapper JSON = new JsonMapper();

    /** The end of the history. */
    static final String UNTIL = "2024-10-01";

    /** The configuration as shipped, quicker where the shipped one is patient. */
    static ClusterCase in(Path temp) throws IOException {
        ClusterCase cluster = new ClusterCase(temp);
        Path conf = Files.createDirectories(cluster.conf());
        Path shipped = ClusterFolder.home().resolve("conf");
        Files.copy(shipped.resolve("log4j2-cluster.properties"), conf.resolve("log4j2-cluster.properties"));
        Files.writeString(
                conf.resolve("config.yaml"),
                Files.readString(shipped.resolve("config.yaml")).replace("interval: 5 s", "interval: 1 s")
                        + "env.java.opts.all: -XX:TieredStopAtLevel=1\n");
        Files.writeString(conf.resolve("jobs.yaml"), """
                kafka: {longest_outage: 3 min, transaction_timeout: 15 min}
                time: {idle_timeout: 10 s, max_drift: 7 d}
                database: {batch_interval: 200 ms}
                """);
        Files.copy(CASES.resolve("quality-tiny/policy.json"), conf.resolve("policy.yaml"));
        return cluster;
    }

    Path conf() {
        return temp.resolve("conf");
    }

    ClusterFolder folder() {
        return new ClusterFolder(temp.resolve("cluster"));
    }

    /** Starts it on free ports, with one task manager. */
    String start(String... further) {
        return run(
                new Cluster(),
                Stream.concat(
                                Stream.of(
                                        "start --taskmanagers 1 --broker-port 0 --database-port 0 --zookeeper-port 0 --web-port 0 --conf"
                                                .split(" ")),
                                Stream.concat(Stream.of(conf().toString()), Arrays.stream(further)))
                        .toArray(String[]::new));
    }

    String deploy(String job, int parallelism) {
        return run(new Deploy(), job, "--conf", conf().toString(), "--parallelism", String.valueOf(parallelism));
    }

    void replay(Path history, String... further) {
        run(
                new Replay(),
                Stream.concat(
                                Stream.of("--history", history.toString(), "--conf", conf().toString()),
                                Arrays.stream(further))
                        .toArray(String[]::new));
    }

    String run(Object command, String... arguments) {
        StringWriter said = new StringWriter();
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("--folder", folder().root().toString()));
        PrintWriter out = new PrintWriter(said, true);
        assertThat(Terminal.run(command, out, out, line.toArray(String[]::new)))
                .as(() -> said.toString())
                .isZero();
        return said.toString();
    }

    /** The two smallest cases as one history, or what of it lies between two instants. */
    Path history(String name, long from, long before) throws IOException {
        Path history = Files.createDirectories(temp.resolve(name));
        for (String topic : History.TOPICS) {
            List<String> lines = new ArrayList<>();
            for (String part : List.of("price-tiny", "quality-tiny")) {
                Path file = History.file(CASES.resolve(part).resolve("history"), topic);
                if (file == null) {
                    continue;
                }
                try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.ISO_8859_1))) {
                    reader.lines()
                            .filter(line -> eventTime(line) >= from && eventTime(line) < before)
                            .forEach(lines::add);
                }
            }
            Files.write(history.resolve(topic + ".jsonl"), lines, StandardCharsets.ISO_8859_1);
        }
        return history;
    }

    /** When a line happened; long ago, if that cannot be told. */
    private static long eventTime(String line) {
        try {
            return JSON.readTree(line).path("event_time").asLong();
        } catch (IOException noJson) {
            return 0;
        }
    }

    Path backtest(Path history) {
        Path output = temp.resolve("backtest");
        assertThat(Backtest.run(
                        "--quiet",
                        "--history",
                        history.toString(),
                        "--output",
                        output.toString(),
                        "--policy",
                        conf().resolve("policy.yaml").toString(),
                        "--until",
                        UNTIL))
                .isZero();
        return output;
    }

    /** Tables, alerts and dead letters are those of the backtest. */
    static void agree(Path live, Path backtest) throws IOException {
        for (Table table : Table.EXACT) {
            String file = table.sqlName() + ".csv";
            assertThat(live.resolve(file)).hasSameTextualContentAs(backtest.resolve(file));
        }
        assertThat(live.resolve("alerts.jsonl")).hasSameTextualContentAs(backtest.resolve("alerts.jsonl"));
        // A producer cannot send what is no record at all.
        Map<String, Long> letters = letters(backtest);
        letters.keySet().removeIf(letter -> letter.endsWith("UNDECODABLE"));
        assertThat(letters(live)).isEqualTo(letters);
    }

    private static Map<String, Long> letters(Path output) throws IOException {
        List<JsonNode> letters = new ArrayList<>();
        for (String line : Files.readAllLines(output.resolve("dead-letters.jsonl"))) {
            letters.add(JSON.readTree(line));
        }
        return letters.stream()
                .collect(Collectors.groupingBy(
                        letter -> letter.get("topic").asText() + " "
                                + letter.get("reason").asText(),
                        TreeMap::new,
                        Collectors.counting()));
    }
}
