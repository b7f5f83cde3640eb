package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.config.Options.Protocol;
import io.touchstone.config.Options.SslMode;
import io.touchstone.config.Options.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wiring's file: as shipped it holds the defaults, and what is wrong with it is said in so many words. */
class OptionsTest {
    @TempDir
    private Path temp;

    private ConfigText options;

    @BeforeEach
    void open() {
        options = new ConfigText(temp, Options::read);
    }

    private Options read(String text) throws IOException {
        return Options.read(options.file(text));
    }

    private SortedSet<String> knownKeys() throws IOException {
        Section root = Section.read(options.file(""));
        Options.read(root);
        return root.knownKeys();
    }

    @Test
    void shipsTheDefaults() throws IOException {
        assertThat(Options.read(ConfigText.shipped("jobs.yaml"))).isEqualTo(read(""));
    }

    @Test
    void hasTheDefaultsOfTheContract() throws IOException {
        Options standard = read("");
        assertThat(standard.time().maxOutOfOrderness()).isEqualTo(Duration.ofMinutes(5));
        assertThat(standard.time().maxClockSkew()).isEqualTo(Duration.ofMinutes(10));
        assertThat(standard.time().idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(standard.kafka().topics())
                .isEqualTo(new Options.Topics(
                        "orders", "returns", "reviews", "demotion-alerts", "price-alerts", "dead-letters", "policies"));
    }

    @Test
    void explainsEveryKeyWhereItIsSet() throws IOException {
        assertThat(knownKeys())
                .hasSize(6 + 4 + 7 + 4 + 8)
                .contains("kafka.start", "kafka.topics.dead_letters", "time.max_drift", "database.password_file");
        ConfigText.explains(ConfigText.shipped("jobs.yaml"), knownKeys());
    }

    @Test
    void namesUnknownKeysAndTheNearest() throws IOException {
        options.namesTheNearestOf(knownKeys());
        options.refuses("kafak: {}", "unknown key kafak; the nearest known key is kafka");
    }

    @Test
    void namesValuesOfAnotherType() throws IOException {
        options.namesEachOfWrongType(knownKeys());
        options.refuses("kafka: {group_id: 7}", "kafka.group_id is 7, but has to be a text");
        options.refuses("kafka: {group_id: ''}", "kafka.group_id is \"\", but has to be a text");
        options.refuses("kafka: {topics: orders}", "kafka.topics has to hold keys, not \"orders\"");
        options.refuses("time: {max_drift: 5}", "time.max_drift is 5, but has to be " + durations("1 s", "7 d"));
    }

    private static String durations(String from, String to) {
        return "a number with a unit (ms, s, min, h, d), " + from + " to " + to;
    }

    @Test
    void everyKeyOfTextIsTaken() throws IOException {
        Options read = read("""
                kafka:
                  bootstrap_servers: a:1,b:2
                  group_id: g
                  start: committed
                  transactional_id_prefix: t
                  security: {protocol: sasl-ssl, ca_file: c, user: n, password_file: q}
                  topics: {orders: o, returns: r, reviews: v, demotion_alerts: d, price_alerts: p, dead_letters: x, policies: y}
                database: {url: u, user: w, password_file: f, ssl_mode: verify-full, ca_file: a}
                """);
        assertThat(read.kafka())
                .isEqualTo(new Options.KafkaOptions(
                        "a:1,b:2",
                        new Options.KafkaSecurity(Protocol.SASL_SSL, "c", "n", new Secret(Options.KAFKA_PASSWORD, "q")),
                        "g",
                        Start.COMMITTED,
                        Duration.ofHours(1),
                        Duration.ofHours(2),
                        "t",
                        new Options.Topics("o", "r", "v", "d", "p", "x", "y")));
        assertThat(read.database())
                .isEqualTo(new Options.DatabaseOptions(
                        "u",
                        "w",
                        new Secret(Options.DATABASE_PASSWORD, "f"),
                        SslMode.VERIFY_FULL,
                        "a",
                        1000,
                        Duration.ofSeconds(1),
                        6));
    }

    @Test
    void logsInAsTheGroupOfTheJobUnlessTold() throws IOException {
        assertThat(read("kafka: {group_id: shop}").kafka().user("price-floor")).isEqualTo("shop-price-floor");
        assertThat(read("kafka: {security: {protocol: sasl-ssl, user: me}}")
                        .kafka()
                        .user("price-floor"))
                .isEqualTo("me");
    }

    @Test
    void refusesHalfASecurity() throws IOException {
        options.refuses(
                "kafka: {security: {protocol: SASL_SSL}}",
                "kafka.security.protocol is SASL_SSL, but has to be plaintext or sasl-ssl");
        options.refuses(
                "kafka: {security: {user: me}}", "kafka.security.user means nothing without protocol: sasl-ssl");
        options.refuses(
                "kafka: {security: {password_file: p}}",
                "kafka.security.password_file means nothing without protocol: sasl-ssl");
        options.refuses(
                "database: {ssl_mode: require}", "database.ssl_mode is require, but has to be disable or verify-full");
        options.refuses("database: {ca_file: a}", "database.ca_file means nothing without ssl_mode: verify-full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:s3cret@db/touchstone",
                "jdbc:postgresql://db/touchstone?user=me",
                "jdbc:postgresql://db/touchstone?connectTimeout=3&password=s3cret",
                "jdbc:postgresql://db/touchstone?sslmode=disable"
            })
    void takesNoSecretInAnAddressAndDoesNotRepeatIt(String url) throws IOException {
        options.refuses(
                "database: {url: '" + url + "'}",
                "database.url is one with a login or TLS, but has to be without: that is for user, password_file and"
                        + " ssl_mode");
        assertThat(read("database: {url: 'jdbc:postgresql://a:1,b:2/touchstone?targetServerType=primary'}"))
                .isNotNull();
    }

    @Test
    void refusesTransactionsThatAnOutageOutlives() throws IOException {
        Options.KafkaOptions kafka = read("kafka: {longest_outage: 30 min, transaction_timeout: 41 min}")
                .kafka();
        kafka.checkTransactions(Duration.ofMinutes(1), Duration.ofMinutes(10));
        assertThatThrownBy(() -> kafka.checkTransactions(Duration.ofMinutes(2), Duration.ofMinutes(10)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("kafka.transaction_timeout is 41 min, but has to be at least 42 min");
    }

    @Test
    void refusesTransactionsThatTheBrokerDoesNotAllow() throws IOException {
        Options.KafkaOptions kafka =
                read("kafka: {transaction_timeout: 20 min}").kafka();
        kafka.checkBroker(Duration.ofMinutes(20));
        assertThatThrownBy(() -> kafka.checkBroker(Duration.ofMinutes(15)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "kafka.transaction_timeout is 20 min, but the broker's transaction.max.timeout.ms is 15 min");
    }

    @Test
    void refusesAnUnknownStart() throws IOException {
        options.refuses("kafka: {start: latest}", "kafka.start is latest, but has to be earliest or committed");
        assertThat(read("kafka: {start: earliest}").kafka().start()).isEqualTo(Start.EARLIEST);
    }

    @ParameterizedTest
    @CsvSource({
        "kafka.longest_outage, 999 ms, 1 s, 6 d, 145 h",
        "kafka.transaction_timeout, 59999 ms, 1 min, 7 d, 169 h",
        "time.max_out_of_orderness, -1 s, 0 s, 1 d, 86401 s",
        "time.max_clock_skew, -1 ms, 0 s, 1 d, 2 d",
        "time.idle_timeout, 999 ms, 1 s, 1 d, 1441 min",
        "time.max_drift, 0 s, 1 s, 7 d, 8 d",
        "database.batch_interval, 9 ms, 10 ms, 1 min, 60001 ms",
    })
    void keepsEveryDurationToItsEdges(String key, String tooShort, String from, String to, String tooLong)
            throws IOException {
        for (String value : List.of(from, to)) {
            assertThat(read(ConfigText.only(key, value))).isNotNull();
        }
        for (String value : List.of(tooShort, tooLong)) {
            options.refuses(
                    ConfigText.only(key, value), key + " is \"" + value + "\", but has to be " + durations(from, to));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5 m", "5 minutes", "5  s", "1.5 h", "s", "+5 s", "5 s 3 ms", "PT5S", "9999999999 ms"})
    void refusesWhatIsNoDuration(String value) throws IOException {
        Path file = options.file("time: {max_drift: '" + value + "'}");
        assertThatThrownBy(() -> Options.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": time.max_drift is \"" + value + "\", but has to be " + durations("1 s", "7 d"));
    }

    @ParameterizedTest
    @CsvSource({"1500 ms, 1500", "90s, 90000", "3 min, 180000", "2 h, 7200000", "6 d, 518400000"})
    void readsEveryUnit(String value, long ms) throws IOException {
        assertThat(read(ConfigText.only("time.max_drift", value)).time().maxDrift())
                .isEqualTo(Duration.ofMillis(ms));
    }

    @ParameterizedTest
    @CsvSource({"database.batch_rows, 1, 100000", "database.retries, 0, 100"})
    void keepsEveryIntegerToItsEdges(String key, int from, int to) throws IOException {
        for (int value : List.of(from, to)) {
            assertThat(read(ConfigText.only(key, String.valueOf(value)))).isNotNull();
        }
        for (String value : List.of(String.valueOf(from - 1), String.valueOf(to + 1), "4294967297", "1.0", "true")) {
            options.refuses(
                    ConfigText.only(key, value),
                    key + " is " + value + ", but has to be an integer, " + from + " to " + to);
        }
        options.refuses(
                ConfigText.only(key, "many"), key + " is \"many\", but has to be an integer, " + from + " to " + to);
    }

    @Test
    void refusesAKeyThatStandsTwice() throws IOException {
        Path file = options.file("time:\n  max_drift: 1 h\n  max_drift: 2 h\n");
        assertThatThrownBy(() -> Options.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file + ": line 3: ")
                .hasMessageContaining("Duplicate field 'max_drift'");
    }

    @Test
    void readsASecretFromItsFileBeforeItsVariable() throws IOException {
        Path file = Files.writeString(temp.resolve("password"), "s3cret \n");
        assertThat(new Secret("PATH", file.toString()).read()).contains("s3cret");
        assertThat(new Secret("PATH", null).read()).contains(System.getenv("PATH"));
        assertThat(new Secret("TOUCHSTONE_NO_SUCH_VARIABLE", null).read()).isEmpty();
        Secret absent = new Secret("PATH", temp.resolve("nowhere").toString());
        assertThatThrownBy(absent::read).hasMessage("the secret's file cannot be read: " + absent.file());
        assertThatThrownBy(() -> new Secret("TOUCHSTONE_NO_SUCH_VARIABLE", null).readOrFail("me"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("there is no password for me: set environment variable TOUCHSTONE_NO_SUCH_VARIABLE, or give"
                        + " password_file");
    }

    @Test
    void keepsTheSecretOutOfWhatItShows() throws IOException {
        Path file = Files.writeString(temp.resolve("password"), "s3cret");
        assertThat(read("database: {password_file: '" + file + "'}").toString())
                .contains(file.toString())
                .doesNotContain("s3cret");
    }
}
