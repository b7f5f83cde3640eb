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

    private static final Pattern BEGIN = Pattern.compile("^\\d{4}-\\d\\d-\\d\\d ");

    /** What a process says that loses its neighbours, or is told to end: the fault itself, not a consequence for anybody's data. */
    private static final List<Pattern> EXPECTED = List.of(
            // The only broker is its own controller; both come second to whoever else needs the processor.
            Pattern.compile("processExpiredBrokerHeartbeat: controller event queue overloaded"
                    + "|EventPerformanceMonitor .*Exceptionally slow controller event"),
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

    /**
     * A task manager that was frozen wakes to find its transactions taken over. Its tasks say so once more when they are closed, which
     * Flink takes for fatal: the process ends itself.
     */
    private static final Pattern ENDS_ITSELF = Pattern.compile(
            "exception in exception handler of task|Fatal error occurred while executing the TaskManager");

    private static final Pattern TAKEN_OVER =
            Pattern.compile("Caused by: .*(InvalidProducerEpochException|ProducerFencedException)");

    private LogScan() {}

    /** A line that is an error, and what is told of it until the next entry. */
    private record Entry(String line, StringBuilder trace) {
        boolean isExpected() {
            return EXPECTED.stream().anyMatch(kind -> kind.matcher(line).find())
                    || (ENDS_ITSELF.matcher(line).find()
                            && TAKEN_OVER.matcher(trace).find());
        }
    }

    /** The lines that are errors, and not of the expected kinds: {@code jobmanager.log: ...}. */
    static List<String> errors(Path logs) throws IOException {
        List<String> errors = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.sorted().toList()) {
                for (Entry entry : entries(file)) {
                    if (!entry.isExpected()) {
                        errors.add(file.getFileName() + ": " + entry.line());
                    }
                }
            }
        }
        return errors;
    }

    private static List<Entry> entries(Path log) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Entry latest = null;
        // A log may hold any bytes; Latin-1 never fails to read them.
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (ERROR.matcher(line).matches()) {
                    latest = new Entry(line, new StringBuilder());
                    entries.add(latest);
                } else if (BEGIN.matcher(line).find()) {
                    latest = null;
                } else if (latest != null) {
                    latest.trace().append(line).append('\n');
                }
            }
        }
        return entries;
    }
}
