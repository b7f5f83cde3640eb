package io.touchstone;

import io.touchstone.io.KafkaEnds;
import io.touchstone.market.Arrival;
import io.touchstone.operators.AcceptPolicies;
import io.touchstone.operators.PackedType;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** The changes of the policy on their way to those who judge by it; both jobs have the same. */
public final class PolicyStream {
    /** The type of a change. */
    static final PackedType<PolicyChange> CHANGES =
            new PackedType<>(PolicyChange.class, PolicyChange::write, PolicyChange::read);

    @SuppressWarnings({"unchecked", "rawtypes"}) // a class literal knows no type arguments
    private static final PackedType<Arrival<PolicyChange>> ARRIVALS = (PackedType) PackedType.withinTask(Arrival.class);

    private PolicyStream() {}

    /** No changes, known as far as a stream has come that never goes parallel; for jobs that know every change from the start. */
    public static <T> DataStream<PolicyChange> none(DataStream<T> clock) {
        return clock.flatMap((T value, Collector<PolicyChange> out) -> {}, CHANGES)
                .name("no-policies")
                .uid("no-policies")
                .setParallelism(1);
    }

    /** {@code start}: the policy with which the job starts. */
    static SingleOutputStreamOperator<PolicyChange> accepted(
            StreamExecutionEnvironment env, KafkaEnds kafka, Policy start) {
        return kafka.policies(env, ARRIVALS)
                .process(new AcceptPolicies(start), CHANGES)
                .name("accept-policies")
                .uid("accept-policies")
                .setParallelism(1);
    }
}
