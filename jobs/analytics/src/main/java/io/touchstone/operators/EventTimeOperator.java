package io.touchstone.operators;

import io.touchstone.market.LocalCalendar;
import io.touchstone.metrics.JobMetrics;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * What all operators have in common: event time decides. What comes in waits until event time has passed it, through checkpoints,
 * restores and rescaling, and is then taken in bundles by key.
 *
 * @param <K> the key
 * @param <T> what comes in
 */
abstract class EventTimeOperator<K, T, O> extends AbstractStreamOperator<O> {
    private static final long serialVersionUID = 1;

    private final ZoneId zone;

    /** The last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    final long until;

    transient LocalCalendar calendar;
    private transient EventTimeBuffer<K, T> waiting;
    private transient WallPace pace;
    private transient long reached;

    /** {@code zone}: whose local days are the business days. */
    EventTimeOperator(ZoneId zone, long until) {
        this.zone = zone;
        this.until = until;
    }

    /** A buffer that knows how to key, date and pack what comes in. */
    abstract EventTimeBuffer<K, T> newBuffer(TaskInfo task);

    /** Takes what event time has passed, of a key, as it came in; whoever needs state or timers makes it the current key. */
    abstract void take(K key, List<T> due) throws Exception;

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        calendar = new LocalCalendar(zone);
        waiting = newBuffer(getRuntimeContext().getTaskInfo());
        if (context.isRestored()) {
            waiting.restore(context.getRawKeyedStateInputs());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        pace = new WallPace(getProcessingTimeService(), this::reached, waiting.takenThrough());
        reached = waiting.takenThrough();
        MetricGroup metrics = JobMetrics.of(getMetricGroup());
        metrics.gauge("bufferedEvents", waiting::size);
        metrics.gauge("eventTimeLagMillis", JobMetrics.ageMillis(() -> reached));
        metrics.gauge("seenThroughMillis", () -> reached);
        metrics.gauge("newestClosedDay", this::newestClosedDay);
    }

    /** The last local day that is over, in days since 1970-01-01; not a number before anything was seen. */
    private double newestClosedDay() {
        return reached == Long.MIN_VALUE ? Double.NaN : calendar.day(now()) - 1;
    }

    /** What comes in waits: no state of its key is looked at before its time. */
    @Override
    @SuppressWarnings("rawtypes") // as Flink declares it
    public void setKeyContextElement1(StreamRecord record) {}

    /** The instant through which everything of a value's key has been taken: the value is late if it is not after it. */
    final long takenThrough(T value) {
        return Math.max(reached, waiting.takenThrough(value));
    }

    /** Lets a value wait for its time. */
    final void await(T value) throws IOException {
        waiting.add(value);
    }

    /** The instant of what waits that comes first; {@link Long#MAX_VALUE} if nothing waits. */
    final long firstToCome() {
        return waiting.first();
    }

    /** The instant that event time has reached; nothing happens after {@code until}. */
    final long now() {
        return Math.min(reached, until);
    }

    /** How far event time may go; {@link Long#MAX_VALUE} unless something else has to be known first. */
    long horizon() {
        return Long.MAX_VALUE;
    }

    /** Lets event time go on, as far as inputs and horizon allow. */
    final void goOn() throws Exception {
        reached(pace.watermark());
    }

    private void reached(long watermark) throws Exception {
        long next = Math.min(watermark, horizon());
        if (next > reached) {
            reached = next;
            advance(next);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        pace.watermark(mark.getTimestamp());
    }

    /** Nobody further down is told that the inputs are idle: event time goes on here, and whoever is told ignores it. */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        pace.status(status);
    }

    /** Event time has reached a watermark: takes what it has passed, then lets timers fire. */
    void advance(long watermark) throws Exception {
        takeThrough(now());
        passOn(watermark);
    }

    final void takeThrough(long instant) throws Exception {
        for (Map.Entry<K, List<T>> due : waiting.drain(instant).entrySet()) {
            take(due.getKey(), due.getValue());
        }
    }

    /** Fires the timers up to an instant, and tells it downstream. */
    final void passOn(long instant) throws Exception {
        super.processWatermark(new Watermark(instant));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waiting.snapshot(context.getRawKeyedOperatorStateOutput(), reached);
    }

    /** What to do when event time passes a timer; none waits for the wall clock. */
    @FunctionalInterface
    interface Due<K, N> extends Triggerable<K, N> {
        @Override
        default void onProcessingTime(InternalTimer<K, N> timer) {
            throw new IllegalStateException("nothing here waits for the wall clock");
        }
    }
}
