package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.Backtest;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.event.Order;
import io.touchstone.event.OrderStatus;
import io.touchstone.io.AvroWire;
import io.touchstone.io.JsonEvents;
import io.touchstone.io.Table;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.price.PriceAlert;
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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job between a real broker and a real database, on a real cluster, gives what the backtest gives, whatever crashes. */
class LivePathTest {
    private static final Path CASE = Path.of("../analytics/src/test/resources/cases/price-small");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final List<Table> TABLES = List.of(
            Table.PRICE_FLOOR_HISTORY, Table.PRICE_FLOOR, Table.PRICE_BREACH, Table.ALERT_REVISION, Table.ALERT);
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path temp;

    private final AvroWire<Order> wire = AvroWire.orders();
    private KafkaBroker broker;
    private Postgres database;
    private FlinkCluster flink;
    private Options options;
    private Policy policy;
    private KafkaProducer<String, byte[]> producer;

    @BeforeEach
    void start() throws Exception {
        broker = KafkaBroker.launch();
        database = Postgres.launch();
        database.migrate();
        options = Wiring.to(broker, database, temp);
        broker.createTopics(Topics.of(options.kafka().topics()));
        policy = PolicyFile.read(CASE.resolve("policy.json"));
        flink = FlinkCluster.launch(
                temp, 0, 2, 2, c -> c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500)));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() throws Exception {
        if (producer != null) {
            producer.close();
        }
        if (flink != null) {
            flink.close();
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void losesAndDoublesNothingWhenKilledInMidStream() throws Exception {
        History history = history();
        JobID job = submit(2, null);
        publish(history.orders.subList(0, 1500));
        await().atMost(SOON).until(() -> count("alert_revision") > 0);
        flink.replaceTaskManager(0);
        publish(history.orders.subList(1500, 3000));
        await().atMost(SOON)
                .until(() -> count("alert_revision") > 40
                        && flink.newestCheckpoint(job).isPresent());

        flink.cancel(job);
        submit(2, flink.newestCheckpoint(job).orElseThrow());
        publish(history.orders.subList(3000, history.orders.size()));
        passMidnight(history.until);

        agreesWithTheBacktest();
    }

    @Test
    void findsTheSameFromASavepointAtAnotherParallelism() throws Exception {
        History history = history();
        JobID one = submit(1, null);
        publish(history.orders.subList(0, 2000));
        await().atMost(SOON).until(() -> count("alert_revision") > 0);
        JobID three = submit(3, flink.stop(one));
        publish(history.orders.subList(2000, 3500));
        await().atMost(SOON).until(() -> count("alert_revision") > 60);
        submit(2, flink.stop(three));
        publish(history.orders.subList(3500, history.orders.size()));
        passMidnight(history.until);

        agreesWithTheBacktest();
    }

    @Test
    void keepsEveryBadInputAsADeadLetterAndRunsOn() throws Exception {
        History history = history();
        Order good = history.orders.get(0);
        long now = System.currentTimeMillis();
        JobID job = submit(2, null);

        Map<String, byte[]> letters = new TreeMap<>();
        byte[] bytes = wire.encode(good);
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        byte[] otherMagic = bytes.clone();
        otherMagic[0] = 0;
        for (byte[] undecodable :
                List.of(new byte[0], new byte[] {1, 2, 3}, longer, otherMagic, java.util.Arrays.copyOf(bytes, 40))) {
            letters.put("orders/2/" + send(2, undecodable) + "/UNDECODABLE", undecodable);
        }
        letters.put("orders/2/" + send(2, null) + "/UNDECODABLE", new byte[0]);
        byte[] invalid = wire.encode(
                Order.newBuilder(good).setStatus(OrderStatus.UNKNOWN).build());
        letters.put("orders/1/" + send(1, invalid) + "/INVALID", invalid);
        byte[] future = wire.encode(at(good, now + Duration.ofHours(1).toMillis()));
        letters.put("orders/1/" + send(1, future) + "/FUTURE", future);
        byte[] unmatched = wire.encode(Order.newBuilder(good)
                .setStatus(OrderStatus.SHIPPED)
                .setEventTime(good.getPaidAt().plus(Duration.ofDays(500)))
                .build());
        letters.put("orders/0/" + send(0, unmatched) + "/UNMATCHED", unmatched);
        publish(history.orders.subList(0, 300));
        long passed =
                history.orders.get(299).getEventTime().plus(Duration.ofDays(2)).toEpochMilli();
        passMidnight(passed);
        await().atMost(SOON).until(() -> flink.status(job) == JobStatus.RUNNING && floorsUpTo(passed) > 0);
        // Any watermark that has closed the day is past this payment.
        byte[] late = wire.encode(at(good, good.getPaidAt().toEpochMilli()));
        letters.put("orders/3/" + send(3, late) + "/LATE", late);

        Map<String, byte[]> found = new TreeMap<>();
        try (KafkaConsumer<String, byte[]> reader = reader("dead-letters")) {
            await().atMost(SOON).untilAsserted(() -> {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    JsonNode letter = JSON.readTree(record.value());
                    found.put(
                            record.key(),
                            Base64.getDecoder()
                                    .decode(letter.get("value_base64").asText()));
                }
                assertThat(found.keySet()).isEqualTo(letters.keySet());
            });
        }
        letters.forEach((key, value) -> assertThat(found.get(key)).as(key).isEqualTo(value));
        assertThat(flink.status(job)).isEqualTo(JobStatus.RUNNING);
    }

    private record History(List<Order> orders, long until) {}

    /** The case's orders that can be published and that act, in their order of arrival. */
    private History history() throws IOException {
        int day = (int)
                LocalDate.parse(Files.readString(CASE.resolve("until")).strip()).toEpochDay();
        long until = new LocalCalendar(policy.timeZone()).midnight(day);
        List<Order> orders = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(CASE.resolve("history/orders.jsonl.gz"))),
                StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonEvents.readOrder(line.getBytes(StandardCharsets.ISO_8859_1))
                        .filter(order -> order.getEventTime().toEpochMilli() < until)
                        .ifPresent(orders::add);
            }
        }
        return new History(orders, until);
    }

    private JobID submit(int parallelism, Path from) throws Exception {
        return flink.submit("price-floor", parallelism, from, env -> PriceFloorJob.define(env, options, policy));
    }

    private void publish(List<Order> orders) {
        for (Order order : orders) {
            var unused = producer.send(new ProducerRecord<>("orders", order.getOrderId(), wire.encode(order)));
        }
        producer.flush();
    }

    private long send(int partition, byte[] value) throws Exception {
        return producer.send(new ProducerRecord<>("orders", partition, "key", value))
                .get()
                .offset();
    }

    /** On every partition an order that only moves the clock, until the watermark has passed an instant. */
    private void passMidnight(long instant) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            Order clock = at(
                    history().orders.get(0),
                    instant + options.time().maxOutOfOrderness().toMillis() + 1);
            clock.setStatus(OrderStatus.DELIVERED);
            send(partition, wire.encode(clock));
        }
    }

    private static Order at(Order order, long instant) {
        Instant time = Instant.ofEpochMilli(instant);
        return Order.newBuilder(order)
                .setStatus(OrderStatus.PAID)
                .setEventTime(time)
                .setPaidAt(time)
                .setShipBy(time)
                .build();
    }

    private void agreesWithTheBacktest() throws Exception {
        Path out = temp.resolve("out");
        assertThat(Backtest.run(
                        "--quiet",
                        "--history",
                        CASE.resolve("history").toString(),
                        "--output",
                        out.toString(),
                        "--policy",
                        CASE.resolve("policy.json").toString(),
                        "--until",
                        Files.readString(CASE.resolve("until")).strip()))
                .isZero();
        for (Table table : TABLES) {
            TreeSet<String> expected = csv(table, out);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(differences(expected, rows(table)))
                            .as(table.sqlName())
                            .isEmpty());
        }
        List<String> expected = Files.readAllLines(out.resolve("alerts.jsonl")).stream()
                .filter(alert -> alert.contains("\"kind\":\"" + PriceAlert.KIND + "\""))
                .toList();
        List<String> actual = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> reader = reader("price-alerts")) {
            await().atMost(SOON).until(() -> {
                reader.poll(Duration.ofMillis(200))
                        .forEach(record -> actual.add(new String(record.value(), StandardCharsets.UTF_8)));
                return actual.size() >= expected.size();
            });
            reader.poll(Duration.ofSeconds(2))
                    .forEach(record -> actual.add(new String(record.value(), StandardCharsets.UTF_8)));
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

    private KafkaConsumer<String, byte[]> reader(String topic) {
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

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
    }

    private long count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table);
    }

    private long floorsUpTo(long instant) throws SQLException {
        return number("SELECT count(*) FROM price_floor WHERE since <= to_timestamp(" + instant / 1000 + ")");
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
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
                                case JSON -> json(result.getString(column.name()));
                                default ->
                                    result.getString(column.name()) == null ? "" : result.getString(column.name());
                            });
                }
                assertThat(rows.add(row.toString())).isTrue();
            }
        }
        return rows;
    }

    /** The backtest's rows, those of the other job's alerts apart. */
    private static TreeSet<String> csv(Table table, Path folder) throws IOException {
        TreeSet<String> rows = new TreeSet<>();
        try (BufferedReader reader = Files.newBufferedReader(folder.resolve(table.sqlName() + ".csv"))) {
            for (CSVRecord row : CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)) {
                if (row.isMapped("kind") && !row.get("kind").equals(PriceAlert.KIND)) {
                    continue;
                }
                List<String> values = new ArrayList<>();
                for (Table.Column column : table.columns()) {
                    String value = row.get(column.name());
                    values.add(column.type() == Table.Type.JSON ? json(value) : value);
                }
                rows.add(values.toString());
            }
        }
        return rows;
    }

    /** JSON apart from the order of its keys, which the database does not keep. */
    private static String json(String text) throws IOException {
        return JSON.writeValueAsString(JSON.readValue(text, Object.class));
    }
}
