package io.touchstone.operators;

import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * What judges by the policy of an instant: events come in by key, changes of the policy by broadcast, and event time goes on only
 * as far as all changes are known. So a change acts from its instant on, the same for every key, whenever it was read.
 *
 * @param <K> the key
 * @param <T> what comes in by key
 */
abstract class PolicyBoundOperator<K, T, O> extends EventTimeOperator<K, T, O>
        implements TwoInputStreamOperator<T, PolicyChange, O> {
    private static final long serialVersionUID = 1;
    private static final int KNOWN_THROUGH = 0;

    private final PolicyTimeline start;

    transient PolicyTimeline policies;
    private transient BroadcastState<Long, byte[]> changes;
    private transient BroadcastState<Integer, Long> clock;
    private transient long knownThrough;
    private transient Counter late;

    /** {@code start}: what is known of the policy before anything was read. */
    PolicyBoundOperator(PolicyTimeline start, long until) {
        super(start.first().timeZone(), until);
        this.start = start;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        policies = new PolicyTimeline(start.first());
        start.changes().forEach(policies::add);
        changes = context.getOperatorStateStore()
                .getBroadcastState(new MapStateDescriptor<>(
                        "policy-changes", LongSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
        for (Map.Entry<Long, byte[]> change : changes.entries()) {
            policies.add(PolicyChange.read(Bytes.in(change.getValue())));
        }
        clock = context.getOperatorStateStore()
                .getBroadcastState(
                        new MapStateDescriptor<>("policy-clock", IntSerializer.INSTANCE, LongSerializer.INSTANCE));
        knownThrough = clock.contains(KNOWN_THROUGH) ? clock.get(KNOWN_THROUGH) : Long.MIN_VALUE;
    }

    @Override
    public void open() throws Exception {
        super.open();
        MetricGroup metrics = JobMetrics.of(getMetricGroup());
        late = metrics.counter("latePolicies");
        metrics.gauge("policyVersion", () -> policies.at(now()).version());
        tellOf(policies.first());
        policies.changes().forEach(change -> tellOf(change.policy()));
    }

    /** Prometheus takes numbers only: one per version, 1 for the one in force. */
    private void tellOf(Policy policy) {
        String version = policy.version();
        JobMetrics.of(getMetricGroup())
                .addGroup("version", version)
                .gauge("policyInForce", () -> policies.at(now()).version().equals(version) ? 1 : 0);
    }

    /** Takes what comes in by key. */
    abstract void receive(T value) throws Exception;

    @Override
    public final void processElement1(StreamRecord<T> element) throws Exception {
        receive(element.getValue());
    }

    @Override
    public final void processElement2(StreamRecord<PolicyChange> element) throws Exception {
        PolicyChange change = element.getValue();
        // Only a clock that is wrong makes it so.
        if (change.effectiveFrom() <= now()) {
            late.inc();
        }
        policies.add(change);
        tellOf(change.policy());
        changes.put(change.effectiveFrom(), Bytes.of(change::write));
    }

    @Override
    final long horizon() {
        return knownThrough;
    }

    @Override
    public final void processWatermark1(Watermark mark) throws Exception {
        processWatermark(mark);
    }

    @Override
    public final void processWatermark2(Watermark mark) throws Exception {
        if (mark.getTimestamp() > knownThrough) {
            knownThrough = mark.getTimestamp();
            clock.put(KNOWN_THROUGH, knownThrough);
            goOn();
        }
    }

    /** Only events can fall silent: the clock of the policies never rests. */
    @Override
    protected final void processWatermarkStatus(WatermarkStatus status, int input) throws Exception {
        if (input == 0) {
            processWatermarkStatus(status);
        }
    }
}
