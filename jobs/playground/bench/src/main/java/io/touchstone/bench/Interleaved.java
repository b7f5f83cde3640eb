package io.touchstone.bench;

import io.touchstone.bench.Contender.Topics;
import io.touchstone.bench.Rounds.Entrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Contenders as jobs in this JVM, in {@link Rounds}: their records come from memory. */
final class Interleaved {
    static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(512);

    /** Read by tasks of this process. */
    private static volatile List<byte[]> records = List.of();

    private Interleaved() {}

    /**
     * A row of the table.
     *
     * @param of the name of the row that its CPU time is compared with, which stands before it; null for none
     * @param savepoint that every run of it restores, the run of one event as well; null for none
     */
    record Trial(String row, Contender contender, Events events, int parallelism, String of, String savepoint) {
        Trial(String row, Contender contender, Events events, int parallelism, String of) {
            this(row, contender, events, parallelism, of, null);
        }
    }

    static void measure(String experiment, List<Trial> trials, int rounds, Report report) throws Exception {
        List<Entrant> entrants = new ArrayList<>();
        for (Trial trial : trials) {
            entrants.add(new Entrant(
                    trial.row,
                    input(trial).size(),
                    () -> run(trial, input(trial)),
                    () -> run(trial, input(trial).subList(0, 1)),
                    trial.of));
        }
        Rounds.measure(experiment, entrants, rounds, report);
    }

    private static List<byte[]> input(Trial trial) {
        return trial.contender.topics() == Topics.ALL
                ? trial.events.records()
                : trial.events.records().stream()
                        .filter(record -> record[0] == Events.ORDER)
                        .toList();
    }

    private static Cost run(Trial trial, List<byte[]> input) throws Exception {
        Path folder = Files.createTempDirectory("touchstone-bench-");
        try {
            records = input;
            Configuration configuration = configuration(folder);
            if (trial.savepoint != null) {
                configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, trial.savepoint);
                // The source that filled the state is another one.
                configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
            }
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(trial.parallelism, configuration);
            DataStream<byte[]> source = env.fromSequence(0, input.size() - 1L)
                    .uid("count")
                    .setParallelism(1)
                    .map(i -> records.get(i.intValue()), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                    .name("read")
                    .uid("read")
                    .setParallelism(1);
            trial.contender.definition().define(env, source, trial.events.until());
            return Cost.of(() -> env.execute(trial.row));
        } finally {
            delete(folder);
        }
    }

    /** RocksDB, and all files in a folder. */
    static Configuration configuration(Path folder) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CoreOptions.TMP_DIRS, folder.toString());
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        return configuration;
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
