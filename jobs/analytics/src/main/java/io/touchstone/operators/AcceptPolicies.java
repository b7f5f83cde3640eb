package io.touchstone.operators;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets changes of the policy through, in the order in which they were published, and what the job cannot follow aside. One task
 * decides for all: whatever it refuses, the policy before goes on.
 */
public final class AcceptPolicies extends ProcessFunction<Arrival<PolicyChange>, PolicyChange>
        implements CheckpointedFunction {
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final long serialVersionUID = 1;

    private final Policy first;

    private transient PolicyTimeline known;
    private transient ListState<byte[]> accepted;
    private transient Counter refused;

    /** {@code first}: the policy the job starts with. */
    public AcceptPolicies(Policy first) {
        this.first = first;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        known = new PolicyTimeline(first);
        accepted = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("accepted-policies", BytePrimitiveArraySerializer.INSTANCE));
        for (byte[] change : accepted.get()) {
            known.add(PolicyChange.read(Bytes.in(change)));
        }
    }

    @Override
    public void open(OpenContext context) {
        refused = JobMetrics.of(getRuntimeContext().getMetricGroup()).counter("refusedPolicies");
    }

    @Override
    public void processElement(Arrival<PolicyChange> arrival, Context context, Collector<PolicyChange> out)
            throws Exception {
        if (arrival.letter() != null) {
            refuse(arrival.letter(), context);
            return;
        }
        Optional<String> objection = known.objectionTo(arrival.event());
        if (objection.isPresent()) {
            refuse(new DeadLetter(arrival.origin(), DeadLetter.Reason.INVALID, objection.get()), context);
            return;
        }
        known.add(arrival.event());
        accepted.add(Bytes.of(arrival.event()::write));
        out.collect(arrival.event());
    }

    private void refuse(DeadLetter letter, Context context) {
        refused.inc();
        context.output(DEAD_LETTERS, letter);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // The list is kept as it grows.
    }
}
