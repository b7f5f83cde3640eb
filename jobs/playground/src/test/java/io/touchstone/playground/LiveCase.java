package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.Backtest;
import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.io.AvroWire;
import io.touchstone.io.JsonEvents;
import io.touchstone.io.Table;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A case, a real broker, a real database and a real cluster; what the jobs make of it there must be what the backtest makes of it. */
final class LiveCase implements AutoCloseable {
    static final Duration SOON = Duration.ofMinutes(2);

    private static final JsonMapper JSON = new JsonMapper();
    private static final int PARTITIONS = 4;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Path folder;
    private final Path temp;
    private final KafkaBroker broker;
    private final Postgres database;
    private final FlinkCluster flink;
    private final Options options;
    private final Policy policy;
    private final KafkaProducer<String, byte[]> producer;
    private final List<Arriving> history;
    private final LocalDate until;

    /** The midnight at which the backtest ends. */
    private final long end;

    /**
     * A record to publish.
     *
     * @param order that it is; null for a return or review
     * @param at its event time, then the largest in its file so far: so records of different files keep their distance
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Arriving(String topic, String key, byte[] value, Order order, long at) {}

    private LiveCase(String name, Path temp, int slotsEach) throws Exception {
        this.temp = temp;
        folder = Path.of("../analytics/src/test/resources/cases", name);
        policy = PolicyFile.read(folder.resolve("policy.json"));
        List<Arriving> all = read();
        until = Files.exists(folder.resolve("until"))
                ? LocalDate.parse(Files.readString(folder.resolve("until")).strip())
                : dayAfter(all.stream().mapToLong(Arriving::at).max().orElseThrow());
        end = new LocalCalendar(policy.timeZone()).midnight((int) until.toEpochDay());
        history = arriving(all);
        broker = KafkaBroker.launch();
        database = Postgres.launch();
        database.migrate();
        Options wiring = Wiring.to(broker, database, temp);
        Options.TimeOptions time = wiring.time();
        // Whatever is to come is on the topics before a job starts: silence is the end.
        options = new Options(
                wiring.kafka(),
                new Options.TimeOptions(time.maxOutOfOrderness(), time.maxClockSkew(), IDLE, time.maxDrift()),
                wiring.database());
        broker.createTopics(Topics.of(options.kafka().topics()));
        flink = FlinkCluster.launch(
                temp, 0, 2, slotsEach, c -> c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500)));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** Starts everything but the jobs; {@code slotsEach} of two task managers. */
    static LiveCase launch(String name, Path temp, int slotsEach) throws Exception {
        return new LiveCase(name, temp, slotsEach);
    }

    @Override
    public void close() throws Exception {
        producer.close();
        flink.close();
        database.close();
        broker.close();
    }

    FlinkCluster flink() {
        return flink;
    }

    KafkaBroker broker() {
        return broker;
    }

    /** Those that were deleted, anew. */
    void createAlertTopics() {
        Options.Topics names = options.kafka().topics();
        Set<String> alerts = Set.of(names.demotionAlerts(), names.priceAlerts());
        broker.createTopics(Topics.of(names).stream()
                .filter(topic -> alerts.contains(topic.name()))
                .toList());
    }

    /** How many records there are. */
    int size() {
        return history.size();
    }

    /** One of the first records, an order. */
    Order order(int index) {
        return history.get(index).order;
    }

    private List<Arriving> read() throws IOException {
        List<Arriving> all = new ArrayList<>();
        AvroWire<Order> orders = AvroWire.orders();
        AvroWire<OrderReturn> returns = AvroWire.returns();
        AvroWire<Review> reviews = AvroWire.reviews();
        all.addAll(read(
                "orders",
                line -> JsonEvents.readOrder(line)
                        .map(order -> new Arriving(
                                "orders",
                                order.getOrderId(),
                                orders.encode(order),
                                order,
                                order.getEventTime().toEpochMilli()))));
        all.addAll(read(
                "returns",
                line -> JsonEvents.readReturn(line)
                        .map(step -> new Arriving(
                                "returns",
                                step.getOrderId(),
                                returns.encode(step),
                                null,
                                step.getEventTime().toEpochMilli()))));
        all.addAll(read(
                "reviews",
                line -> JsonEvents.readReview(line)
                        .map(review -> new Arriving(
                                "reviews",
                                review.getOrderId(),
                                reviews.encode(review),
                                null,
                                review.getEventTime().toEpochMilli()))));
        return all;
    }

    private LocalDate dayAfter(long instant) {
        return Instant.ofEpochMilli(instant)
                .atZone(policy.timeZone())
                .toLocalDate()
                .plusDays(1);
    }

