package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void keepsCommittedRecordsThroughAKillAndACleanRestart() throws Exception {
        long before = System.currentTimeMillis();
        Path folder;
        try (KafkaBroker broker = KafkaBroker.launch()) {
            folder = broker.folder();
            broker.createTopics(List.of(new NewTopic("orders", 2, (short) 1)));
            assertThatThrownBy(() -> broker.createTopics(List.of(new NewTopic("orders", 2, (short) 1))))
                    .hasMessageContaining("orders");
            commit(broker, "first", "second");
            assertThat(committed(broker, 2)).hasSize(2).allSatisfy(record -> {
                assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
                assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
            });

            ProcessHandle killed = ProcessHandle.of(broker.pid()).orElseThrow();
            broker.kill();
            assertThat(killed.isAlive()).isFalse();
            broker.restart();
            assertThat(broker.pid()).isNotEqualTo(killed.pid());
            commit(broker, "third");

            broker.restart();
            assertThat(committed(broker, 3))
                    .extracting(ConsumerRecord::value)
                    .containsExactlyInAnyOrder("first", "second", "third");
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void namesAPortThatIsInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> KafkaBroker.launch(other.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + other.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void quotesTheEndOfItsLogWhenItCannotStart(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/meta.properties"), "version=1\nnode.id=7\ncluster.id=other\n");
        assertThatThrownBy(() -> KafkaBroker.launch(folder, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("server.log")
                .hasMessageContaining("meta.properties");
    }

    @Test
    void endsWithAJvmThatIsKilled(@TempDir Path folder) throws Exception {
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dtouchstone.home=" + Folder.home(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LaunchAndWait.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();
        try {
            Path ready = folder.resolve("ready");
            await().atMost(PATIENCE).until(() -> Files.exists(ready) || !parent.isAlive());
            int port = Integer.parseInt(Files.readString(ready));
            assertThat(Ports.answers(port)).isTrue();
            parent.destroyForcibly();
            await().atMost(PATIENCE).until(() -> !Ports.answers(port));
        } finally {
            parent.destroyForcibly();
        }
    }

    /** The main of a JVM that starts a broker, writes down its port and waits to be killed. */
    static final class LaunchAndWait {
        private LaunchAndWait() {}

        public static void main(String[] folder) throws Exception {
            Path home = Path.of(folder[0]);
            KafkaBroker broker = KafkaBroker.launch(home.resolve("broker"), 0);
            String port = broker.bootstrapServers().replaceAll(".*:", "");
            Files.move(Files.writeString(home.resolve("half-written"), port), home.resolve("ready"));
            Thread.currentThread().join();
        }
    }

    private static void commit(KafkaBroker broker, String... values) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "transactional.id",
                "test",
                "transaction.timeout.ms",
                10_800_000);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (String value : values) {
                assertThat(producer.send(new ProducerRecord<>("orders", null, 1_000L, value, value)))
                        .succeedsWithin(PATIENCE);
            }
            producer.commitTransaction();
        }
    }

    private static List<ConsumerRecord<String, String>> committed(KafkaBroker broker, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "test-" + System.nanoTime(),
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed");
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
            });
        }
        return records;
    }
}
