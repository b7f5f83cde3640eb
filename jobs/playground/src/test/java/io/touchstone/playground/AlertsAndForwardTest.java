package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.config.Options;
import io.touchstone.desk.Alerts;
import io.touchstone.desk.Forward;
import io.touchstone.desk.forward.ForwardOptions;
import io.touchstone.desk.forward.Forwarder;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.AlertSerializer;
import io.touchstone.io.Json;
import io.touchstone.io.Rows;
import io.touchstone.io.Table;
import io.touchstone.io.TableRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of alerts on a real broker and in a real database, and that everybody who has to be told is told. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertsAndForwardTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long DAY = 86_400_000L;

    /** Midnight in Shanghai, 2026-10-29. */
    private static final long OPENED = 1_793_203_200_000L;

    private static final AlertMessage BREACH =
            alert("PRICE_BREACH", "R003/WHOLESALE/CNY", "F-3", 1, AlertStatus.OPENED);
    private static final AlertMessage DEMOTION = alert("DEMOTION", "F-7", "F-7", 1, AlertStatus.OPENED);
    private static final AlertMessage DEMOTED = alert("DEMOTION", "F-7", "F-7", 2, AlertStatus.ESCALATED);
    private static final AlertMessage OVER = alert("COHORT_DISPARITY", "F-8/CONSUMER", "F-8", 1, AlertStatus.OPENED);
    private static final AlertMessage ENDED = alert("COHORT_DISPARITY", "F-8/CONSUMER", "F-8", 2, AlertStatus.RESOLVED);

    @TempDir
    private static Path temp;

    private static KafkaBroker broker;
    private static Postgres database;
    private static Options options;

    @BeforeAll
    static void publish() throws Exception {
        broker = KafkaBroker.launch();
        database = Postgres.launch();
        database.migrate();
        options = Wiring.to(broker, database, temp);
        broker.createTopics(Topics.of(options.kafka().topics()));
        for (AlertMessage alert : List.of(BREACH, DEMOTION, DEMOTED, OVER, ENDED)) {
            publish(alert);
            for (TableRow row : Rows.of(alert)) {
                insert(row);
            }
        }
        sql("INSERT INTO factory_score VALUES ('F-3', '2026-11-02', 80, 'A', 'GOOD', 'socks', 'datang', 'p'),"
                + " ('F-7', '2026-11-02', 50, 'D', 'DEMOTED', 'socks', 'datang', 'p'),"
                + " ('F-8', '2026-11-02', 90, 'A', 'GOOD', 'socks', NULL, 'p')");
        sql("INSERT INTO factory_class_daily SELECT 'F-7', day, 'QUALITY', 4 + extract(day FROM day), 400, 300000,"
                + " 0.02, 0.02, 300, 60, 9, 0, NULL, false, 'p' FROM generate_series(date '2026-10-10', '2026-11-02',"
                + " '1 day') AS day");
        sql("INSERT INTO factory_segment_daily SELECT 'F-8', day, s.segment, 200, s.x, 4, 3, true, 'p' FROM"
                + " generate_series(date '2026-10-10', '2026-11-02', '1 day') AS day,"
                + " (VALUES ('CONSUMER', 12), ('WHOLESALER', 2)) AS s (segment, x)");
        sql("INSERT INTO price_floor_history VALUES ('R003', 'WHOLESALE', 'CNY', 1, '2026-10-15Z', 43180000, 43000000,"
                + " 'CURRENT', 3, 'p')");
        sql(
                "INSERT INTO price_breach VALUES ('o-1', 'l', 'F-3', 'R003', 'WHOLESALE', 'CNY', 1, 1, 'b-1', '2026-10-29Z',"
                        + " 53975000, 43180000, 'CURRENT', 2500, '" + BREACH.alertId() + "', 'p')");
    }

    @AfterAll
    static void stop() {
        database.close();
        broker.close();
    }

    private static AlertMessage alert(String kind, String subject, String factory, int revision, AlertStatus status) {
        long at = OPENED + (revision - 1) * DAY;
        boolean price = kind.equals("PRICE_BREACH");
        String clears = status.closed()
                ? "{}"
                : price
                        ? "{\"conforming_orders\":3,\"or_quiet_until\":1793808000000}"
                        : kind.equals("DEMOTION")
                                ? "{\"largest_x\":9,\"or_clean_effective_orders\":70,\"quiet_evaluations\":null,"
                                        + "\"not_before\":\"2026-11-05\"}"
                                : "{\"quiet_evaluations\":28}";
        String order =
                "{\"order_id\":\"o-1\",\"buyer_id\":\"b-1\",\"paid_at\":" + OPENED + ",\"quantity\":1,\"tier\":1,"
                        + "\"price_micros\":53975000,\"floor_micros\":43180000,\"floor_status\":\"CURRENT\",\"floor_buyers\":3,"
                        + "\"excess_bp\":2500}";
        String evidence = price
                ? "{\"max_excess_bp\":2500,\"orders\":1,\"buyers\":1,\"sku_id\":\"R003\",\"channel\":\"WHOLESALE\","
                        + "\"currency\":\"CNY\",\"policy_version\":\"p\",\"newest\":" + order + ",\"order_list\":["
                        + order + "],\"clears_when\":" + clears + "}"
                : "{\"policy_version\":\"p\",\"day\":\"2026-10-29\",\"from_standing\":\"WATCH\",\"to_standing\":"
                        + "\"PROBATION\",\"classes\":[{\"class\":\"QUALITY\",\"x\":12,\"e_milli\":300500,\"n\":400,"
                        + "\"rate\":0.0399,\"standard_bp\":300,\"buyers\":11,\"signal\":\"WARN\",\"cusum\":0,"
                        + "\"drift\":false}],\"segments\":[{\"segment\":\"CONSUMER\",\"x\":12,\"n\":200,\"z\":4.0,"
                        + "\"disparity\":true,\"rr\":\"Infinity\"}],\"order_list\":[\"o-7\",\"o-8\"],\"clears_when\":"
                        + clears + "}";
        return new AlertMessage(
                status + " " + kind + ": factory " + factory,
                "【" + status.inChinese() + "】" + factory,
                AlertId.of(kind, subject, OPENED),
                revision,
                kind,
                status,
                status.closed() ? Severity.INFO : status == AlertStatus.ESCALATED ? Severity.CRITICAL : Severity.WARN,
                subject,
                factory,
                price ? null : kind.equals("DEMOTION") ? "QUALITY" : "DISPARITY",
                at,
                OPENED,
                status.closed() ? at : null,
                "p",
                evidence);
    }

    private static void publish(AlertMessage alert) throws Exception {
        String topic = alert.kind().equals("PRICE_BREACH") ? "price-alerts" : "demotion-alerts";
        publish(AlertSerializer.message(topic, alert));
    }

    @SafeVarargs
    private static void publish(ProducerRecord<byte[], byte[]>... records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private static void insert(TableRow row) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            String value = row.values().get(i);
            boolean time = row.table().columns().get(i).type() == Table.Type.TIME;
            values.add(value == null ? "NULL" : time ? "to_timestamp(" + value + " / 1000.0)" : "'" + value + "'");
        }
        String columns = row.table().columns().stream().map(Table.Column::name).collect(Collectors.joining(", "));
        if (row.table() == Table.ALERT) {
            sql("DELETE FROM alert WHERE alert_id = '" + row.values().get(0) + "'");
        }
        sql("INSERT INTO " + row.table().sqlName() + " (" + columns + ") VALUES (" + String.join(", ", values) + ")");
    }

    /** What was said, and the exit code in its last line. */
    private static String alerts(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int code = Alerts.run(
                out,
                out,
                Stream.concat(Arrays.stream(arguments), Stream.of("--conf", temp.toString()))
                        .toArray(String[]::new));
        return said + "exit " + code;
    }

    private static String id(AlertMessage alert) {
        return alert.alertId().substring(0, 12);
    }

    @Test
    @Order(1)
    void tailsWhatWasPublished() throws Exception {
        assertThat(alerts("tail", "--since", "2h", "--until-end").lines())
                .containsExactly(
                        "2026-10-29 00:00  WARN      PRICE_BREACH      " + id(BREACH)
                                + " r1   OPENED PRICE_BREACH: factory F-3",
                        "2026-10-29 00:00  WARN      DEMOTION          " + id(DEMOTION)
                                + " r1   OPENED DEMOTION: factory F-7",
                        "2026-10-30 00:00  CRITICAL  DEMOTION          " + id(DEMOTED)
                                + " r2   ESCALATED DEMOTION: factory F-7",
                        "2026-10-29 00:00  WARN      COHORT_DISPARITY  " + id(OVER)
                                + " r1   OPENED COHORT_DISPARITY: factory F-8",
                        "2026-10-30 00:00  INFO      COHORT_DISPARITY  " + id(ENDED)
                                + " r2   RESOLVED COHORT_DISPARITY: factory F-8",
                        "exit 0");
        assertThat(alerts("tail", "--since", "2000-01-01", "--until-end", "--json", "--kind", "price_breach"))
                .isEqualTo(Json.of(BREACH) + "\nexit 0");
        assertThat(alerts("tail", "--since", "2h", "--until-end", "--factory", "F-7", "--severity", "CRITICAL"))
                .contains("ESCALATED")
                .doesNotContain("OPENED");
        assertThat(alerts("tail", "--until-end")).as("from now on").isEqualTo("exit 0");
        assertThat(alerts("tail", "--since", "yesterday"))
                .startsWith("alerts: --since: yesterday is no time")
                .endsWith("exit 2");
        assertThat(alerts("tail", "--kind", "demoton"))
                .contains("UNSTABLE_QUALITY")
                .endsWith("exit 2");
    }

    @Test
    @Order(1)
    void listsWhatIsOpenTheMostSevereFirst() {
        assertThat(alerts("list", "--open").lines().map(line -> line.replaceAll(" +", " ")))
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("SEVERITY KIND STATUS OPENED"),
                        first -> assertThat(first)
                                .startsWith("CRITICAL DEMOTION ESCALATED")
                                .endsWith(DEMOTED.alertId()),
                        second -> assertThat(second)
                                .startsWith("WARN PRICE_BREACH OPENED")
                                .contains("R003/WHOLESALE/CNY"),
                        sum -> assertThat(sum).isEqualTo("2 alert(s) open"),
                        exit -> assertThat(exit).isEqualTo("exit 0"));
        assertThat(alerts("list", "--json", "--kind", "COHORT_DISPARITY")).isEqualTo(Json.of(ENDED) + "\nexit 0");
        assertThat(alerts("list", "--open", "--database-user", "nobody"))
                .contains("alerts: database.url jdbc:postgresql:", " as nobody: ")
                .endsWith("exit 2");
    }

    @Test
    @Order(1)
    void tellsTheWholeStoryOfAnAlert() {
        String demotion = alerts("show", id(DEMOTION));
        assertThat(demotion)
                .contains(
                        "DEMOTION " + DEMOTED.alertId() + ", CRITICAL, ESCALATED",
                        "F-7, DEMOTED, belt datang",
                        "r1   2026-10-29 00:00  OPENED",
                        "r2   2026-10-30 00:00  ESCALATED",
                        "3.99 %",
                        "Daily rate of QUALITY against its standard",
                        "2026-11-02",
                        "o-7, o-8",
                        "2026-11-05 at the earliest")
                .endsWith("exit 0");
        assertThat(demotion.lines().filter(line -> line.matches(" +[\\d.]* [+|].*[*].*")))
                .isNotEmpty();
        assertThat(demotion.lines()).allMatch(line -> line.length() <= 110);
        assertThat(alerts("show", BREACH.alertId()))
                .contains(
                        "up to 25.00 % above the floor",
                        "53.975",
                        "43.18",
                        "Price of one piece against its floor, tier 1+",
                        "x  paid above",
                        "3 more conforming order(s) in a row",
                        "until 2026-11-05 00:00");
        assertThat(alerts("show", ENDED.alertId()))
                .contains("CONSUMER against all other buyers", "Infinity", "It has ended.", "(1 d)");
        assertThat(alerts("show", "F-7"))
                .startsWith("alerts: there is no alert F-7; the nearest are\n  " + DEMOTED.alertId())
                .endsWith("exit 1");
        assertThat(alerts("show", ""))
                .contains("more than one alert begins with")
                .endsWith("exit 1");
    }

    /** Somebody who is told; answers with 503 whatever the mood is against. */
    private static final class Listener implements AutoCloseable {
        final List<String> taken = new CopyOnWriteArrayList<>();
        final List<String> keys = new CopyOnWriteArrayList<>();
        final List<String> refused = new CopyOnWriteArrayList<>();
        private final HttpServer server;
        private volatile Predicate<String> mood = body -> true;

        Listener() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                boolean takes = mood.test(body);
                String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
                if (takes) {
                    keys.add(key);
                    for (JsonNode alert : JSON.readTree(body).path("alerts")) {
                        taken.add(alert.path("key").asText());
                    }
                } else {
                    refused.add(key);
                }
                exchange.sendResponseHeaders(takes ? 200 : 503, -1);
                exchange.close();
            });
            server.start();
        }

        void takes(Predicate<String> what) {
            mood = what;
        }

        Path file(String more) throws IOException {
            return Files.writeString(temp.resolve("forward.yaml"), """
                    first_start: all
                    retries: {first_pause: 20 ms, longest_pause: 100 ms}
                    undeliverable: %s
                    targets: {desk: {type: webhook, url: "http://localhost:%d"}}
                    %s
                    """.formatted(
                    temp.resolve("undeliverable.jsonl"), server.getAddress().getPort(), more));
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static String forward(String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int code = Forward.run(
                out,
                out,
                Stream.concat(Arrays.stream(arguments), Stream.of("--conf", temp.toString()))
                        .toArray(String[]::new));
        return said + "exit " + code;
    }

    private static String key(AlertMessage alert) {
        return alert.alertId() + "/" + alert.revision();
    }

    private static Forwarder forwarder(Path file) {
        return new Forwarder(
                options,
                ForwardOptions.read(file, ZoneOffset.UTC),
                InstantSource.system(),
                false,
                line -> {},
                line -> {});
    }

    @Test
    @Order(2)
    void showsWhatWouldBeSentAndSendsNothing() throws Exception {
        try (Listener listener = new Listener()) {
            listener.file("");
            String said = forward("--dry-run");
            assertThat(said)
                    .contains(key(BREACH), key(ENDED), "\"type\":\"webhook\"")
                    .endsWith("exit 0");
            assertThat(said.lines().filter(line -> line.startsWith("{")))
                    .as("the belt's alerts are one message")
                    .hasSize(3);
            assertThat(listener.taken).isEmpty();
            assertThat(forward("--check")).contains("1 target(s)").endsWith("exit 0");
        }
    }

    @Test
    @Order(3)
    void deliversEverythingWhateverRestartsInBetween() throws Exception {
        Set<String> all = Stream.of(BREACH, DEMOTION, DEMOTED, OVER, ENDED)
                .map(AlertsAndForwardTest::key)
                .collect(Collectors.toSet());
        try (Listener listener = new Listener()) {
            // Nothing waits for its belt, so that what is taken and what is not are told apart.
            Path file = listener.file("grouping: {window: 0 s}");
            listener.takes(body -> !body.contains("F-7"));
            Forwarder first = forwarder(file);
            CompletableFuture<Integer> runs = CompletableFuture.supplyAsync(() -> first.run(false));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> listener.taken.size() == 3 && listener.refused.size() > 2);
            first.stop();
            assertThat(runs.get()).isZero();
            assertThat(listener.taken).containsExactlyInAnyOrder(key(BREACH), key(OVER), key(ENDED));

            listener.takes(body -> true);
            assertThat(forward("--until-end")).endsWith("exit 0");
            assertThat(Set.copyOf(listener.taken)).isEqualTo(all);
            assertThat(listener.keys).contains(listener.refused.get(0));
            assertThat(listener.taken.indexOf(key(DEMOTION))).isLessThan(listener.taken.indexOf(key(DEMOTED)));

            int before = listener.taken.size();
            publish(DEMOTED);
            publish(new ProducerRecord<>("price-alerts", 0, null, "hello".getBytes(StandardCharsets.UTF_8)));
            AlertMessage end = alert("DEMOTION", "F-7", "F-7", 3, AlertStatus.RESOLVED);
            publish(end);
            assertThat(forward("--until-end"))
                    .contains("UNDELIVERABLE: price-alerts-0/", "is no alert, it is no JSON")
                    .endsWith("exit 1");
            assertThat(listener.taken.subList(before, listener.taken.size())).containsExactly(key(end));
            assertThat(Files.readAllLines(temp.resolve("undeliverable.jsonl"))).hasSize(1);
            assertThat(forward("--until-end")).endsWith("exit 0");
            assertThat(listener.taken).hasSize(before + 1);
        }
    }

    @Test
    @Order(4)
    void sendsAlertsOfOneBeltTogetherAndAloneWithoutTheDatabase() throws Exception {
        AlertMessage one = alert("PRICE_BREACH", "R004/WHOLESALE/CNY", "F-3", 1, AlertStatus.OPENED);
        AlertMessage other = alert("UNSTABLE_QUALITY", "F-7", "F-7", 1, AlertStatus.OPENED);
        try (Listener listener = new Listener()) {
            listener.file("");
            publish(one);
            publish(other);
            assertThat(forward("--until-end")).endsWith("exit 0");
            assertThat(listener.keys).singleElement().asString().startsWith("group/");
            assertThat(listener.taken).containsExactlyInAnyOrder(key(one), key(other));

            publish(alert("PRICE_BREACH", "R004/WHOLESALE/CNY", "F-3", 2, AlertStatus.RESOLVED));
            publish(alert("UNSTABLE_QUALITY", "F-7", "F-7", 2, AlertStatus.RESOLVED));
            database.stop();
            try {
                assertThat(forward("--until-end"))
                        .contains("the database is away, so alerts go one by one")
                        .endsWith("exit 0");
            } finally {
                database.start();
            }
            assertThat(listener.keys).hasSize(3);
            assertThat(listener.taken).hasSize(4);
        }
    }

    @Test
    @Order(5)
    void letsAGroupGoWhenItsWindowIsOver() throws Exception {
        AlertMessage one = alert("PRICE_BREACH", "R005/WHOLESALE/CNY", "F-3", 1, AlertStatus.OPENED);
        AlertMessage other = alert("PRICE_BREACH", "R006/WHOLESALE/CNY", "F-7", 1, AlertStatus.OPENED);
        try (Listener listener = new Listener()) {
            Forwarder live = forwarder(listener.file("grouping: {window: 3 s}"));
            CompletableFuture<Integer> runs = CompletableFuture.supplyAsync(() -> live.run(false));
            publish(AlertSerializer.message("price-alerts", one), AlertSerializer.message("price-alerts", other));
            await().atMost(Duration.ofSeconds(60)).until(() -> listener.taken.size() == 2);
            assertThat(listener.keys).singleElement().asString().startsWith("group/");
            live.stop();
            assertThat(runs.get()).isZero();
            assertThat(forward("--until-end")).endsWith("exit 0");
            assertThat(listener.taken).hasSize(2);
        }
    }

    @Test
    @Order(6)
    void aSilenceHoldsBackOverARestartAndLetsGoAtItsEnd() throws Exception {
        AlertMessage opened = alert("DEMOTION", "F-9", "F-9", 1, AlertStatus.OPENED);
        long until = System.currentTimeMillis() + 12_000;
        try (Listener listener = new Listener()) {
            Path file = listener.file(
                    "silences: {s: {factories: [F-9], from: \"2026-01-01T00:00+00:00\", until: \"%s\", reason: r}}"
                            .formatted(Instant.ofEpochMilli(until)));
            publish(opened);
            assertThat(forward("--until-end")).contains("muted: " + key(opened) + " by silence s (r)");
            assertThat(listener.taken)
                    .as("the rules are others: what is open comes again, but what is muted")
                    .contains(key(BREACH))
                    .doesNotContain(key(opened));
            listener.taken.clear();
            Forwarder second = forwarder(file);
            CompletableFuture<Integer> runs = CompletableFuture.supplyAsync(() -> second.run(false));
            await().atMost(Duration.ofSeconds(60)).until(() -> !listener.taken.isEmpty());
            assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(until);
            assertThat(listener.taken).containsExactly(key(opened));
            second.stop();
            assertThat(runs.get()).isZero();
            assertThat(forward("--until-end")).endsWith("exit 0");
            assertThat(listener.taken).as("once").hasSize(1);
        }
    }
}
