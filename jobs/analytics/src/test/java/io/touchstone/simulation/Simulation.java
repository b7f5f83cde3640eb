package io.touchstone.simulation;

import io.touchstone.market.OrderEvent;
import io.touchstone.oracle.PriceOracle;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.policy.Policy;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

/**
 * A job's operators in one thread, step by step as chance has it: an event of some partition arrives, event time goes on at some
 * subtasks, a checkpoint is taken, the job crashes and goes on from its last checkpoint, or is stopped and goes on at another
 * parallelism. A seed gives the same run each time.
 */
final class Simulation implements AutoCloseable {
    private static final long DAY_MS = 86_400_000L;

    private final boolean prices;
    private final Policy policy;
    private final long end;
    private final Mutant mutant;
    private final Random random;
    private final boolean rocksDb;
    private final int maxParallelism;
    private final Inputs inputs;
    private final Found found = new Found();

    private Pipeline pipeline;
    private List<Subtasks.Saved> saved;
    private int[] savedPositions;
    private long watermark = Long.MIN_VALUE;
    private long actions;
    private int checkpoints;
    private int crashes;
    private int rescales;

    /**
     * Before its first step.
     *
     * @param prices whether it is the price-floor job
     * @param end the instant that event time reaches in the end
     */
    Simulation(
            boolean prices,
            List<Delivery> deliveries,
            Policy policy,
            long end,
            int maxParallelism,
            long seed,
            Mutant mutant)
            throws Exception {
        this.maxParallelism = maxParallelism;
        this.prices = prices;
        this.policy = policy;
        this.end = end;
        this.mutant = mutant;
        random = new Random(seed * 0x9E3779B97F4A7C15L + 5);
        // RocksDB takes far longer to open than to do the work.
        rocksDb = random.nextInt(50) == 0;
        long disorder = List.of(0L, 300_000L, DAY_MS, 30 * DAY_MS).get(random.nextInt(4));
        // Nothing happens at the end itself but its midnight.
        inputs = new Inputs(
                deliveries.stream()
                        .filter(delivery -> delivery.time() != end)
                        .filter(delivery -> isAdmitted(delivery))
                        .toList(),
                disorder,
                random);
        savedPositions = inputs.positions();
        pipeline = open();
    }

    /** As the source does: whoever comes after the end of an order is a dead letter. */
    private boolean isAdmitted(Delivery delivery) {
        boolean admitted = !(delivery.event() instanceof OrderEvent order
                && PriceOracle.isUnmatched(
                        order, policy.timeZone(), policy.quality().orderRetentionDays()));
        if (!admitted && delivery.time() < end) {
            found.letters.add(delivery.topic() + "/" + delivery.line());
        }
        return admitted;
    }

    private Pipeline open() throws Exception {
        int parallelism = 1 + random.nextInt(maxParallelism);
        return prices
                ? new PricePipeline(policy, found, parallelism, rocksDb, saved)
                : new QualityPipeline(policy, found, parallelism, rocksDb, saved);
    }

    /** Plays so many steps, then whatever is left. */
    Found play(int steps) throws Exception {
        for (int step = 0; step < steps; step++) {
            int what = random.nextInt(100);
            if (what < 72) {
                arrive();
            } else if (what < 92) {
                advance();
            } else if (what < 97) {
                checkpoint();
            } else if (what < 99) {
                crash();
            } else {
                rescale();
            }
        }
        while (arrive()) {
            if (random.nextInt(20) == 0) {
                advance();
            }
        }
        pipeline.watermark(end, true, random);
        checkpoint();
        return found;
    }

    private boolean arrive() throws Exception {
        actions++;
        var next = inputs.next(random);
        if (next.isPresent()) {
            pipeline.arrive(next.get());
        }
        return next.isPresent();
    }

    private void advance() throws Exception {
        actions++;
        long limit = Math.min(inputs.limit(), end);
        if (limit > watermark) {
            long from = watermark == Long.MIN_VALUE ? limit - 3 * DAY_MS : watermark;
            watermark = random.nextBoolean() ? limit : from + random.nextLong(limit - from + 1);
        }
        if (mutant == Mutant.WATERMARK_TOO_EARLY && random.nextInt(4) == 0) {
            watermark += DAY_MS;
        }
        pipeline.watermark(watermark, random.nextBoolean(), random);
    }

    private void checkpoint() throws Exception {
        actions++;
        checkpoints++;
        List<Subtasks.Saved> states = pipeline.snapshot(checkpoints);
        saved = mutant == Mutant.BUFFER_NOT_SAVED
                ? states.stream().map(Simulation::withoutBuffer).toList()
                : states;
        savedPositions =
                mutant == Mutant.POSITION_AHEAD_OF_STATE ? inputs.ahead(inputs.positions()) : inputs.positions();
        found.commit();
    }

    /** What waits for the watermark is in the raw part of keyed state. */
    private static Subtasks.Saved withoutBuffer(Subtasks.Saved saved) {
        return new Subtasks.Saved(
                OperatorSubtaskState.builder()
                        .setManagedKeyedState(saved.state().getManagedKeyedState())
                        .setManagedOperatorState(saved.state().getManagedOperatorState())
                        .build(),
                saved.parallelism());
    }

    private void crash() throws Exception {
        actions++;
        crashes++;
        if (mutant != Mutant.ALERTS_WITHOUT_TRANSACTIONS) {
            found.abort();
        }
        restore();
    }

    private void rescale() throws Exception {
        checkpoint();
        rescales++;
        restore();
    }

    private void restore() throws Exception {
        pipeline.close();
        pipeline = open();
        inputs.seek(savedPositions);
        watermark = Long.MIN_VALUE;
    }

    /** Steps that were done, whatever they were. */
    long actions() {
        return actions;
    }

    int crashes() {
        return crashes;
    }

    int rescales() {
        return rescales;
    }

    @Override
    public void close() throws Exception {
        pipeline.close();
    }
}
