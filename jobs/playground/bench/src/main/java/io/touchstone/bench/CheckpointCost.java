package io.touchstone.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a checkpoint takes, and an outage: each round is an hour of traffic that has piled up at the broker, a restore, the way back to
 * the end of the topic, a full checkpoint (Flink's first one after a restore) and, after a minute of traffic more, an incremental one,
 * from which the next round goes on.
 */
final class CheckpointCost implements Experiment {
    /** Checkpoints are taken by hand. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final Duration OUTAGE = Duration.ofHours(1);
    private static final int MINUTES = 60;

    /** Watermarks of the last records have come through. */
    private static final long SETTLED_MS = 1000;

    @Override
    public String name() {
        return "checkpoints";
    }

    @Override
    public String does() {
        return "price floor: checkpoint size and duration, time to restore, catch-up after an hour's outage";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int rounds = settings.rounds();
        long hour = 2L * settings.orders();
        Map<String, double[]> figures = new LinkedHashMap<>();
        try (LiveJob job = new LiveJob(settings.parallelism(), NEVER);
                LiveOrders orders = new LiveOrders(job.options().kafka(), settings.keys())) {
            // Event time is told by the traffic alone: it ends where the last round does.
            long at = System.currentTimeMillis() - (rounds + 1) * (OUTAGE.toMillis() + OUTAGE.toMillis() / MINUTES);
            Path checkpoint = null;
            for (int round = 0; round <= rounds; round++) {
                long had = orders.sent();
                orders.backlog(hour, at, at + OUTAGE.toMillis());
                at += OUTAGE.toMillis();

                long begin = System.nanoTime();
                job.start(checkpoint, env -> {});
                double restoreMs = (System.nanoTime() - begin) / 1e6;
                long early = job.taken();
                long running = System.nanoTime();
                job.awaitTaken(orders.sent() - had);
                double rate = (orders.sent() - had - early) * 1e9 / (System.nanoTime() - running);

                TimeUnit.MILLISECONDS.sleep(SETTLED_MS);
                job.checkpoint();
                double fullBytes = Meters.job("lastCheckpointSize");
                double fullMs = Meters.job("lastCheckpointDuration");

                orders.backlog(hour / MINUTES, at, at + OUTAGE.toMillis() / MINUTES);
                at += OUTAGE.toMillis() / MINUTES;
                job.awaitTaken(orders.sent() - had);
                TimeUnit.MILLISECONDS.sleep(SETTLED_MS);
                double waiting = job.waiting();
                job.checkpoint();
                double incrementBytes = Meters.job("lastCheckpointSize");
                double incrementMs = Meters.job("lastCheckpointDuration");
                checkpoint = job.newestCheckpoint();
                job.cancel();
                System.err.printf(
                        Locale.ROOT,
                        "checkpoints, round %d%s: full %,.0f bytes %.0f ms, incremental %,.0f bytes %.0f ms,"
                                + " running after %.0f ms, %,.0f events/s%n",
                        round,
                        round == 0 ? " (warm-up, nothing restored)" : "",
                        fullBytes,
                        fullMs,
                        incrementBytes,
                        incrementMs,
                        restoreMs,
                        rate);
                if (round > 0) {
                    double live = hour / (double) OUTAGE.toSeconds();
                    Map<String, Double> values = new LinkedHashMap<>();
                    values.put("full checkpoint, MB", fullBytes / 1e6);
                    values.put("full checkpoint, ms", fullMs);
                    values.put("incremental checkpoint after a minute, MB", incrementBytes / 1e6);
                    values.put("incremental checkpoint after a minute, ms", incrementMs);
                    values.put("events that wait for the watermark", waiting);
                    values.put("restore, from submission to all tasks RUNNING, ms", restoreMs);
                    values.put("catch-up, events/s", rate);
                    values.put(
                            String.format(Locale.ROOT, "catch-up, times the live rate of %,.0f events/s", live),
                            rate / live);
                    for (Map.Entry<String, Double> value : values.entrySet()) {
                        figures.computeIfAbsent(value.getKey(), measure -> new double[rounds])[round - 1] =
                                value.getValue();
                    }
                }
            }
        }
        figures.forEach((measure, values) -> report.add(Figure.of(
                name(), String.format(Locale.ROOT, "price-floor, %,d skus", settings.keys()), measure, values)));
    }
}
