package io.touchstone.playground;

import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.Options.TimeOptions;
import io.touchstone.policy.Policy;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * What the demo takes place on: a broker, a database and a Flink cluster with both jobs. Everything they
 * write is among the temporary files; everything is gone after {@link #close()}, which may come at any time and from
 * any thread.
 */
final class Stage implements AutoCloseable {
    private static final int PARALLELISM = 2;

    /** By then goods have come back on every partition. */
    private static final Duration FIRST_RETURN = Duration.ofDays(10);

    private final Folder folder = Folder.temporary("demo");
    private volatile KafkaBroker broker;
    private volatile Postgres database;
    private volatile FlinkCluster cluster;
    private volatile Map<Job, JobID> jobs = Map.of();
    private volatile Options options;
    private boolean closed;

    /** What runs on the cluster. */
    private enum Job {
        PRICE_FLOOR("keep-price-floors", "keep-price-floors", "lateEvents") {
            @Override
            void define(StreamExecutionEnvironment env, Options options, Policy policy) {
                PriceFloorJob.define(env, options, policy);
            }
        },
        FACTORY_QUALITY("keep-factory-ledgers", "keep-order-records", "lateEvents") {
            @Override
            void define(StreamExecutionEnvironment env, Options options, Policy policy) {
                FactoryQualityJob.define(env, options, policy);
            }
        };

        private final String judge;
        private final String gate;
        private final String late;

        /**
         * @param judge the operator that is the last to decide anything
         * @param gate the operator that notices late events
         * @param late how it calls their number
         */
        Job(String judge, String gate, String late) {
            this.judge = judge;
            this.gate = gate;
            this.late = late;
        }

        abstract void define(StreamExecutionEnvironment env, Options options, Policy policy);

        String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A step of a factory's standing, as the database has it. */
    record Step(String factoryId, long enteredAt, Standing to) {}

    /** Starts the broker, without topics. */
    void startBroker() {
        broker = KafkaBroker.launch();
    }

    /** Starts the database and makes the tables; returns how many migrations that took. */
    int startDatabase() {
        database = Postgres.launch();
        return database.migrate();
    }

    /** Creates the topics; returns how many. */
    int createTopics() throws IOException {
        options = Wiring.to(broker, database, folder.path());
        var topics = Topics.of(options.kafka().topics());
        broker.createTopics(topics);
        return topics.size();
    }

    /** Starts the cluster; returns the address of its web UI. */
    synchronized String startCluster(int webPort) throws Exception {
        if (closed) {
            throw new IllegalStateException("the stage is closed");
        }
        cluster = FlinkCluster.launch(folder.path(), webPort, 1, PARALLELISM * Job.values().length, configuration -> {
            // Alerts are seen with each checkpoint.
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
            configuration.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofMillis(500));
            JobPulse.enable(configuration);
        });
        return cluster.webUrl();
    }

    /**
     * Starts the jobs.
     *
     * @param speed how much faster than in reality time goes
     */
    void startJobs(Policy policy, double speed) throws Exception {
        TimeOptions time = options.time();
        // Sources compare their clocks five times a second: at this speed an hour's drift would make them stop and go.
        Duration drift = Duration.ofMillis(Math.max(time.maxDrift().toMillis(), (long) (3000 * speed)));
        // A topic whose first events come days after those of the others must not pass for idle: they would be late.
        Duration idle =
                Duration.ofMillis(Math.max(time.idleTimeout().toMillis(), (long) (FIRST_RETURN.toMillis() / speed)));
        options = new Options(
                options.kafka(),
                new TimeOptions(time.maxOutOfOrderness(), time.maxClockSkew(), idle, drift),
                options.database());
        Map<Job, JobID> started = new EnumMap<>(Job.class);
        for (Job job : Job.values()) {
            started.put(job, cluster.submit(job.title(), PARALLELISM, null, env -> job.define(env, options, policy)));
        }
        jobs = Map.copyOf(started);
    }

    Options options() {
        return options;
    }

    String webUrl() {
        return cluster.webUrl();
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    String jdbcUrl() {
        return database.jdbcUrl();
    }

    String databaseUser() {
        return database.user();
    }

    /** The instant through which the jobs have judged everything; empty before they run. */
    OptionalLong judgedThrough() {
        long through = Long.MAX_VALUE;
        for (Map.Entry<Job, JobID> job : jobs.entrySet()) {
            OptionalLong judged = JobPulse.watermark(job.getValue(), job.getKey().judge);
            if (judged.isEmpty()) {
                return judged;
            }
            through = Math.min(through, judged.getAsLong());
        }
        return jobs.isEmpty() ? OptionalLong.empty() : OptionalLong.of(through);
    }

    /** How many events came too late to be judged in their place. */
    long lateEvents() {
        return jobs.entrySet().stream()
                .mapToLong(job -> JobPulse.count(job.getValue(), job.getKey().gate, job.getKey().late))
                .sum();
    }

    /** How the jobs are; an error if one has ended. */
    String checkJobs() {
        List<String> statuses = new ArrayList<>();
        for (Map.Entry<Job, JobID> job : jobs.entrySet()) {
            JobStatus status = cluster.status(job.getValue());
            statuses.add(job.getKey().title() + " is " + status);
            if (status.isTerminalState()) {
                throw new IllegalStateException("the job " + job.getKey().title() + " is " + status);
            }
        }
        return String.join(", ", statuses);
    }

    /** Has the jobs write and publish all they have found. */
    void checkpoint() {
        jobs.values().forEach(cluster::checkpoint);
    }

    /** Every step of every factory's standing, by time. */
    List<Step> steps() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT factory_id, entered_at, to_standing"
                        + " FROM standing_history ORDER BY entered_at, factory_id")) {
            List<Step> steps = new ArrayList<>();
            while (rows.next()) {
                steps.add(new Step(
                        rows.getString(1),
                        rows.getObject(2, OffsetDateTime.class).toInstant().toEpochMilli(),
                        Standing.valueOf(rows.getString(3))));
            }
            return steps;
        }
    }

    /** How many rows a table has. */
    long rows(String table) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
    }

    /** How many records the topic of dead letters has. */
    long deadLetters() throws ExecutionException, InterruptedException {
        String topic = options.kafka().topics().deadLetters();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            int partitions = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
            return admin
                    .listOffsets(IntStream.range(0, partitions)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    /** Ends whatever was started, in the order in which nobody misses anybody. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (cluster != null) {
                try {
                    cluster.close();
                } catch (CompletionException e) {
                    System.err.println("demo: the Flink cluster did not end in order: " + e.getCause());
                }
                cluster = null;
            }
        }
        if (database != null) {
            database.close();
        }
        if (broker != null) {
            broker.close();
        }
        folder.release();
    }
}
