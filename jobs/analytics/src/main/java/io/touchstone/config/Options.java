package io.touchstone.config;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The wiring of a job: where things are, how patient to be. Business numbers are in the policy. {@code conf/jobs.yaml} explains
 * every key; a test keeps the two together.
 */
public record Options(KafkaOptions kafka, TimeOptions time, DatabaseOptions database) {

    /**
     * The broker and how it is used.
     *
     * @param security how brokers and clients know each other
     * @param groupId how the jobs' consumer groups begin; their offsets show the progress, a job's position is in its checkpoints
     * @param start where to begin without a checkpoint
     * @param longestOutage how long broker or job may be away without an alert being lost
     * @param transactionTimeout when the broker aborts a transaction; see {@link #checkTransactions}
     * @param transactionalIdPrefix how the jobs' transactional ids begin; unique to this installation, and never changed
     */
    public record KafkaOptions(
            String bootstrapServers,
            KafkaSecurity security,
            String groupId,
            Start start,
            Duration longestOutage,
            Duration transactionTimeout,
            String transactionalIdPrefix,
            Topics topics) {

        /** The consumer group of a job: its offsets are those of the job's newest complete checkpoint. */
        public String group(String job) {
            return groupId + "-" + job;
        }

        /** As whom a job, or a tool by its name, logs in. */
        public String user(String name) {
            return security.user() == null ? group(name) : security.user();
        }

        /** Where the password of a job or tool is. */
        public Secret password(String name) {
            Secret password = security.password();
            return password.file() == null
                    ? password
                    : new Secret(password.variable(), password.file().replace("{user}", user(name)));
        }

        /** The same topics and habits, with another broker. */
        public KafkaOptions at(String bootstrapServers, KafkaSecurity security) {
            return new KafkaOptions(
                    bootstrapServers,
                    security,
                    groupId,
                    start,
                    longestOutage,
                    transactionTimeout,
                    transactionalIdPrefix,
                    topics);
        }

        /**
         * A transaction is opened with one checkpoint and committed after the next: it has to outlive both and an outage in between.
         *
         * @throws ConfigException if it may not, so that alerts could be lost
         */
        public void checkTransactions(Duration checkpointInterval, Duration checkpointTimeout) {
            Duration least = longestOutage.plus(checkpointInterval).plus(checkpointTimeout);
            if (transactionTimeout.compareTo(least) < 0) {
                throw new ConfigException("kafka.transaction_timeout is " + Section.words(transactionTimeout)
                        + ", but has to be at least " + Section.words(least) + ": kafka.longest_outage ("
                        + Section.words(longestOutage) + ") and Flink's execution.checkpointing.interval and .timeout."
                        + " The broker aborts older transactions, and their alerts are lost");
            }
        }

        /**
         * A broker refuses producers that ask for longer transactions than it allows.
         *
         * @param longest its {@code transaction.max.timeout.ms}
         * @throws ConfigException if that is too short
         */
        public void checkBroker(Duration longest) {
            if (longest.compareTo(transactionTimeout) < 0) {
                throw new ConfigException("kafka.transaction_timeout is " + Section.words(transactionTimeout)
                        + ", but the broker's transaction.max.timeout.ms is " + Section.words(longest)
                        + ": no alert could be published; raise the broker's");
            }
        }
    }

    /**
     * How brokers and clients know each other. The password is no part of it, see {@link Secret}.
     *
     * @param caFile PEM certificates that vouch for the brokers'; null for those that Java trusts
     * @param user who logs in; null for the name of the job's consumer group
     * @param password where it is; <code>{user}</code> in the name of its file stands for the user
     */
    public record KafkaSecurity(Protocol protocol, String caFile, String user, Secret password) {}

    /** How brokers are spoken to. */
    public enum Protocol {
        /** In the clear, and whoever comes is let in: for loopback. */
        PLAINTEXT,
        /** TLS with the broker's host name checked, and a login by SCRAM-SHA-512. */
        SASL_SSL
    }

    /** Where a job without a checkpoint begins to read. */
    public enum Start {
        /** At the oldest record that is still there. */
        EARLIEST,
        /** Where the consumer group left off; an error if it never was there. */
        COMMITTED
    }

    /** Names of topics. */
    public record Topics(
            String orders,
            String returns,
            String reviews,
            String demotionAlerts,
            String priceAlerts,
            String deadLetters,
            String policies) {}

    /**
     * How patient the clock is.
     *
     * @param maxOutOfOrderness how far the watermark trails the largest event time
     * @param maxClockSkew how far an event may be ahead of its append time
     * @param idleTimeout silence after which a partition no longer holds the clock
     * @param maxDrift how far a partition may read ahead of the slowest, in event time
     */
    public record TimeOptions(
            Duration maxOutOfOrderness, Duration maxClockSkew, Duration idleTimeout, Duration maxDrift) {}

