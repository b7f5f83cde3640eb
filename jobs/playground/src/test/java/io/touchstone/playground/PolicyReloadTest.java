package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.touchstone.PolicyCommand;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.io.AvroWire;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy that is published while a job runs, on real servers. */
class PolicyReloadTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int PARTITIONS = 4;
    private static final long TWO_HOURS = 7_200_000;

    @TempDir
    private Path temp;

    /** What was said, and the exit code in its last line. */
    private String policy(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--conf=" + temp);
        int code = PolicyCommand.run(out, out, all.toArray(String[]::new));
        return said + "exit " + code;
    }

    private String file(String version, String numbers) throws IOException {
        return Files.writeString(temp.resolve(version + ".yaml"), "version: " + version + "\n" + numbers)
                .toString();
    }

    private static Order order(String id, OrderStatus status, long at, long priceMicros) {
        return Order.newBuilder(ClockOrder.of(id + status, Instant.ofEpochMilli(at)))
                .setOrderId(id)
                .setStatus(status)
                .setType(OrderType.REGULAR)
                .setFactoryId("f")
                .setBuyerId("buyer-of-" + id)
                .setBuyerSegment(BuyerSegment.WHOLESALER)
                .setLines(List.of(OrderLine.newBuilder()
                        .setLineId("1")
                        .setSkuId("sock")
                        .setQuantity(1)
                        .setUnitPriceMicros(priceMicros)
                        .setCurrency("CNY")
                        .setChannel(Channel.WHOLESALE)
                        .build()))
                .build();
    }

    @Test
    void actsFromItsInstantOnAndWhatIsWrongIsADeadLetter() throws Exception {
        Files.writeString(temp.resolve("policy.yaml"), "version: first\n");
        try (KafkaBroker broker = KafkaBroker.launch();
                Postgres database = Postgres.launch();
                FlinkCluster flink = FlinkCluster.launch(
                        temp,
                        0,
                        1,
                        2,
                        c -> c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500)));
                KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            database.migrate();
            Options options = Wiring.to(broker, database, temp);
            broker.createTopics(Topics.of(options.kafka().topics()));
            Policy first =
                    new Policy("first", Policy.DEFAULT.timeZone(), Policy.DEFAULT.price(), Policy.DEFAULT.quality());
            flink.submit("price-floor", 2, null, env -> PriceFloorJob.define(env, options, first));

            long soon = System.currentTimeMillis() + 20_000;
            String mild = file("mild", "price: {tolerance_bp: 300}\n");
            assertThat(policy("publish", mild, "--effective-from=" + soon))
                    .contains("policy mild is published (offset 0)")
                    .endsWith("exit 0");
            assertThat(policy("publish", mild, "--effective-from=" + (soon + 1)))
                    .contains("version mild is known")
                    .endsWith("exit 2");
            assertThat(policy("publish", file("past", ""), "--effective-from=2020-01-01"))
                    .contains("has to be 10 s from now or later")
                    .endsWith("exit 2");
            assertThat(policy("publish", file("tiers", "price: {tiers: [1, 2]}\n"), "--effective-from=" + soon))
                    .contains("price.tiers is [1, 2], but the state is kept for")
                    .endsWith("exit 2");
            // Not by the tool, which would not have it.
            for (String refused : List.of(
                    "no json",
                    "{\"version\": \"over\", \"effective_from\": 1600000000000}",
                    "{\"version\": \"mild\", \"effective_from\": 4000000000000}")) {
                String key = refused.contains("over") ? "over" : "mild";
                producer.send(new ProducerRecord<>("policies", key, refused.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }

            // Three deals make a floor of 100; 1 % more is a breach by the first policy, and none by the second.
            List<Order> orders = new ArrayList<>();
            for (String deal : List.of("a", "b", "c")) {
                orders.add(order(deal, OrderStatus.SHIPPED, soon - TWO_HOURS, 100));
            }
            orders.add(order("before", OrderStatus.PAID, soon - 1, 101));
            orders.add(order("after", OrderStatus.PAID, soon, 101));
            orders.add(order("later", OrderStatus.PAID, soon + 1, 104));
            for (Order order : orders) {
                send(producer, 0, order);
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                send(producer, partition, ClockOrder.of("clock" + partition, Instant.ofEpochMilli(soon + 310_000)));
            }

            // Nothing is judged before its policy is known; the next one says that there was none in between.
            await().atMost(SOON).until(() -> System.currentTimeMillis() > soon + 1000);
            String strict = file("strict", "price: {tolerance_bp: 0}\n");
            assertThat(policy("publish", strict, "--effective-from=" + (soon + TWO_HOURS)))
                    .contains("instead of mild")
                    .endsWith("exit 0");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(breaches(database)).containsExactly("before first", "later mild"));
            assertThat(policy("show"))
                    .containsPattern("0 +mild +\\S+ +in force")
                    .containsPattern("1 +mild +REFUSED: UNDECODABLE json")
                    .containsPattern("2 +over +REFUSED: INVALID policy: effective_from is 1600000000000")
                    .containsPattern("3 +mild +\\S+ +REFUSED: version mild is known")
                    .containsPattern("4 +strict +\\S+ +to come");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(TopicReader.read(broker.bootstrapServers(), "dead-letters"))
                            .extracting(letter -> new String(letter.key(), StandardCharsets.UTF_8))
                            .containsExactlyInAnyOrder(
                                    "policies/0/1/UNDECODABLE", "policies/0/2/INVALID", "policies/0/3/INVALID"));
        }
    }

    private static void send(KafkaProducer<String, byte[]> producer, int partition, Order order) throws Exception {
        producer.send(new ProducerRecord<>(
                        "orders",
                        partition,
                        order.getOrderId(),
                        AvroWire.orders().encode(order)))
                .get();
    }

    private static List<String> breaches(Postgres database) throws SQLException {
        List<String> breaches = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT order_id, policy_version FROM price_breach ORDER BY order_id")) {
            while (rows.next()) {
                breaches.add(rows.getString(1) + " " + rows.getString(2));
            }
        }
        return breaches;
    }
}
