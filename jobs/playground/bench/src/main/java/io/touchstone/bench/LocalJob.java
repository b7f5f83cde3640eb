package io.touchstone.bench;

import java.nio.file.Files;
import java.nio.file.Path;
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
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(parallelism, Interleaved.configuration(folder));
            job.define(env);
            env.execute(name);
        } finally {
            Interleaved.delete(folder);
        }
    }
}