    /**
     * How to reach the database. The password is no part of it: each process reads it where it runs, so that no job graph has it.
     *
     * @param password where the password comes from
     * @param sslMode whether to speak TLS
     * @param caFile PEM certificates that vouch for the server's; null for those that Java trusts
     * @param batchRows a batch of so many rows is written at once
     * @param batchInterval how long a row waits at most
     * @param retries how often a failing batch is tried again before the job restarts
     */
    public record DatabaseOptions(
            String url,
            String user,
            Secret password,
            SslMode sslMode,
            String caFile,
            int batchRows,
            Duration batchInterval,
            int retries)
            implements Serializable {}

    /** How the database is spoken to. */
    public enum SslMode {
        /** In the clear: for loopback. */
        DISABLE,
        /** TLS, with the server's host name checked. */
        VERIFY_FULL
    }

    /** The environment variable that holds the password for Kafka, unless a file does. */
    public static final String KAFKA_PASSWORD = "TOUCHSTONE_KAFKA_PASSWORD";

    /** The environment variable that holds the database's password, unless a file does. */
    public static final String DATABASE_PASSWORD = "TOUCHSTONE_DATABASE_PASSWORD";

    private static final Pattern SAID_ELSEWHERE =
            Pattern.compile("//[^/]*@|[?&](user|password|ssl|passfile|service)", Pattern.CASE_INSENSITIVE);

    /**
     * Reads and checks the wiring.
     *
     * @throws ConfigException naming file, key, value and range
     */
    public static Options read(Path file) {
        return read(Section.read(file));
    }

    static Options read(Section root) {
        Options options = new Options(
                kafka(root.section("kafka")), time(root.section("time")), database(root.section("database")));
        root.checkUnknown();
        return options;
    }

    private static KafkaOptions kafka(Section section) {
        Section topics = section.section("topics");
        return new KafkaOptions(
                section.text("bootstrap_servers", "localhost:9092"),
                security(section.section("security")),
                section.text("group_id", "touchstone"),
                section.choice("start", Start.EARLIEST),
                section.duration("longest_outage", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(6)),
                section.duration("transaction_timeout", Duration.ofHours(2), Duration.ofMinutes(1), Duration.ofDays(7)),
                section.text("transactional_id_prefix", "touchstone"),
                new Topics(
                        topics.text("orders", "orders"),
                        topics.text("returns", "returns"),
                        topics.text("reviews", "reviews"),
                        topics.text("demotion_alerts", "demotion-alerts"),
                        topics.text("price_alerts", "price-alerts"),
                        topics.text("dead_letters", "dead-letters"),
                        topics.text("policies", "policies")));
    }

    private static KafkaSecurity security(Section section) {
        Protocol protocol = section.choice("protocol", Protocol.PLAINTEXT);
        KafkaSecurity security = new KafkaSecurity(
                protocol,
                section.text("ca_file", null),
                section.text("user", null),
                new Secret(KAFKA_PASSWORD, section.text("password_file", null)));
        if (protocol == Protocol.PLAINTEXT) {
            section.onlyWith("protocol: sasl-ssl", "ca_file", "user", "password_file");
        }
        return security;
    }

    private static TimeOptions time(Section section) {
        return new TimeOptions(
                section.duration("max_out_of_orderness", Duration.ofMinutes(5), Duration.ZERO, Duration.ofDays(1)),
                section.duration("max_clock_skew", Duration.ofMinutes(10), Duration.ZERO, Duration.ofDays(1)),
                section.duration("idle_timeout", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("max_drift", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(7)));
    }

    private static DatabaseOptions database(Section section) {
        String url = section.text("url", "jdbc:postgresql://localhost:5432/touchstone");
        // The address is part of the job graph, which the web UI shows; and each thing is said in one place.
        if (SAID_ELSEWHERE.matcher(url).find()) {
            throw section.wrong(
                    "url", "one with a login or TLS", "without: that is for user, password_file and ssl_mode");
        }
        SslMode sslMode = section.choice("ssl_mode", SslMode.DISABLE);
        String caFile = section.text("ca_file", null);
        if (sslMode == SslMode.DISABLE) {
            section.onlyWith("ssl_mode: verify-full", "ca_file");
        }
        return new DatabaseOptions(
                url,
                section.text("user", "touchstone_writer"),
                new Secret(DATABASE_PASSWORD, section.text("password_file", null)),
                sslMode,
                caFile,
                section.integer("batch_rows", 1000, 1, 100_000),
                section.duration("batch_interval", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1)),
                section.integer("retries", 6, 0, 100));
    }
}
