package io.touchstone.chaos.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An error is told unless the fault itself explains it. */
class LogScanTest {
    private static final String FATAL =
            "2026-11-23 01:51:49,087 ERROR org.apache.flink.runtime.taskmanager.Task [] - FATAL - exception in exception handler of task a";

    @TempDir
    private Path logs;

    private void log(String... lines) throws Exception {
        Files.write(logs.resolve("taskmanager-1.log"), java.util.List.of(lines));
    }

    @Test
    void aFrozenTaskManagerMayEndItself() throws Exception {
        log(
                FATAL,
                "java.io.IOException: One or more Kafka Producer send requests have encountered exception",
                "\tat org.apache.flink.Sink.close(Sink.java:1)",
                "Caused by: org.apache.kafka.common.errors.InvalidProducerEpochException: Producer attempted to produce with an old epoch.",
                "2026-11-23 01:51:50,000 INFO  something else");
        assertThat(LogScan.errors(logs)).isEmpty();
    }

    @Test
    void notForAnyOtherReason() throws Exception {
        log(
                FATAL,
                "java.lang.IllegalStateException: state is gone",
                "2026-11-23 01:51:50,000 INFO  something else",
                "Caused by: org.apache.kafka.common.errors.InvalidProducerEpochException: of another entry");
        assertThat(LogScan.errors(logs)).containsExactly("taskmanager-1.log: " + FATAL);
    }
}
