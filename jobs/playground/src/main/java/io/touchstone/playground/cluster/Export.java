package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.config.Options;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.Results;
import io.touchstone.io.Table;
import io.touchstone.io.TableRow;
import io.touchstone.market.LocalCalendar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what a cluster has found as a backtest writes it. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes every table of the database as TABLE.csv, the alert topics (as committed) as alerts.jsonl and the dead"
                    + " letters as dead-letters.jsonl: the files of a backtest, in their order.",
            "",
            "All tables are read in one transaction. Dead letters name partition and offset in the topic, where a backtest"
                    + " names the line of its file."
        })
public final class Export implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "where the files go; made if absent")
    private Path output;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "first wait until every job that runs has seen everything before midnight of DATE and has written"
                            + " what it found; see replay --until")
    private LocalDate until;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            description = "where jobs.yaml (topics) and policy.yaml (time zone) are (default: conf in the checkout)")
    private Path conf;

    @Mixin
    private FolderOption where;

    public static void main(String[] args) {
        System.exit(Terminal.run(new Export(), args));
    }

    @Override
    public Integer call() throws Exception {
        ClusterFolder folder = where.folder();
        Settings settings = Settings.read(folder);
        Path from = conf == null ? ClusterFolder.home().resolve("conf") : conf;
        KafkaOptions kafka = Options.read(from.resolve("jobs.yaml")).kafka();
        Options.Topics topics = kafka.topics();
        Map<String, String> access = BrokerUsers.access(folder, settings, kafka, BrokerUsers.EXPORT);
        if (until != null) {
            await(
                    Flink.operated(folder, settings),
                    new LocalCalendar(
                                    PolicyFile.read(from.resolve("policy.yaml")).timeZone())
                            .midnight((int) until.toEpochDay()));
        }
        Path sorted = Files.createTempDirectory("touchstone-export-");
        try (Results results = new Results(sorted)) {
            for (String topic : List.of(topics.priceAlerts(), topics.demotionAlerts())) {
                read(access, topic, json -> takeAlert(json, results));
            }
            read(access, topics.deadLetters(), json -> takeDeadLetter(json, results));
            try (Connection connection = DatabaseServer.connect(folder, settings, DatabaseServer.READER)) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                for (Table table : Table.values()) {
                    read(connection, table, results);
                }
            }
            Map<String, Long> sizes = new TreeMap<>(results.write(output));
            sizes.remove("keys");
            PrintWriter out = spec.commandLine().getOut();
            sizes.forEach((file, lines) -> out.println("%-24s %,12d".formatted(file, lines)));
            out.println("Files are in " + output);
        } finally {
            new ClusterFolder(sorted).delete();
        }
        return 0;
    }

    private static void await(Flink flink, long midnight) throws IOException, InterruptedException {
        for (JobKind kind : JobKind.values()) {
            if (flink.running(kind.jobName()).isEmpty()) {
                continue;
            }
            String seen = kind.jobName() + " has seen everything before that midnight (is everything published, and did"
                    + " scripts/replay --until DATE move the clock?)";
            try {
                Flink.await(seen, () -> flink.seenThrough(id(flink, kind)) >= midnight);
            } catch (IllegalStateException e) {
                throw new IllegalStateException(
                        e.getMessage() + "; midnight is " + midnight + ", its tasks are at "
                                + flink.clocks(id(flink, kind)),
                        e);
            }
            // With it tables are written and alerts committed.
            flink.checkpoint(id(flink, kind));
        }
    }

    private static String id(Flink flink, JobKind kind) throws IOException {
        return flink.running(kind.jobName())
                .orElseThrow(() -> new IllegalStateException(kind.jobName() + " has ended"))
                .id();
    }

    private interface Line {
        void take(String json) throws IOException;
    }

    /** Reads a topic to the end it has now. */
    private static void read(Map<String, String> access, String topic, Line line) throws IOException {
        Map<String, Object> properties = new HashMap<>(access);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "touchstone-export");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // For such a reader the end is before the oldest open transaction.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    line.take(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static void takeAlert(String json, Results results) throws IOException {
        JsonNode alert = JSON.readTree(json);
        results.addAlert(alert.get("alert_id").asText(), alert.get("revision").asInt(), json);
    }

    private static void takeDeadLetter(String json, Results results) throws IOException {
        JsonNode letter = JSON.readTree(json);
        results.addDeadLetter(
                letter.get("topic").asText(),
                letter.get("partition").asInt(),
                letter.get("offset").asLong(),
                letter.get("reason").asText(),
                json);
    }

    private static void read(Connection connection, Table table, Results results) throws SQLException {
        String columns = table.columns().stream().map(Table.Column::name).collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            // Row by row, however large the table is.
            statement.setFetchSize(10_000);
            try (ResultSet rows = statement.executeQuery("SELECT " + columns + " FROM " + table.sqlName())) {
                while (rows.next()) {
                    List<String> values = new ArrayList<>();
                    for (Table.Column column : table.columns()) {
                        values.add(value(rows, column));
                    }
                    results.add(new TableRow(table, values));
                }
            }
        }
    }

    private static String value(ResultSet row, Table.Column column) throws SQLException {
        return switch (column.type()) {
            case TIME -> {
                OffsetDateTime time = row.getObject(column.name(), OffsetDateTime.class);
                yield time == null ? null : String.valueOf(time.toInstant().toEpochMilli());
            }
            case REAL -> {
                double number = row.getDouble(column.name());
                yield row.wasNull() ? null : String.valueOf(number);
            }
            case BOOLEAN -> {
                boolean truth = row.getBoolean(column.name());
                yield row.wasNull() ? null : String.valueOf(truth);
            }
            default -> row.getString(column.name());
        };
    }
}
