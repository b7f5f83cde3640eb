package io.touchstone.bench;

import com.sun.management.OperatingSystemMXBean;
import io.touchstone.bench.Contender.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

/**
 * Contenders in interleaved rounds of one JVM, after one round to warm up: CPU time of the whole process, collector and compiler
 * included, and wall time, per event. The cost of a job of one event is measured beside each and subtracted.
 */
final class Interleaved {
    static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(512);

    private static final String CPU = "CPU us/event";
    private static final String WALL = "wall us/event";
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

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

    /** What a run took, in nanoseconds. */
    private record Run(long cpu, long wall) {}

    static void measure(String experiment, List<Trial> trials, int rounds, Report report) throws Exception {
        Map<String, Figure> cpu = new LinkedHashMap<>();
        Map<String, Figure> wall = new LinkedHashMap<>();
        for (Trial trial : trials) {
            cpu.put(trial.row, Figure.of(experiment, trial.row, CPU, new double[rounds]));
            wall.put(trial.row, Figure.of(experiment, trial.row, WALL, new double[rounds]));
        }
        for (int round = 0; round <= rounds; round++) {
            for (Trial trial : trials) {
                List<byte[]> input = input(trial);
                Run empty = run(trial, input.subList(0, 1));
                Run full = run(trial, input);
                double cpuMicros = (full.cpu - empty.cpu) / 1e3 / input.size();
                double wallMicros = (full.wall - empty.wall) / 1e3 / input.size();
                System.err.printf(
                        Locale.ROOT,
                        "%s, round %d%s: %-24s %6.2f us CPU, %6.2f us wall per event (a job of one event: %.0f ms CPU)%n",
                        experiment,
                        round,
                        round == 0 ? " (warm-up)" : "",
                        trial.row,
                        cpuMicros,
                        wallMicros,
                        empty.cpu / 1e6);
                if (round > 0) {
                    cpu.get(trial.row).rounds()[round - 1] = cpuMicros;
                    wall.get(trial.row).rounds()[round - 1] = wallMicros;
                }
            }
        }
        for (Trial trial : trials) {
            Figure own = cpu.get(trial.row);
            report.add(trial.of == null ? own : own.comparedWith(cpu.get(trial.of)));
            report.add(wall.get(trial.row));
        }
    }

    private static List<byte[]> input(Trial trial) {
        return trial.contender.topics() == Topics.ALL
                ? trial.events.records()
                : trial.events.records().stream()
                        .filter(record -> record[0] == Events.ORDER)
                        .toList();
    }

    private static Run run(Trial trial, List<byte[]> input) throws Exception {
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
            System.gc();
            long cpu = MACHINE.getProcessCpuTime();
            long wall = System.nanoTime();
            env.execute(trial.row);
            return new Run(MACHINE.getProcessCpuTime() - cpu, System.nanoTime() - wall);
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
