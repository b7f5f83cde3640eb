package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.config.AclsFile;
import io.touchstone.config.AclsFile.Rights;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.config.Options.KafkaSecurity;
import io.touchstone.config.Options.Protocol;
import io.touchstone.config.Options.SslMode;
import io.touchstone.config.Secret;
import io.touchstone.desk.Alerts;
import io.touchstone.desk.Forward;
import io.touchstone.io.Database;
import io.touchstone.io.KafkaEnds;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a secure cluster both jobs find what they should with the rights they need, and neither they nor others can do or see more. */
class SecureClusterTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofSeconds(30);

    /** What buyers wrote: nobody but the source may know it. */
    private static final String REVIEW_TEXT = "canary-7Q4: the zip broke after two days";

    /** Nothing of the case happens near it. */
    private static final long BREAK = 1_705_900_000_000L;

    @TempDir
    private static Path temp;

    private static ClusterCase cluster;
    private static ClusterFolder folder;
    private static Settings settings;
    private static Path live;

    @BeforeAll
    static void runBothJobs() throws Exception {
        cluster = ClusterCase.in(temp);
        folder = cluster.folder();
        cluster.start("--secure");
        settings = Settings.read(folder);
        cluster.run(new TopicsCommand(), "apply", "--conf", cluster.conf().toString());
        cluster.run(new AclsCommand(), "apply", "--conf", cluster.conf().toString());
        replay("early", Long.MIN_VALUE, BREAK);
        replay("later", BREAK, Long.MAX_VALUE, "--until", ClusterCase.UNTIL);
        cluster.deploy("price-floor", 1);
        cluster.deploy("factory-quality", 1);
        live = temp.resolve("live");
        cluster.run(
                new Export(),
                "--output",
                live.toString(),
                "--conf",
                cluster.conf().toString(),
                "--until",
                ClusterCase.UNTIL);
    }

    @AfterAll
    static void stop() {
        cluster.run(new Cluster(), "stop");
    }

    private static void replay(String name, long from, long before, String... further) throws IOException {
        cluster.replay(planted(name, from, before), further);
    }

    /** What lies between two instants; every review has a text, whatever is wrong with it. */
    private static Path planted(String name, long from, long before) throws IOException {
        Path history = cluster.history(name, from, before);
        Path reviews = history.resolve("reviews.jsonl");
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(reviews, StandardCharsets.ISO_8859_1)) {
            try {
                lines.add(
                        JSON.readTree(line) instanceof ObjectNode review
                                ? review.put("text", REVIEW_TEXT).toString()
                                : line);
            } catch (IOException noJson) {
                lines.add(line);
            }
        }
        Files.write(reviews, lines, StandardCharsets.ISO_8859_1);
        return history;
    }

    private static KafkaOptions kafka() {
        return Options.read(cluster.conf().resolve("jobs.yaml"))
                .kafka()
                .at(settings.bootstrapServers(), BrokerUsers.security(folder, settings));
    }

    private static BrokerClient client(String name) {
        return new BrokerClient(kafka(), name);
    }

    @Test
    void findsWhatABacktestFinds() throws IOException {
        ClusterCase.agree(live, cluster.backtest(planted("whole", Long.MIN_VALUE, Long.MAX_VALUE)));
    }

    @Test
    void knowsServersByTheirAddressOnly() throws Exception {
        KafkaOptions byName = kafka().at("localhost:" + settings.brokerPort(), kafka().security());
        assertThatThrownBy(() -> KafkaEnds.checkBroker(options(byName), "price-floor"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("No name matching localhost found");
        assertThatThrownBy(() -> open(database("localhost", SslMode.VERIFY_FULL, true)))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("localhost");
    }

    @Test
    void trustsNoServerThatNobodyVouchesFor() {
        KafkaOptions anyone = kafka().at(
                        settings.bootstrapServers(),
                        new KafkaSecurity(
                                Protocol.SASL_SSL,
                                null,
                                null,
                                kafka().security().password()));
        assertThatThrownBy(() -> KafkaEnds.checkBroker(options(anyone), "price-floor"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unable to find valid certification path");
        assertThatThrownBy(() -> open(database("127.0.0.1", SslMode.VERIFY_FULL, false)))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("unable to find valid certification path");
    }

    @Test
    void letsNobodyInWithoutThePassword() throws IOException {
        Path wrong = Files.writeString(temp.resolve("wrong"), "wrong-password");
        KafkaOptions guess = kafka().at(
                        settings.bootstrapServers(),
                        new KafkaSecurity(
                                Protocol.SASL_SSL,
                                kafka().security().caFile(),
                                null,
                                new Secret(Options.KAFKA_PASSWORD, wrong.toString())));
        assertThatThrownBy(() -> KafkaEnds.checkBroker(options(guess), "price-floor"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("invalid credentials")
                .hasMessageNotContaining("wrong-password");
        DatabaseOptions right = database("127.0.0.1", SslMode.VERIFY_FULL, true);
        DatabaseOptions database = new DatabaseOptions(
                right.url(),
                right.user(),
                new Secret(Options.DATABASE_PASSWORD, wrong.toString()),
                right.sslMode(),
                right.caFile(),
                1,
                Duration.ofSeconds(1),
                0);
        assertThatThrownBy(() -> open(database))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void speaksToNobodyInTheClear() {
        assertThatThrownBy(() -> open(database("127.0.0.1", SslMode.DISABLE, false)))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no encryption");
        Map<String, String> clear = Map.of("bootstrap.servers", settings.bootstrapServers());
        try (Admin admin = BrokerServer.admin(clear)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get()).hasMessageContaining("Timed out");
        }
    }

    private static Options options(KafkaOptions kafka) {
        Options options = Options.read(cluster.conf().resolve("jobs.yaml"));
        return new Options(kafka, options.time(), options.database());
    }

    private static DatabaseOptions database(String host, SslMode mode, boolean trusts) throws IOException {
        return new DatabaseOptions(
                "jdbc:postgresql://" + host + ":" + settings.databasePort() + "/" + DatabaseServer.DATABASE,
                DatabaseServer.WRITER,
                new Secret(
                        Options.DATABASE_PASSWORD,
                        folder.secret(DatabaseServer.WRITER).toString()),
                mode,
                trusts ? Certificates.authority(folder).toString() : null,
                1,
                Duration.ofSeconds(1),
                0);
    }

    private static void open(DatabaseOptions database) throws SQLException {
        Database.open(database).close();
    }

    static Set<String> forbiddenOnTheBroker() {
        return BrokerClient.forbidden().keySet();
    }

    @ParameterizedTest
    @MethodSource("forbiddenOnTheBroker")
    void letsTheJobDoNothingElseOnTheBroker(String deed) {
        assertThat(client("price-floor").refusalOf(BrokerClient.forbidden().get(deed)))
                .contains("AuthorizationException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    void givesTheJobNoRightItDoesNotNeed(String job) throws Exception {
        // The job itself goes on; somebody else does its work with its rights.
        BrokerClient substitute = client(BrokerUsers.EXPORT);
        Rights rights = rights(job, BrokerUsers.user(BrokerUsers.EXPORT));
        Set<AclBinding> bindings = AclsCommand.bindings(rights);
        try (Admin admin = BrokerServer.itself(folder, settings)) {
            admin.createAcls(bindings).all().get();
            for (AclBinding right : bindings) {
                await().atMost(SOON)
                        .untilAsserted(() ->
                                assertThatCode(() -> substitute.actAs(rights)).doesNotThrowAnyException());
                admin.deleteAcls(List.of(right.toFilter())).all().get();
                await(right.toString())
                        .atMost(SOON)
                        .untilAsserted(() -> assertThatThrownBy(() -> substitute.actAs(rights))
                                .hasStackTraceContaining("AuthorizationException"));
                admin.createAcls(List.of(right)).all().get();
            }
            admin.deleteAcls(bindings.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get();
        }
    }

    private static Rights rights(String job, String substitute) {
        Rights rights = AclsFile.read(ClusterFolder.home().resolve("conf/acls.yaml"), kafka().topics()).users().stream()
                .filter(user -> user.user().equals(BrokerUsers.user(job)))
                .findFirst()
                .orElseThrow();
        return new Rights(
                substitute,
                rights.read(),
                rights.write(),
                rights.groups(),
                rights.progressOf(),
                rights.transactions(),
                rights.brokerSettings());
    }

    @Test
    void showsAlertsAndSendsThemOnWithNoMoreRightsThanTheyNeed() throws IOException {
        String conf = folder.jobs().resolve("price-floor").toString();
        String[] reader = {
            "--database-user",
            DatabaseServer.READER,
            "--database-password-file",
            folder.secret(DatabaseServer.READER).toString()
        };
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        assertThat(Alerts.run(out, out, "tail", "--since", "2000-01-01", "--until-end", "--conf", conf))
                .as(said.toString())
                .isZero();
        assertThat(said.toString()).contains("OPENED");
        assertThat(Alerts.run(out, out, "list", "--conf", conf, reader[0], reader[1], reader[2], reader[3]))
                .as(said.toString())
                .isZero();
        Path file = Files.writeString(temp.resolve("forward.yaml"), """
                first_start: new
                database: {user: %s, password_file: %s}
                targets: {nobody: {type: webhook, url: "http://localhost:1"}}
                """.formatted(reader[1], reader[3]));
        // It commits where it begins.
        assertThat(Forward.run(out, out, "--until-end", "--conf", conf, "--file", file.toString()))
                .as(said.toString())
                .isZero();
        assertThat(said.toString()).doesNotContain("not committed", "AuthorizationException");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            touchstone_writer | DELETE FROM alert
            touchstone_writer | TRUNCATE alert
            touchstone_writer | DROP TABLE alert
            touchstone_writer | ALTER TABLE alert ADD COLUMN more text
            touchstone_writer | CREATE TABLE mine (x int)
            touchstone_writer | CREATE TEMPORARY TABLE mine (x int)
            touchstone_writer | CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
            touchstone_writer | CREATE ROLE another
            touchstone_writer | SET ROLE postgres
            touchstone_writer | ALTER TABLE alert OWNER TO touchstone_writer
            touchstone_writer | SELECT * FROM pg_authid
            touchstone_writer | SELECT * FROM flyway_schema_history
            touchstone_writer | SELECT pg_read_file('/etc/passwd')
            touchstone_writer | COPY (SELECT 1) TO PROGRAM 'true'
            touchstone_writer | ALTER SYSTEM SET ssl = off
            touchstone_writer | SELECT drop_daily_partitions('2030-01-01')
            touchstone_writer | SELECT * FROM bi.factory_now
            bi_reader         | SELECT * FROM public.alert
            bi_reader         | SELECT * FROM public.factory_score_daily
            bi_reader         | INSERT INTO public.price_floor (sku_id) VALUES ('x')
            bi_reader         | UPDATE public.alert SET status = 'RESOLVED'
            bi_reader         | DELETE FROM public.alert
            bi_reader         | CREATE TABLE mine (x int)
            bi_reader         | CREATE TABLE public.mine (x int)
            bi_reader         | SELECT bi.refresh()
            bi_reader         | SELECT public.maintain_tables()
            bi_reader         | SELECT * FROM pg_authid
            """)
    void letsNobodyDoMoreWithTheTables(String role, String sql) throws Exception {
        try (Connection connection = DatabaseServer.connect(folder, settings, role);
                Statement statement = connection.createStatement()) {
            // The role's own habit of reading only is not what has to hold.
            statement.execute("SET default_transaction_read_only = off");
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT", "INSERT", "UPDATE"})
    void givesTheWriterNoRightItDoesNotNeed(String right) throws Exception {
        String upsert =
                "INSERT INTO price_floor SELECT * FROM price_floor ON CONFLICT (sku_id, channel, currency, min_quantity)"
                        + " DO UPDATE SET since = excluded.since WHERE price_floor.since <= excluded.since";
        try (Connection owner = DatabaseServer.connect(folder, settings, DatabaseServer.OWNER);
                Statement giving = owner.createStatement();
                Connection writer = DatabaseServer.connect(folder, settings, DatabaseServer.WRITER);
                Statement writing = writer.createStatement()) {
            assertThat(writing.executeUpdate(upsert)).isPositive();
            giving.execute("REVOKE " + right + " ON price_floor FROM touchstone_writer");
            assertThatThrownBy(() -> writing.execute(upsert)).hasMessageContaining("permission denied");
            giving.execute("GRANT " + right + " ON price_floor TO touchstone_writer");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /jars/upload, 403",
        "POST, /jobs, 403",
        "PATCH, /jobs/JOB?mode=cancel, 403",
        "GET, /jobs/JOB/yarn-cancel, 403",
        "GET, /jobs/JOB/yarn-stop, 403",
        "GET, /jobs/JOB/%79arn-cancel, 403",
        "POST, /jobs/JOB/stop, 403",
        "POST, /jobs/JOB/savepoints, 403",
        "POST, /savepoint-disposal, 403",
        "PUT, /jobs/JOB/resource-requirements, 403",
        "DELETE, /cluster, 403",
        "GET, /jars, 404",
        "GET, /jobmanager/logs/..%2f..%2fsecrets%2frest-token, 404",
        "GET, /jobs/JOB, 200",
    })
    void letsEverybodyLookAndNobodyChangeTheJobs(String method, String path, int code) throws Exception {
        Flink flink = new Flink(settings.webUrl());
        String job = flink.running("price-floor").orElseThrow().id();
        HttpRequest request = HttpRequest.newBuilder(URI.create(settings.webUrl() + path.replace("JOB", job)))
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("GET") ? "" : "{}"))
                .header("Authorization", "Bearer guess")
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(code);
        assertThat(flink.running("price-floor").orElseThrow().isUp()).isTrue();
    }

    @Test
    void tellsNobodyASecret() throws Exception {
        Canaries secrets = Canaries.secretsOf(folder);
        assertThat(secrets.inFiles(folder.root(), file -> !file.startsWith(folder.secrets())))
                .isEmpty();
        assertThat(secrets.inFiles(live, file -> true)).isEmpty();
        assertThat(secrets.inProcesses(folder)).isEmpty();
        RestSurface.of(settings.webUrl())
                .forEach((path, answer) ->
                        assertThat(secrets.in(answer)).as(path).isEmpty());
    }

    @Test
    void wouldFindWhatItLooksFor() throws Exception {
        // The name of the password's file is where the password would be, if it was in the job graph.
        Canaries open = new Canaries()
                .add("password file", folder.secret(DatabaseServer.WRITER).toString());
        assertThat(open.inFiles(folder.root(), file -> !file.startsWith(folder.secrets())))
                .anyMatch(found -> found.startsWith("data/high-availability/"))
                .anyMatch(found -> found.startsWith("jobs/price-floor/jobs.yaml"));
        Canaries setting =
                new Canaries().add("setting", folder.data("high-availability").toString());
        assertThat(setting.in(RestSurface.of(settings.webUrl()).get("/jobmanager/config")))
                .isNotEmpty();
        assertThat(new Canaries().add("folder", "touchstone.cluster").inProcesses(folder))
                .isNotEmpty();
        String letter = Base64.getEncoder().encodeToString(("?" + REVIEW_TEXT).getBytes(StandardCharsets.UTF_8));
        assertThat(new Canaries().add("text", REVIEW_TEXT).in(letter)).containsExactly("text in base64");
    }

    @Test
    void keepsWhatBuyersWroteAtTheSource() throws Exception {
        Canaries texts = new Canaries().add("a review's text", REVIEW_TEXT);
        Path letters = live.resolve("dead-letters.jsonl");
        // The broker keeps what producers sent.
        assertThat(texts.inFiles(folder.root(), file -> !file.startsWith(folder.data(BrokerServer.NAME))))
                .isEmpty();
        RestSurface.of(settings.webUrl())
                .forEach((path, answer) -> assertThat(texts.in(answer)).as(path).isEmpty());
        assertThat(texts.inFiles(live, file -> !file.equals(letters))).isEmpty();

        // The contract wants what cannot act whole: a review that the source refuses takes its text along, one that
        // came to wait
        // for its order does not.
        Map<String, Set<String>> found = new TreeMap<>();
        for (String line : Files.readAllLines(letters)) {
            JsonNode letter = JSON.readTree(line);
            if (letter.get("topic").asText().equals("reviews")) {
                found.computeIfAbsent(letter.get("reason").asText(), reason -> new TreeSet<>())
                        .addAll(texts.in(line));
                assertThat(texts.in(letter.get("detail").asText())).isEmpty();
            } else {
                assertThat(texts.in(line)).isEmpty();
            }
        }
        assertThat(found).isEqualTo(Map.of("INVALID", Set.of("a review's text in base64"), "UNMATCHED", Set.of()));
    }

    @Test
    void listensOnLoopbackOnly() throws IOException {
        assertThat(OpenPorts.beyondLoopback(folder)).isEmpty();
    }
}
