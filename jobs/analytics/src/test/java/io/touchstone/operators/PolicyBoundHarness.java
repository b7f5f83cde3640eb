package io.touchstone.operators;

import io.touchstone.policy.PolicyChange;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** An operator that judges by the policy of an instant, in one thread; unless told otherwise every change is known for ever. */
public class PolicyBoundHarness<K, T, O> extends KeyedTwoInputStreamOperatorTestHarness<K, T, PolicyChange, O> {
    public PolicyBoundHarness(
            TwoInputStreamOperator<T, PolicyChange, O> operator,
            KeySelector<T, K> key,
            TypeInformation<K> keyType,
            int maxParallelism,
            int parallelism,
            int subtask)
            throws Exception {
        super(operator, key, null, keyType, maxParallelism, parallelism, subtask);
    }

    public PolicyBoundHarness(
            TwoInputStreamOperator<T, PolicyChange, O> operator, KeySelector<T, K> key, TypeInformation<K> keyType)
            throws Exception {
        this(operator, key, keyType, 1, 1, 0);
    }

    @Override
    public void open() throws Exception {
        super.open();
        knowPoliciesThrough(Long.MAX_VALUE);
    }

    /** Opens it before anything is known of the policy. */
    public void openUnknowing() throws Exception {
        super.open();
    }

    public void knowPoliciesThrough(long instant) throws Exception {
        processWatermark2(new Watermark(instant));
    }

    public void publish(PolicyChange change) throws Exception {
        processElement2(new StreamRecord<>(change));
    }

    public void processElement(StreamRecord<T> element) throws Exception {
        processElement1(element);
    }

    public void processWatermark(long watermark) throws Exception {
        processWatermark1(new Watermark(watermark));
    }
}
