package io.touchstone.chaos.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.Backtest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.load.LoadWriter;
import io.touchstone.config.Options;
import io.touchstone.io.History;
import io.touchstone.io.Table;
import io.touchstone.playground.cluster.DatabaseServer;
import io.touchstone.playground.cluster.JobKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Verdict V of the plan: what came out is what a backtest makes of what went in, each alert once, and nothing is left behind.
 *
 * <p>(a) the alerts that a reader saw all along; (b) the tables; (c) every record that went in is accounted for; (d) no transaction
 * is left open; (e) the alerts are those of {@code alert_revision}; (f) the logs hold no error that nobody expected.
 */
final class Verdict {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PATIENCE_SECONDS = 60;

    private final Site site;
    private final LoadWriter load;
    private final Path live;
    private final Path backtest;
    private final Finding finding;

    /** {@code live}: the files of an export; {@code backtest}: those of a backtest. */
    Verdict(Site site, LoadWriter load, Path live, Path backtest, Finding finding) {
        this.site = site;
        this.load = load;
        this.live = live;
        this.backtest = backtest;
        this.finding = finding;
    }

    /** What ought to come out of a history. */
    static void backtest(Site site, Path history, LocalDate until, Path output) throws IOException {
        int code = Backtest.run(
                "--quiet",
                "--history",
                history.toString(),
                "--output",
                output.toString(),
                "--policy",
                site.conf().resolve("policy.yaml").toString(),
                "--until",
                until.toString());
        if (code != 0) {
            throw new IOException("the backtest of " + history + " ended with code " + code);
        }
    }

    /** Checks it all. */
    void judge(AlertReader reader) throws Exception {
        alerts(reader.revisions());
        tables();
        conservation();
        leftovers();
        published();
        List<String> errors = LogScan.errors(site.folder().logs());
        finding.check(
                "V(f) logs",
                errors.isEmpty(),
                "%d errors nobody expected, the first: %s",
                errors.size(),
                errors.isEmpty() ? "" : errors.get(0));
    }

    private static Map<String, String> published(Path output) throws IOException {
        Map<String, String> alerts = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(output.resolve("alerts.jsonl"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                alerts.put(AlertReader.name(line), line);
            }
        }
        return alerts;
    }

    private void alerts(Map<String, List<String>> seen) throws IOException {
        Map<String, String> expected = published(backtest);
        long doubled =
                seen.values().stream().mapToLong(each -> each.size() - 1L).sum();
        long lost = expected.keySet().stream()
                .filter(name -> !seen.containsKey(name))
                .count();
        long differing = seen.entrySet().stream()
                .filter(each -> each.getValue().stream().anyMatch(json -> !json.equals(expected.get(each.getKey()))))
                .count();
        finding.measure("%,d alerts", expected.size());
        finding.measure("%d lost, %d doubled", lost, doubled);
        finding.check(
                "V(a) alerts",
                !expected.isEmpty() && doubled == 0 && lost == 0 && differing == 0,
                "%d lost, %d doubled, %d not as in the backtest, of %d",
                lost,
                doubled,
                differing,
                expected.size());
    }

    private void tables() throws IOException {
        long rows = 0;
        List<String> differences = new ArrayList<>();
        for (Table table : Table.EXACT) {
            String file = table.sqlName() + ".csv";
            Difference difference = Difference.of(backtest.resolve(file), live.resolve(file));
            if (!difference.isEmpty()) {
                differences.add(table.sqlName() + " " + difference);
            }
            try (var lines = Files.lines(live.resolve(file))) {
                rows += lines.count() - 1;
            }
        }
        finding.measure("%,d rows", rows);
        finding.check("V(b) tables", differences.isEmpty(), "%s", differences);
    }

