package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.Origin;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** A day that was over before a restart is over after it, though nothing more comes. */
class ClockKeeperTest {
    private static final Duration TRAILS = Duration.ofMinutes(5);
    private static final long NOON = 1_800_000_000_000L;
    private static final Origin ORIGIN = new Origin("orders", 0, 0, new byte[0]);

    private static OneInputStreamOperatorTestHarness<Arrival<String>, Arrival<String>> harness(int tasks, int task)
            throws Exception {
        return new OneInputStreamOperatorTestHarness<>(new ClockKeeper<>(TRAILS), 128, tasks, task);
    }

    private static StreamRecord<Arrival<String>> event(long at) {
        return new StreamRecord<>(Arrival.of(ORIGIN, "event"), at);
    }

    private static OperatorSubtaskState readUntil(long at) throws Exception {
        try (var keeper = harness(1, 0)) {
            keeper.open();
            keeper.processElement(event(at - 60_000));
            keeper.processElement(event(at));
            keeper.processElement(event(at - 30_000));
            keeper.processElement(new StreamRecord<>(
                    Arrival.dead(new DeadLetter(ORIGIN, DeadLetter.Reason.FUTURE, "event_time")), at + 3_600_000));
            return keeper.snapshot(1, 1);
        }
    }

    @Test
    void theLastEventMovesTheClockOnceTheSourceIsIdle() throws Exception {
        OperatorSubtaskState state = readUntil(NOON);
        try (var keeper = harness(1, 0)) {
            keeper.initializeState(state);
            keeper.open();
            assertThat(keeper.getOutput()).isEmpty();
            keeper.processWatermarkStatus(WatermarkStatus.IDLE);
            assertThat(keeper.getOutput())
                    .containsExactly(new Watermark(NOON - TRAILS.toMillis() - 1), WatermarkStatus.IDLE);
        }
    }

    @Test
    void amongMoreTasksOneOfThemKnows() throws Exception {
        OperatorSubtaskState state = readUntil(NOON);
        int known = 0;
        for (int task = 0; task < 3; task++) {
            try (var keeper = harness(3, task)) {
                keeper.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, 1, 3, task));
                keeper.open();
                keeper.processWatermarkStatus(WatermarkStatus.IDLE);
                known += keeper.getOutput().size() - 1;
            }
        }
        assertThat(known).isEqualTo(1);
    }

    @Test
    void whereNothingWasReadTheClockHasNotBegun() throws Exception {
        try (var keeper = harness(1, 0)) {
            keeper.open();
            keeper.processWatermarkStatus(WatermarkStatus.IDLE);
            assertThat(keeper.getOutput()).containsExactly(WatermarkStatus.IDLE);
        }
    }
}
