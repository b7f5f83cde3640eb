package io.touchstone.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A bounded job in this JVM, with RocksDB in a folder of its own, and without checkpoints. */
final class LocalJob {
    private LocalJob() {}

    /** Adds sources, work and sinks. */
    @FunctionalInterface
    interface Definition {
        void define(StreamExecutionEnvironment env) throws Exception;
    }

    /** Runs it to its end. */
    static void run(String name, int parallelism, Definition job) throws Exception {
        Path folder = Files.createTempDirectory("touchstone-bench-");
        try {
            Configuration configuration = new Configuration();
            configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
            configuration.set(CoreOptions.TMP_DIRS, folder.toString());
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
            configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, Interleaved.MANAGED_MEMORY);
            configuration.set(PipelineOptions.OBJECT_REUSE, true);
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
            job.define(env);
            env.execute(name);
        } finally {
            Interleaved.delete(folder);
        }
    }
}