    /** Every record was read, and what could not act is, by its place in the topic and its reason, among the dead letters. */
    private void conservation() throws Exception {
        Options options = site.options();
        Options.Topics topics = options.kafka().topics();
        List<String> names = List.of(topics.orders(), topics.returns(), topics.reviews());
        List<String> lost = new ArrayList<>();
        try (Admin admin = site.admin()) {
            for (JobKind job : JobKind.values()) {
                for (String topic : job.inputs(topics)) {
                    long sent = load.records(History.TOPICS.get(names.indexOf(topic)));
                    long kept = ends(admin, topic);
                    long read = read(admin, job.group(options), topic);
                    if (sent != kept || sent != read) {
                        lost.add(job.jobName() + " " + topic + ": " + sent + " sent, " + kept + " in the topic, " + read
                                + " read");
                    }
                }
            }
        }
        Difference letters = Difference.of(
                expectedLetters(),
                letters(live).stream()
                        .map(letter -> letter.get("topic").asText() + " "
                                + letter.get("partition").asText() + "/"
                                + letter.get("offset").asText() + " "
                                + letter.get("reason").asText())
                        .distinct()
                        .toList());
        finding.check("V(c) conservation", lost.isEmpty() && letters.isEmpty(), "%s, dead letters: %s", lost, letters);
    }

    private List<String> expectedLetters() throws IOException {
        List<String> expected = new ArrayList<>(load.letters());
        letters(backtest).stream()
                .map(letter -> letter.get("topic").asText() + " "
                        + load.sent()
                                .position(
                                        letter.get("topic").asText(),
                                        letter.get("offset").asLong()) + " "
                        + letter.get("reason").asText())
                .forEach(expected::add);
        return expected;
    }

    private static List<JsonNode> letters(Path output) throws IOException {
        List<JsonNode> letters = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(output.resolve("dead-letters.jsonl"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                letters.add(JSON.readTree(line));
            }
        }
        return letters;
    }

    private static List<TopicPartition> partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    private static long ends(Admin admin, String topic) throws Exception {
        return admin
                .listOffsets(partitions(admin, topic).stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all()
                .get()
                .values()
                .stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static long read(Admin admin, String group, String topic) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(each -> each.getKey().topic().equals(topic) && each.getValue() != null)
                .map(Map.Entry::getValue)
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private void leftovers() throws Exception {
        List<String> open = List.of("not asked");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try (Admin admin = site.admin()) {
            while (!open.isEmpty() && System.nanoTime() < deadline) {
                open = admin
                        .listTransactions(new ListTransactionsOptions()
                                .filterStates(Set.of(
                                        TransactionState.ONGOING,
                                        TransactionState.PREPARE_COMMIT,
                                        TransactionState.PREPARE_ABORT)))
                        .all()
                        .get()
                        .stream()
                        .map(TransactionListing::transactionalId)
                        .toList();
                TimeUnit.MILLISECONDS.sleep(open.isEmpty() ? 0 : 500);
            }
        }
        finding.check("V(d) transactions", open.isEmpty(), "still open after %d s: %s", PATIENCE_SECONDS, open);
        try (Connection connection = site.database(DatabaseServer.OWNER);
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM pg_prepared_xacts")) {
            count.next();
            finding.check("V(d) prepared", count.getLong(1) == 0, "%d prepared in PostgreSQL", count.getLong(1));
        }
    }

    /** What is on the topics in the end, read anew. */
    private void published() throws IOException {
        Set<String> kept = recorded(live);
        Set<String> topics = published(live).keySet();
        finding.check(
                "V(e) alert_revision", kept.equals(topics), "topic and table differ: %s", Difference.of(kept, topics));
    }

    /** The revisions of {@code alert_revision.csv}, each {@code alert_id/revision}. */
    static Set<String> recorded(Path output) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(output.resolve("alert_revision.csv"))) {
            // Neither an id in hexadecimal nor a number is ever quoted.
            return lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", 3))
                    .map(values -> values[0] + "/" + values[1])
                    .collect(Collectors.toSet());
        }
    }
}
