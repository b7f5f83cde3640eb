package io.touchstone.operators;

import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Lets event time go on at the pace of the wall clock while every input is idle, so that days still close. An input is idle only
 * when its partitions are reachable, read to their end and silent (see the source): an outage is not idleness.
 */
final class WallPace {
    private static final long STEP_MS = 1000;

    private final ProcessingTimeService clock;
    private final Advance advance;
    private long watermark;
    private boolean idle;
    private long since;

    /** Moves event time on. */
    @FunctionalInterface
    interface Advance {
        void to(long watermark) throws Exception;
    }

    /** {@code reached}: where event time was before a restore, so that it goes on even if nothing comes in. */
    WallPace(ProcessingTimeService clock, Advance advance, long reached) {
        this.clock = clock;
        this.advance = advance;
        watermark = reached;
    }

    /** The instant event time has reached. */
    long watermark() {
        return watermark;
    }

    /** Takes a watermark of the inputs; those behind the own pace change nothing. */
    void watermark(long next) throws Exception {
        if (next > watermark) {
            watermark = next;
            advance.to(next);
        }
    }

    void status(WatermarkStatus status) {
        boolean wasIdle = idle;
        idle = status.isIdle();
        if (idle && !wasIdle) {
            since = clock.getCurrentProcessingTime();
            var unused = clock.registerTimer(since + STEP_MS, this::step);
        }
    }

    private void step(long now) throws Exception {
        if (!idle) {
            return;
        }
        // Nothing to go on from before the first event; the end of a bounded input stays the end.
        if (watermark != Long.MIN_VALUE && watermark < Long.MAX_VALUE - STEP_MS) {
            watermark(watermark + Math.max(0, now - since));
        }
        since = now;
        var unused = clock.registerTimer(now + STEP_MS, this::step);
    }
}
