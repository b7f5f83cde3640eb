package io.touchstone.io;

import io.touchstone.market.Arrival;
import java.time.Duration;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Keeps, behind a source, how far event time has come, through restarts: the source forgets it. If one of its partitions held the
 * clock back and nothing more comes, then the last event read, perhaps long before the restart, still moves the clock as soon as the
 * source is idle.
 */
final class ClockKeeper<E> extends AbstractStreamOperator<Arrival<E>>
        implements OneInputStreamOperator<Arrival<E>, Arrival<E>> {
    private static final long serialVersionUID = 1;

    private final long maxOutOfOrdernessMs;

    private transient ListState<Long> kept;
    private transient long newest;

    /** {@code maxOutOfOrderness}: by which the watermark trails the largest event time. */
    ClockKeeper(Duration maxOutOfOrderness) {
        maxOutOfOrdernessMs = maxOutOfOrderness.toMillis();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        kept = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("newest-event-time", LongSerializer.INSTANCE));
        newest = Long.MIN_VALUE;
        for (long eventTime : kept.get()) {
            newest = Math.max(newest, eventTime);
        }
    }

    @Override
    public void processElement(StreamRecord<Arrival<E>> element) {
        if (element.getValue().event() != null) {
            newest = Math.max(newest, element.getTimestamp());
        }
        output.collect(element);
    }

    /** Whoever is idle can say nothing any more: the watermark goes first. */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        if (status.isIdle() && newest != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(newest - maxOutOfOrdernessMs - 1));
        }
        super.processWatermarkStatus(status);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        kept.clear();
        if (newest != Long.MIN_VALUE) {
            kept.add(newest);
        }
    }
}