    /** What acts before the end, as it arrives: the order of lines is an order of arrival. */
    private List<Arriving> arriving(List<Arriving> all) {
        List<Arriving> acting = new ArrayList<>();
        Map<String, Long> newest = new HashMap<>();
        for (Arriving record : all) {
            if (record.at < end) {
                long at = newest.merge(record.topic, record.at, Math::max);
                acting.add(new Arriving(record.topic, record.key, record.value, record.order, at));
            }
        }
        acting.sort(Comparator.comparingLong(Arriving::at));
        return acting;
    }

    /** Lines that can be published. */
    private List<Arriving> read(String topic, Function<byte[], Optional<Arriving>> decode) throws IOException {
        List<Arriving> records = new ArrayList<>();
        Path file = folder.resolve("history/" + topic + ".jsonl.gz");
        if (Files.notExists(file)) {
            return records;
        }
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                decode.apply(line.getBytes(StandardCharsets.ISO_8859_1)).ifPresent(records::add);
            }
        }
        return records;
    }

    /** A job between its real ends. */
    @FunctionalInterface
    interface Job {
        void define(StreamExecutionEnvironment env, Options options, Policy policy);
    }

    JobID submitPriceFloor(int parallelism, Path from) throws Exception {
        return submit(PriceFloorJob::define, parallelism, from);
    }

    JobID submitFactoryQuality(int parallelism, Path from) throws Exception {
        return submit(FactoryQualityJob::define, parallelism, from);
    }

    JobID submit(Job job, int parallelism, Path from) throws Exception {
        return flink.submit("job", parallelism, from, env -> job.define(env, options, policy));
    }

    /** Waits until a job has read all that was published; with a checkpoint it says how far it is. */
    void awaitEverythingRead(JobID job, String group, List<String> topics) {
        try (KafkaConsumer<byte[], byte[]> itself = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> itself.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> ends = itself.endOffsets(partitions);
            await().atMost(SOON).until(() -> {
                flink.checkpoint(job);
                Map<TopicPartition, OffsetAndMetadata> read = itself.committed(partitions);
                return partitions.stream()
                        .allMatch(partition -> ends.get(partition) == 0
                                || (read.get(partition) != null
                                        && read.get(partition).offset() == ends.get(partition)));
            });
        }
    }

    /** Publishes a part of the history. */
    void publish(int from, int to) {
        for (Arriving record : history.subList(from, to)) {
            var unused = producer.send(new ProducerRecord<>(record.topic, record.key, record.value));
        }
        producer.flush();
    }

    /** Publishes a record as it is; its offset. */
    long send(int partition, byte[] value) throws Exception {
        return producer.send(new ProducerRecord<>("orders", partition, "key", value))
                .get()
                .offset();
    }

    /** On every partition of orders a record that only moves the clock, until the watermark has passed an instant. */
    void passMidnight(long instant) throws Exception {
        Instant time = Instant.ofEpochMilli(
                instant + options.time().maxOutOfOrderness().toMillis() + 1);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Order clock = ClockOrder.of("clock-" + partition, time);
            send(partition, AvroWire.orders().encode(clock));
        }
    }

    /** As {@link #passMidnight(long)}, the midnight at which the backtest ends. */
    void passMidnight() throws Exception {
        passMidnight(end);
    }

    /**
     * Waits until the tables and the topic hold what the backtest finds, and nothing else.
     *
     * @param kinds of alerts that the jobs under test raise
     */
    void agreesWithTheBacktest(List<Table> tables, Set<String> kinds, String... topics) throws Exception {
        Path out = backtest();
        for (Table table : tables) {
            TreeSet<String> expected = csv(table, out, kinds);
            assertThat(expected).as(table.sqlName()).isNotEmpty();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(differences(expected, rows(table)))
                            .as(table.sqlName())
                            .isEmpty());
        }
        agreesWithTheBacktest(out, kinds, topics);
    }

    /**
     * Waits until the tables hold all rows of the backtest, and nothing else, but for rows that had been written elsewhere before.
     *
     * @param before each behind the name of its table
     */
    void completesTheBacktest(List<Table> tables, Set<String> kinds, Collection<String> before) throws Exception {
        Path out = backtest();
        for (Table table : tables) {
            TreeSet<String> expected = csv(table, out, kinds);
            TreeSet<String> missing = new TreeSet<>(expected);
            missing.removeIf(row -> before.contains(named(table, row)));
            assertThat(missing).as(table.sqlName()).isNotEmpty();
            await().atMost(SOON).untilAsserted(() -> {
                TreeSet<String> rows = rows(table);
                assertThat(expected).as(table.sqlName()).containsAll(rows);
                assertThat(rows).as(table.sqlName()).containsAll(missing);
            });
        }
    }

    /** All rows there are, each behind the name of its table. */
    List<String> rows(List<Table> tables) throws Exception {
        List<String> all = new ArrayList<>();
        for (Table table : tables) {
            rows(table).forEach(row -> all.add(named(table, row)));
        }
        return all;
    }

    private static String named(Table table, String row) {
        return table.sqlName() + " " + row;
    }

    /** The folder of what a backtest finds. */
    private Path backtest() {
        Path out = temp.resolve("out");
        assertThat(Backtest.run(
                        "--quiet",
                        "--history",
                        folder.resolve("history").toString(),
                        "--output",
                        out.toString(),
                        "--policy",
                        folder.resolve("policy.json").toString(),
                        "--until",
                        until.toString()))
                .isZero();
        return out;
    }

    private void agreesWithTheBacktest(Path out, Set<String> kinds, String... topics) throws IOException {
        List<String> expected = new ArrayList<>();
        for (String alert : Files.readAllLines(out.resolve("alerts.jsonl"))) {
            if (kinds.contains(JSON.readTree(alert).get("kind").asText())) {
                expected.add(alert);
            }
        }
        List<String> actual = new ArrayList<>();
        for (String topic : topics) {
            try (KafkaConsumer<String, byte[]> reader = reader(topic)) {
                int wanted = expected.size();
                long end = System.nanoTime() + SOON.toNanos();
                // Two polls in a row without a record: whatever comes too often would have come by then.
                for (int quiet = 0; quiet < 2 && System.nanoTime() < end; ) {
                    int before = actual.size();
                    reader.poll(Duration.ofSeconds(1))
                            .forEach(record -> actual.add(new String(record.value(), StandardCharsets.UTF_8)));
                    quiet = actual.size() > before ? 0 : quiet + 1;
                }
                assertThat(actual.size()).as(topic).isLessThanOrEqualTo(wanted);
            }
        }
        assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** The first few rows that are on one side only. */
    private static List<String> differences(TreeSet<String> expected, TreeSet<String> actual) {
        TreeSet<String> missing = new TreeSet<>(expected);
        missing.removeAll(actual);
        TreeSet<String> extra = new TreeSet<>(actual);
        extra.removeAll(expected);
        return Stream.concat(
                        missing.stream()
                                .map(row -> "of " + missing.size() + " missing " + row)
                                .limit(3),
                        extra.stream()
                                .map(row -> "of " + extra.size() + " extra " + row)
                                .limit(3))
                .toList();
    }

    KafkaConsumer<String, byte[]> reader(String topic) {
        KafkaConsumer<String, byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(topic, p.partition()))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        return reader;
    }

    long count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table);
    }

    long number(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
    }

    /** The rows of a table in the database, in the backtest's words. */
    private TreeSet<String> rows(Table table) throws Exception {
        TreeSet<String> rows = new TreeSet<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM " + table.sqlName())) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (Table.Column column : table.columns()) {
                    row.add(
                            switch (column.type()) {
                                case TIME -> {
                                    OffsetDateTime time = result.getObject(column.name(), OffsetDateTime.class);
                                    yield time == null
                                            ? ""
                                            : String.valueOf(time.toInstant().toEpochMilli());
                                }
                                case REAL -> {
                                    double number = result.getDouble(column.name());
                                    yield result.wasNull() ? "" : String.valueOf(number);
                                }
                                case BOOLEAN -> {
                                    boolean holds = result.getBoolean(column.name());
                                    yield result.wasNull() ? "" : String.valueOf(holds);
                                }
                                default ->
                                    result.getString(column.name()) == null ? "" : result.getString(column.name());
                            });
                }
                assertThat(rows.add(row.toString())).isTrue();
            }
        }
        return rows;
    }

    /** The backtest's rows; of alerts only those of the given kinds. */
    private static TreeSet<String> csv(Table table, Path folder, Set<String> kinds) throws IOException {
        TreeSet<String> rows = new TreeSet<>();
        try (BufferedReader reader = Files.newBufferedReader(folder.resolve(table.sqlName() + ".csv"))) {
            for (CSVRecord row : CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)) {
                if (row.isMapped("kind") && !kinds.contains(row.get("kind"))) {
                    continue;
                }
                List<String> values = new ArrayList<>();
                for (Table.Column column : table.columns()) {
                    String value = row.get(column.name());
                    values.add(value);
                }
                rows.add(values.toString());
            }
        }
        return rows;
    }
}
