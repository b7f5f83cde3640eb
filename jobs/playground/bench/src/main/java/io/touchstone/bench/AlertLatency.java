package io.touchstone.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * From the moment at which the record whose time releases the watermark is appended to the topic to the moment at which the alert is
 * readable, at half of the rate that the job sustains. Everything is real: broker, job, checkpoints, database; traffic goes at the
 * pace of life. Clocks are read in whole milliseconds.
 */
final class AlertLatency implements Experiment {
    private static final Duration CHECKPOINTS = Duration.ofSeconds(2);
    private static final int PARTITIONS = 4;
    private static final int SPIKES_PER_SECOND = 50;

    /** Spikes begin so long after the traffic has turned live. */
    private static final long SETTLING_MS = 1000;

    /** What it takes to fill the window and a little more. */
    private static final long MARGIN_MS = 10_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /**
     * How soon results move on.
     *
     * @param watermarkMs interval of watermarks; 0 for the configured one
     * @param bufferMs timeout of network buffers; 0 for the configured one
     */
    private record Pace(long watermarkMs, long bufferMs) {}

    private static final List<Pace> PACES = List.of(new Pace(0, 0), new Pace(100, 20), new Pace(50, 10));

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String does() {
        return "from event in at the broker to price alert readable, at half of the maximum rate";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        double most = Figure.median(maximum(settings, report));
        for (Pace pace : PACES) {
            measure(settings, pace, most / 2, report);
        }
    }

    /** Events per second with which the job catches up with a backlog, in its second half; the first round warms up. */
    private double[] maximum(Settings settings, Report report) throws Exception {
        double[] rates = new double[settings.rounds()];
        double[] waiting = new double[settings.rounds()];
        try (LiveJob job = new LiveJob(settings.parallelism(), CHECKPOINTS);
                LiveOrders orders = new LiveOrders(job.options().kafka(), settings.keys())) {
            long window = job.options().time().maxOutOfOrderness().toMillis();
            long now = System.currentTimeMillis();
            orders.backlog(2L * settings.orders(), now - 2 * window, now);
            for (int round = 0; round <= rates.length; round++) {
                job.start(null, env -> {});
                job.awaitTaken(orders.sent() / 2);
                long begin = System.nanoTime();
                long from = job.taken();
                job.awaitTaken(orders.sent());
                double rate = (orders.sent() - from) * 1e9 / (System.nanoTime() - begin);
                long waits = job.waiting();
                job.cancel();
                System.err.printf(
                        Locale.ROOT, "latency, maximum, round %d: %,.0f events/s, %,d wait%n", round, rate, waits);
                if (round > 0) {
                    rates[round - 1] = rate;
                    waiting[round - 1] = waits;
                }
            }
        }
        report.add(Figure.of(name(), "maximum", "events/s", rates));
        report.add(Figure.of(name(), "maximum", "events that wait", waiting));
        return rates;
    }

