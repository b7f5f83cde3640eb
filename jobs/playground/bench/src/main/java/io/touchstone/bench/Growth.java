package io.touchstone.bench;

import io.touchstone.bench.Interleaved.Trial;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What an event costs on the way to a price floor where ever more skus are known: state is filled once per number of skus, and every
 * run starts from it, with caches that are cold. The measured events end before the day does, at whose midnight something would
 * happen to every sku.
 */
final class Growth implements Experiment {
    private static final List<Integer> KEYS = List.of(10_000, 100_000, 1_000_000, 5_000_000);

    /** A larger number of skus than so many per order is left out: most of it would not be touched. */
    private static final int KEYS_PER_ORDER = 5;

    private static final Duration LONGEST = Duration.ofHours(12);

    /** Completed by the task that fills. */
    private static volatile CompletableFuture<Void> filled = new CompletableFuture<>();

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String does() {
        return "price floor with 10 k, 100 k, 1 M and 5 M skus in its state (no more than " + KEYS_PER_ORDER
                + " per order)";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Duration span = settings.span().compareTo(LONGEST) < 0 ? settings.span() : LONGEST;
        Path folder = Files.createTempDirectory("touchstone-bench-growth-");
        try {
            List<Trial> trials = new ArrayList<>();
            for (int keys : KEYS) {
                if (keys <= (long) KEYS_PER_ORDER * settings.orders()) {
                    String row = String.format(Locale.ROOT, "%,d skus", keys);
                    Events events = Events.of(settings.orders(), keys, settings.factories(), span);
                    Path savepoint = fill(events, settings.parallelism(), folder);
                    report.add(Figure.of(name(), row, "savepoint MB", megabytes(savepoint)));
                    trials.add(new Trial(
                            row,
                            Contenders.PRICE_FLOOR,
                            events,
                            settings.parallelism(),
                            trials.isEmpty() ? null : trials.get(0).row(),
                            savepoint.toUri().toString()));
                }
            }
            Interleaved.measure(name(), trials, settings.rounds(), report);
        } finally {
            Interleaved.delete(folder);
        }
    }

    /** State as it is just before the events begin. */
    static Path fill(Events events, int parallelism, Path folder) throws Exception {
        long begun = System.nanoTime();
        filled = new CompletableFuture<>();
        Path own = Files.createDirectory(folder.resolve(events.keys() + "-skus"));
        Path working = Files.createDirectory(own.resolve("working"));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, Interleaved.configuration(working));
        DataStream<byte[]> records = env.fromSequence(0, Long.MAX_VALUE / 2)
                .uid("count-to-fill")
                .setParallelism(1)
                .map(new Fill(events.keys(), events.factories()), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .name("fill")
                .uid("fill")
                .setParallelism(1);
        Contenders.PRICE_FLOOR.definition().define(env, records, events.until());
        JobClient job = env.executeAsync("fill");
        CompletableFuture.anyOf(filled, job.getJobExecutionResult()).get();
        String savepoint = job.stopWithSavepoint(false, own.toUri().toString(), SavepointFormatType.NATIVE)
                .get();
        job.getJobExecutionResult().get();
        Interleaved.delete(working);
        System.err.printf(Locale.ROOT, "filled %,d skus in %.0f s%n", events.keys(), (System.nanoTime() - begun) / 1e9);
        return Path.of(URI.create(savepoint));
    }

    private static double megabytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(file -> file.toFile().length())
                            .sum()
                    / 1e6;
        }
    }

    /** The records of a {@link Stock}, then ticks of its clock until the job is stopped. */
    private static final class Fill extends RichMapFunction<Long, byte[]> {
        private static final long serialVersionUID = 1;
        private static final int TICKS = 100;
        private static final int TICK_MS = 10;

        private final int keys;
        private final int factories;
        private transient Stock stock;

        Fill(int keys, int factories) {
            this.keys = keys;
            this.factories = factories;
        }

        @Override
        public void open(OpenContext context) {
            stock = new Stock(keys, factories);
        }

        @Override
        public byte[] map(Long i) throws InterruptedException {
            if (i < stock.size()) {
                return stock.record(i);
            }
            // Long enough for a watermark to be made of it, so that nothing of the stock still waits.
            Thread.sleep(TICK_MS);
            if (i == stock.size() + TICKS) {
                filled.complete(null);
            }
            return stock.delivered();
        }
    }
}
