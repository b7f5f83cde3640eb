package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Reconcile;
import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.config.Options;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.AlertSerializer;
import io.touchstone.io.Rows;
import io.touchstone.io.Table;
import io.touchstone.io.TableRow;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What got lost on the way to the alert topics is published again, as it was, and nothing else is. */
class ReconcileTest {
    private static final String PRICES = "price-alerts";
    private static final Set<String> KINDS = Set.of("PRICE_BREACH", "DEMOTION", "UNSTABLE_QUALITY", "COHORT_DISPARITY");

    @TempDir
    private Path temp;

    /** What was said, and the exit code in its last line. */
    private String reconcile(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int code = Reconcile.run(
                out,
                out,
                Stream.concat(Stream.of("--conf", temp.toString()), Arrays.stream(arguments))
                        .toArray(String[]::new));
        return said + "exit " + code;
    }

    @Test
    void publishesWhatTheJobsLostAsItWas() throws Exception {
        try (LiveCase live = LiveCase.launch("quality-small", temp, 4)) {
            String servers = live.broker().bootstrapServers();
            JobID prices = live.submitPriceFloor(2, null);
            JobID quality = live.submitFactoryQuality(2, null);
            live.publish(0, live.size());
            live.passMidnight();
            live.agreesWithTheBacktest(List.of(Table.ALERT_REVISION, Table.ALERT), KINDS, "demotion-alerts", PRICES);
            // The clock may come after the last alert.
            live.awaitEverythingRead(prices, "touchstone-price-floor", List.of("orders"));
            live.awaitEverythingRead(quality, "touchstone-factory-quality", List.of("orders", "returns", "reviews"));
            assertThat(reconcile("--older-than", "0 s"))
                    .doesNotContain("missing")
                    .endsWith("exit 0");
            live.flink().cancel(prices);
            live.flink().cancel(quality);
            List<String> published = messages(servers);

            // The topics are lost, and come back with every third message.
            List<ProducerRecord<byte[], byte[]>> saved = TopicReader.read(servers, PRICES);
            saved.addAll(TopicReader.read(servers, "demotion-alerts"));
            try (Admin admin = admin(servers)) {
                admin.deleteTopics(List.of(PRICES, "demotion-alerts")).all().get();
            }
            live.createAlertTopics();
            List<ProducerRecord<byte[], byte[]>> left = new ArrayList<>();
            for (int i = 0; i < saved.size(); i += 3) {
                left.add(saved.get(i));
            }
            send(servers, left);
            int missing = saved.size() - left.size();
            assertThat(missing).isGreaterThan(20);

            assertThat(reconcile("--dry-run", "--older-than", "0 s"))
                    .contains(" missing\n")
                    .endsWith("exit 1");
            assertThat(messages(servers)).hasSize(left.size());
            assertThat(reconcile("--older-than", "0 s"))
                    .contains(" missing, published now\n")
                    .endsWith("exit 0");
            assertThat(messages(servers)).containsExactlyInAnyOrderElementsOf(published);
            assertThat(reconcile("--older-than", "0 s"))
                    .doesNotContain("missing")
                    .endsWith("exit 0");
            assertThat(messages(servers)).hasSameSizeAs(published);
        }
    }

