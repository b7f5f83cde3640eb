package io.touchstone.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.OperatingSystemMXBean;
import io.touchstone.bench.Contender.Topics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scripts/bench}: what an event costs, in CPU time of the whole process, in interleaved rounds of one warmed JVM. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures what an event costs: CPU time of the whole process beside wall time, in interleaved rounds"
                        + " after one to warm up. The cost of a job without events is measured too, and subtracted.")
public final class Bench implements Callable<Integer> {
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Read by tasks of this process. */
    private static volatile List<byte[]> records = List.of();

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "rows to measure (default: all; see --list)")
    private List<String> names = List.of();

    @Option(names = "--list", description = "says what there is to measure")
    private boolean list;

    @Option(names = "--rounds", defaultValue = "5", description = "measured rounds (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--orders", defaultValue = "1000000", description = "orders (default: ${DEFAULT-VALUE})")
    private int orders;

    @Option(names = "--keys", defaultValue = "200000", description = "skus (default: ${DEFAULT-VALUE})")
    private int keys;

    @Option(names = "--factories", defaultValue = "100000", description = "factories (default: ${DEFAULT-VALUE})")
    private int factories;

    @Option(
            names = "--hours",
            defaultValue = "24",
            description = "event time from end to end (default: ${DEFAULT-VALUE})")
    private int hours;

    @Option(names = "--parallelism", defaultValue = "1", description = "tasks (default: ${DEFAULT-VALUE})")
    private int parallelism;

    @Option(names = "--json", paramLabel = "FILE", description = "writes every measurement as JSON, too")
    private Path json;

    /** What a run took; CPU and wall in nanoseconds. */
    record Run(long cpu, long wall, long events) {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (list) {
            Contenders.ALL.forEach(c -> System.out.printf("%-18s %s%n", c.name(), c.does()));
            return 0;
        }
        List<Contender> chosen = choose();
        Events events = Events.of(orders, keys, factories, Duration.ofHours(hours));
        List<byte[]> ordersOnly = events.records().stream()
                .filter(record -> record[0] == Events.ORDER)
                .toList();
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        Map<String, List<Run>> idle = new TreeMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Contender contender : chosen) {
                Run empty = run(contender, events.records().subList(0, 1), events.until());
                Run full = run(
                        contender, contender.topics() == Topics.ALL ? events.records() : ordersOnly, events.until());
                System.err.printf(
                        Locale.ROOT,
                        "round %d%s %-18s %6.2f us CPU, %6.2f us wall per event (start and end of a job: %.0f ms CPU)%n",
                        round,
                        round == 0 ? " (warm-up)" : "",
                        contender.name(),
                        micros(full.cpu - empty.cpu, full.events),
                        micros(full.wall - empty.wall, full.events),
                        empty.cpu / 1e6);
                if (round > 0) {
                    runs.computeIfAbsent(contender.name(), name -> new ArrayList<>())
                            .add(full);
                    idle.computeIfAbsent(contender.name(), name -> new ArrayList<>())
                            .add(empty);
                }
            }
        }
        print(runs, idle);
        return 0;
    }

    private List<Contender> choose() {
        for (String name : names) {
            if (Contenders.ALL.stream().noneMatch(c -> c.name().equals(name))) {
                throw new IllegalArgumentException("there is no row " + name + ", see --list");
            }
        }
        return Contenders.ALL.stream()
                .filter(c -> names.isEmpty() || names.contains(c.name()))
                .toList();
    }

    private static double micros(long nanos, long events) {
        return nanos / 1e3 / Math.max(1, events);
    }

    private Run run(Contender contender, List<byte[]> input, long until) throws Exception {
        Path folder = Files.createTempDirectory("touchstone-bench-");
        try {
            records = input;
            Configuration configuration = new Configuration();
            configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
            configuration.set(CoreOptions.TMP_DIRS, folder.toString());
            configuration.set(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toUri().toString());
            configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(512));
            configuration.set(PipelineOptions.OBJECT_REUSE, true);
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
            DataStream<byte[]> source = env.fromSequence(0, input.size() - 1L)
                    .uid("count")
                    .setParallelism(1)
                    .map(i -> records.get(i.intValue()), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                    .name("read")
                    .uid("read")
                    .setParallelism(1);
            contender.definition().define(env, source, until);
            System.gc();
            long cpu = MACHINE.getProcessCpuTime();
            long wall = System.nanoTime();
            env.execute(contender.name());
            return new Run(MACHINE.getProcessCpuTime() - cpu, System.nanoTime() - wall, input.size());
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Medians and ranges; ratios are taken within a round, which shares the machine's mood. */
    private void print(Map<String, List<Run>> runs, Map<String, List<Run>> idle) throws IOException {
        Map<String, double[]> cpu = new LinkedHashMap<>();
        Map<String, double[]> wall = new LinkedHashMap<>();
        runs.forEach((name, full) -> {
            cpu.put(name, new double[rounds]);
            wall.put(name, new double[rounds]);
            for (int round = 0; round < rounds; round++) {
                Run run = full.get(round);
                Run empty = idle.get(name).get(round);
                cpu.get(name)[round] = micros(run.cpu - empty.cpu, run.events);
                wall.get(name)[round] = micros(run.wall - empty.wall, run.events);
            }
        });
        System.out.printf(
                Locale.ROOT,
                "%n%d processors, Java %s, %d rounds, %,d orders, %,d skus, %,d factories, %d h, parallelism %d%n%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version().feature(),
                rounds,
                orders,
                keys,
                factories,
                hours,
                parallelism);
        System.out.printf(
                "%-18s %12s %20s %12s %10s %20s%n", "row", "CPU us/event", "range", "wall us", "of a3", "range");
        Map<String, Object> report = new LinkedHashMap<>();
        for (String name : cpu.keySet()) {
            double[] own = cpu.get(name);
            double[] ratios =
                    cpu.containsKey(Contenders.YARDSTICK) ? ratios(own, cpu.get(Contenders.YARDSTICK)) : new double[0];
            System.out.printf(
                    Locale.ROOT,
                    "%-18s %12.2f %20s %12.2f %10s %20s%n",
                    name,
                    median(own),
                    range(own),
                    median(wall.get(name)),
                    ratios.length == 0 ? "" : String.format(Locale.ROOT, "%.2f", median(ratios)),
                    ratios.length == 0 ? "" : range(ratios));
            report.put(name, Map.of("cpu_us_per_event", own, "wall_us_per_event", wall.get(name), "of_a3", ratios));
        }
        if (json != null) {
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValue(json.toFile(), report);
        }
    }

    private static double[] ratios(double[] own, double[] yardstick) {
        double[] ratios = new double[own.length];
        Arrays.setAll(ratios, i -> own[i] / yardstick[i]);
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String range(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return String.format(Locale.ROOT, "%.2f .. %.2f", sorted[0], sorted[sorted.length - 1]);
    }
}
