package io.touchstone.playground;

import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.Options.TimeOptions;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * What the demo takes place on: a broker, a database and a Flink cluster with the price floor job. Everything they
 * write is among the temporary files; everything is gone after {@link #close()}, which may come at any time and from
 * any thread.
 */
final class Stage implements AutoCloseable {
    private static final int SLOTS = 2;
    private static final String FOLDS = "keep-price-floors";

    private final Folder folder = Folder.temporary("demo");
    private volatile KafkaBroker broker;
    private volatile Postgres database;
    private volatile FlinkCluster cluster;
    private volatile JobID job;
    private volatile Options options;
    private boolean closed;

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
        cluster = FlinkCluster.launch(folder.path(), webPort, 1, SLOTS, configuration -> {
            // Alerts are seen with each checkpoint.
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
            configuration.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, Duration.ofMillis(500));
            JobPulse.enable(configuration);
        });
        return cluster.webUrl();
    }

    /**
     * Starts the job.
     *
     * @param speed how much faster than in reality time goes
     */
    void startJob(Policy policy, double speed) throws Exception {
        TimeOptions time = options.time();
        // Sources compare their clocks five times a second: at this speed an hour's drift would make them stop and go.
        Duration drift = Duration.ofMillis(Math.max(time.maxDrift().toMillis(), (long) (3000 * speed)));
        options = new Options(
                options.kafka(),
                new TimeOptions(time.maxOutOfOrderness(), time.maxClockSkew(), time.idleTimeout(), drift),
                options.database());
        job = cluster.submit("price-floor", SLOTS, null, env -> PriceFloorJob.define(env, options, policy));
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

    /** The instant through which the job has judged everything; empty before it runs. */
    OptionalLong judgedThrough() {
        return JobPulse.watermark(job, FOLDS);
    }

    /** How the job is; an error if it has ended. */
    JobStatus checkJob() {
        JobStatus status = cluster.status(job);
        if (status.isTerminalState()) {
            throw new IllegalStateException("the job is " + status);
        }
        return status;
    }

    /** Has the job write and publish all it has found. */
    void checkpoint() {
        cluster.checkpoint(job);
    }

    /** How many rows a table has. */
    long rows(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
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