    private void measure(Settings settings, Pace pace, double rate, Report report) throws Exception {
        int segments = settings.rounds() + 1;
        long segmentMs = TimeUnit.SECONDS.toMillis(Math.max(5, Math.min(20, settings.orders() / 10_000)));
        try (LiveJob job = new LiveJob(settings.parallelism(), CHECKPOINTS);
                LiveOrders orders = new LiveOrders(job.options().kafka(), settings.keys())) {
            long delay = job.options().time().maxOutOfOrderness().toMillis();
            long liveFrom = System.currentTimeMillis();
            long begin = liveFrom - delay - MARGIN_MS;
            int count = (int) (segments * segmentMs * SPIKES_PER_SECOND / 1000);
            Spikes spikes =
                    new Spikes(count, liveFrom - delay + SETTLING_MS, 1000.0 / SPIKES_PER_SECOND, delay, PARTITIONS);
            spikes.sendFloors(orders, begin);
            long window = Math.min((long) (rate * (liveFrom - begin) / 1000), 2L * settings.orders());
            for (long i = 0; i < window; i++) {
                long at = begin + (liveFrom - begin) * i / window;
                spikes.sendThrough(at, orders);
                orders.send(at, spikes.watch(at));
            }
            orders.flush();
            long[] told = new long[2];
            job.start(null, env -> {
                if (pace.watermarkMs > 0) {
                    env.getConfig().setAutoWatermarkInterval(pace.watermarkMs);
                    env.setBufferTimeout(pace.bufferMs);
                }
                told[0] = env.getConfig().getAutoWatermarkInterval();
                told[1] = env.getBufferTimeout();
            });
            job.awaitTaken(orders.sent());
            job.checkpoint();
            String row = String.format(
                    Locale.ROOT, "watermarks each %d ms, buffers %d ms, %,.0f events/s", told[0], told[1], rate);
            Map<String, AlertReader> readers = new LinkedHashMap<>();
            for (String isolation : List.of("read_uncommitted", "read_committed")) {
                readers.put(isolation, new AlertReader(job.options().kafka(), isolation, count));
            }
            try {
                double[] waiting = new double[segments];
                double[] behind = new double[segments];
                double[] checkpointMs = new double[segments];
                long start = System.nanoTime();
                long due = 0;
                for (int segment = 0; segment <= segments; segment++) {
                    long end = SETTLING_MS + (segment + 1) * segmentMs;
                    due = live(orders, spikes, rate, liveFrom, start, due, end);
                    if (segment < segments) {
                        waiting[segment] = job.waiting();
                        behind[segment] = orders.sent() - job.taken();
                        checkpointMs[segment] = Meters.job("lastCheckpointDuration");
                    }
                }
                if (spikes.released() < count) {
                    throw new IllegalStateException("the broker did not take in all that was sent");
                }
                awaitAll(readers);
                readers.forEach((isolation, reader) -> tell(row, isolation, spikes, reader, segments, report));
                tell(row, "events that wait", waiting, report);
                tell(row, "events behind", behind, report);
                tell(row, "checkpoint, ms", checkpointMs, report);
            } finally {
                for (AlertReader reader : readers.values()) {
                    reader.close();
                }
            }
        }
    }

    /** Sends traffic at its pace until an instant after the start of the live part; returns how many events that makes in all. */
    private static long live(
            LiveOrders orders, Spikes spikes, double rate, long liveFrom, long start, long sent, long untilMs) {
        long next = sent;
        while (true) {
            double elapsedMs = (System.nanoTime() - start) / 1e6;
            if (elapsedMs >= untilMs) {
                return next;
            }
            long at = liveFrom + (long) elapsedMs;
            for (long due = (long) (elapsedMs * rate / 1000); next < due; next++) {
                spikes.sendThrough(at, orders);
                orders.send(at, spikes.watch(at));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void awaitAll(Map<String, AlertReader> readers) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Map.Entry<String, AlertReader> reader : readers.entrySet()) {
            while (!reader.getValue().complete()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(reader.getKey() + " still waits for alerts");
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Quantiles of each segment; the first one warms up. */
    private void tell(String row, String isolation, Spikes spikes, AlertReader reader, int segments, Report report) {
        Map<Double, double[]> quantiles = new LinkedHashMap<>();
        List.of(50.0, 99.0).forEach(percent -> quantiles.put(percent, new double[segments]));
        int each = spikes.count() / segments;
        for (int segment = 0; segment < segments; segment++) {
            Histogram latencies = new Histogram(3);
            for (int spike = segment * each; spike < (segment + 1) * each; spike++) {
                latencies.recordValue(Math.max(0, reader.readAt(spike) - spikes.releasedAt(spike)));
            }
            for (Map.Entry<Double, double[]> quantile : quantiles.entrySet()) {
                quantile.getValue()[segment] = latencies.getValueAtPercentile(quantile.getKey());
            }
        }
        quantiles.forEach((percent, values) ->
                tell(row, String.format(Locale.ROOT, "%s p%.0f, ms", isolation, percent), values, report));
    }

    private void tell(String row, String measure, double[] segments, Report report) {
        Figure figure = Figure.of(name(), row, measure, Arrays.copyOfRange(segments, 1, segments.length));
        System.err.printf(Locale.ROOT, "latency, %s: %s %s%n", row, measure, Arrays.toString(segments));
        report.add(figure);
    }
}
