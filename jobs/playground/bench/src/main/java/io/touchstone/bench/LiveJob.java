package io.touchstone.bench;

import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.playground.FlinkCluster;
import io.touchstone.playground.KafkaBroker;
import io.touchstone.playground.Postgres;
import io.touchstone.playground.Topics;
import io.touchstone.playground.Wiring;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * PriceFloorJob between its real ends, a broker and a PostgreSQL server in processes of their own, on a Flink cluster inside this
 * JVM that conf/config.yaml configures but for paths, memory and checkpoints. All of it shares the machine, as does whoever
 * writes its input.
 */
final class LiveJob implements AutoCloseable {
    private static final String JUDGE = "keep-price-floors";

    /** At least one checkpoint interval of an hour has to fit into a transaction. */
    private static final Duration TRANSACTION = Duration.ofHours(2);

    /** Whoever takes nothing for so long never will. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path folder;
    private final KafkaBroker broker;
    private final Postgres database;
    private final FlinkCluster cluster;
    private final Options options;
    private final int parallelism;
    private JobID job;

    /** Starts everything but the job. */
    LiveJob(int parallelism, Duration checkpoints) throws Exception {
        this.parallelism = parallelism;
        folder = Files.createTempDirectory("touchstone-bench-");
        broker = KafkaBroker.launch();
        database = Postgres.launch();
        database.migrate();
        options = patient(Wiring.to(broker, database, folder));
        broker.createTopics(Topics.of(options.kafka().topics()));
        cluster = FlinkCluster.launch(folder, 0, 1, parallelism, configuration -> {
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
            configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, Interleaved.MANAGED_MEMORY);
            Meters.enable(configuration);
        });
    }

    private static Options patient(Options options) {
        Options.KafkaOptions kafka = options.kafka();
        return new Options(
                new Options.KafkaOptions(
                        kafka.bootstrapServers(),
                        kafka.security(),
                        kafka.groupId(),
                        kafka.start(),
                        kafka.longestOutage(),
                        TRANSACTION,
                        kafka.transactionalIdPrefix(),
                        kafka.topics()),
                options.time(),
                options.database());
    }

    Options options() {
        return options;
    }

    /**
     * Starts the job and waits until all its tasks run.
     *
     * @param restoreFrom a checkpoint; null to begin anew, at the oldest record
     * @param adjust changes to the environment
     */
    void start(Path restoreFrom, Consumer<StreamExecutionEnvironment> adjust) throws Exception {
        job = cluster.submit("price-floor", parallelism, restoreFrom, env -> {
            adjust.accept(env);
            PriceFloorJob.define(env, options, Policy.DEFAULT);
        });
    }

    /** How many events the job has taken in since it was started. */
    long taken() {
        return Meters.sum(JUDGE, "numRecordsIn");
    }

    /** How many events wait for the watermark. */
    long waiting() {
        return Meters.sum(JUDGE, "bufferedEvents");
    }

    /** Waits until the job has taken so many events. */
    void awaitTaken(long events) throws InterruptedException {
        long taken = -1;
        long deadline = 0;
        while (taken < events) {
            long now = taken();
            if (now > taken) {
                taken = now;
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the job is " + cluster.status(job) + " and stays at " + taken + " of " + events + " events");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Takes a checkpoint and waits until it is complete. */
    void checkpoint() throws InterruptedException {
        long before = Meters.job("numberOfCompletedCheckpoints");
        cluster.checkpoint(job);
        while (Meters.job("numberOfCompletedCheckpoints") == before) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    Path newestCheckpoint() throws Exception {
        return cluster.newestCheckpoint(job).orElseThrow();
    }

    /** Ends the job without a savepoint. */
    void cancel() {
        cluster.cancel(job);
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        database.close();
        broker.close();
        Interleaved.delete(folder);
    }
}
