package io.touchstone.chaos.site;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks for what nobody expected in the logs of a cluster. */
final class LogScan {
    private static final Pattern ERROR =
            Pattern.compile("^[0-9-]+ [0-9:,.]+ (UTC \\[\\d+\\] \\S* *)?(ERROR|FATAL|PANIC)\\b.*");

    /** What a process says that loses its neighbours, or is told to end: the fault itself, not a consequence for anybody's data. */
    private static final List<Pattern> EXPECTED = List.of(
            // The only broker is its own controller; both come second to whoever else needs the processor.
            Pattern.compile("processExpiredBrokerHeartbeat: controller event queue overloaded"),
            // After a restart every commit of the checkpoint is made again, and refused if it was made before:
            // since Kafka 4 a commit ends the epoch of its producer. Whether anything was lost, (a) and (e) say.
            Pattern.compile("KafkaCommitter .*because its producer is already fenced"),
            // What PostgreSQL says to whoever is connected, or comes, while it is down.
            Pattern.compile("FATAL: +(the database system is|terminating connection)"),
            // ZooKeeper has no login here; it is on loopback.
            Pattern.compile("curator.ConnectionState +\\[\\] - Authentication failed"),
            Pattern.compile("Invalid configuration, only one server specified"),
            // Two producers of one process under one name: the second has no MBean, and needs none.
            Pattern.compile(
                    "Error when (registering|removing) metric (on|from) org.apache.kafka.common.metrics.JmxReporter"),
            // A task manager was sending to one that was killed.
            Pattern.compile("PartitionRequestQueue +\\[\\] - Encountered error while consuming partitions"),
            // A checkpoint that was under way when a task died is aborted after the task's successor began.
            Pattern.compile("PekkoRpcActor +\\[\\] - Caught exception while executing runnable in main thread"));

    private LogScan() {}

    /** The lines that are errors, and not of the expected kinds: {@code jobmanager.log: ...}. */
    static List<String> errors(Path logs) throws IOException {
        List<String> errors = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.sorted().toList()) {
                // A log may hold any bytes; Latin-1 never fails to read them.
                try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                    lines.lines()
                            .filter(line -> ERROR.matcher(line).matches())
                            .filter(line -> EXPECTED.stream()
                                    .noneMatch(kind -> kind.matcher(line).find()))
                            .forEach(line -> errors.add(file.getFileName() + ": " + line));
                }
            }
        }
        return errors;
    }
}