    @Test
    void waitsForWhatMayStillComeAndTellsWhatIsWrong() throws Exception {
        try (KafkaBroker broker = KafkaBroker.launch();
                Postgres database = Postgres.launch()) {
            database.migrate();
            Options options = Wiring.to(broker, database, temp);
            broker.createTopics(Topics.of(options.kafka().topics()));
            String servers = broker.bootstrapServers();
            // An id may hold anything.
            AlertMessage lost = alert("socks", "{\"order_list\":[\"o-\\u0000\"],\"b\":1.0E-5,\"a\":4.0}");
            AlertMessage young = alert("hats", "{}");
            record(database, lost, "-1 hour");
            record(database, young, "1 hour");
            String settled = "--older-than=0 s";

            send(servers, List.of(new ProducerRecord<>("orders", 0, utf8("o-1"), utf8("an order"))));
            assertThat(reconcile(settled))
                    .contains(
                            "1 waiting: the job may come to them again, its newest checkpoint has not read all of orders-0")
                    .contains("1 waiting: recorded a short while ago")
                    .endsWith("exit 0");
            try (Admin admin = admin(servers)) {
                admin.alterConsumerGroupOffsets(
                                "touchstone-price-floor",
                                Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(1)))
                        .all()
                        .get();
            }
            try (KafkaProducer<byte[], byte[]> job =
                    producer(Map.of("bootstrap.servers", servers, "transactional.id", "job"))) {
                job.initTransactions();
                job.beginTransaction();
                job.send(AlertSerializer.message(PRICES, lost)).get();
                assertThat(reconcile(settled))
                        .contains("1 waiting: in an open transaction")
                        .endsWith("exit 0");
                job.abortTransaction();
            }
            assertThat(messages(servers)).isEmpty();

            assertThat(reconcile("--dry-run", settled))
                    .contains("1 missing\n    " + lost.alertId() + "/1")
                    .endsWith("exit 1");
            assertThat(reconcile(settled)).contains("1 missing, published now").endsWith("exit 0");
            assertThat(messages(servers)).containsExactly(text(AlertSerializer.message(PRICES, lost)));

            send(
                    servers,
                    List.of(
                            AlertSerializer.message(PRICES, lost),
                            AlertSerializer.message(PRICES, alert("gloves", "{}")),
                            new ProducerRecord<>(PRICES, 3, null, utf8("hello"))));
            assertThat(reconcile("--older-than=1 h"))
                    .contains("1 doubled", "1 waiting: published a short while ago, its row still to come")
                    .endsWith("exit 1");
            assertThat(reconcile(settled))
                    .contains(
                            "1 doubled", "1 unknown", "1 no alerts at all, topic-partition/offset\n    price-alerts-3/")
                    .endsWith("exit 1");

            try (Admin admin = admin(servers)) {
                admin.deleteRecords(Stream.of(0, 1, 2, 3)
                                .map(partition -> new TopicPartition(PRICES, partition))
                                .collect(Collectors.toMap(p -> p, p -> RecordsToDelete.beforeOffset(-1))))
                        .all()
                        .get();
            }
            assertThat(reconcile(settled))
                    .contains("1 expired: older than what the topic still holds\n    " + lost.alertId())
                    .endsWith("exit 0");
        }
    }

    private static Admin admin(String servers) {
        return Admin.create(Map.of("bootstrap.servers", servers));
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> properties) {
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(String servers, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("bootstrap.servers", servers))) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    /** What a reader with read_committed finds on a topic. */
    /** Every message of both alert topics, byte for byte. */
    private static List<String> messages(String servers) {
        return Stream.of(PRICES, "demotion-alerts")
                .flatMap(topic -> TopicReader.read(servers, topic).stream())
                .map(ReconcileTest::text)
                .toList();
    }

    private static String text(ProducerRecord<byte[], byte[]> record) {
        String headers = Arrays.stream(record.headers().toArray())
                .map(header -> header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(", "));
        return record.topic() + " " + new String(record.key(), StandardCharsets.UTF_8) + " {" + headers + "} "
                + new String(record.value(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static AlertMessage alert(String sku, String evidence) {
        String subject = sku + "/WHOLESALE/CNY";
        long at = 1_700_000_000_123L;
        return new AlertMessage(
                "OPENED " + sku,
                "【开启】" + sku,
                AlertId.of("PRICE_BREACH", subject, at),
                1,
                "PRICE_BREACH",
                AlertStatus.OPENED,
                Severity.WARN,
                subject,
                "F-1",
                null,
                at,
                at,
                null,
                "default-1",
                evidence);
    }

    private static void record(Postgres database, AlertMessage alert, String after) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
                Statement statement = connection.createStatement()) {
            for (TableRow row : Rows.of(alert)) {
                String columns =
                        row.table().columns().stream().map(Table.Column::name).collect(Collectors.joining(", "));
                List<String> values = new ArrayList<>();
                for (int i = 0; i < row.values().size(); i++) {
                    String value = row.values().get(i);
                    boolean time = row.table().columns().get(i).type() == Table.Type.TIME;
                    values.add(
                            value == null ? "NULL" : time ? "to_timestamp(" + value + " / 1000.0)" : "'" + value + "'");
                }
                statement.execute("INSERT INTO " + row.table().sqlName() + " (" + columns + ") VALUES ("
                        + String.join(", ", values) + ")");
            }
            statement.execute("UPDATE alert_revision SET recorded_at = now() + interval '" + after
                    + "' WHERE alert_id = '" + alert.alertId() + "'");
        }
    }
}
