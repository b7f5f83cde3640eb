package io.touchstone.simulation;

import io.touchstone.operators.PolicyBoundHarness;
import io.touchstone.policy.PolicyChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** The subtasks of an operator, behind a partitioning by key. */
final class Subtasks<K, I, O> implements AutoCloseable {
    private static final int MAX_PARALLELISM = 16;

    private final List<Subtask<I, O>> subtasks = new ArrayList<>();
    private final long[] watermarks;
    private final KeySelector<I, K> key;
    private final Consumer<O> output;

    /** The state of all subtasks of some parallelism. */
    record Saved(OperatorSubtaskState state, int parallelism) {}

    /** Makes a subtask, not open yet. */
    @FunctionalInterface
    interface Opening<I, O> {
        Subtask<I, O> open(int maxParallelism, int parallelism, int subtask) throws Exception;
    }

    /** An operator's subtask, whatever the number of its inputs. */
    interface Subtask<I, O> {
        AbstractStreamOperatorTestHarness<O> harness();

        void open() throws Exception;

        void arrive(I value) throws Exception;

        void watermark(long instant) throws Exception;

        default void knowPoliciesThrough(long instant) throws Exception {
            // Not everybody judges by a policy.
        }
    }

    /** Of an operator with one input. */
    static <K, I, O> Opening<I, O> plain(
            Supplier<OneInputStreamOperator<I, O>> operator, KeySelector<I, K> key, TypeInformation<K> keyType) {
        return (maxParallelism, parallelism, subtask) -> {
            var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    operator.get(), key, keyType, maxParallelism, parallelism, subtask);
            return new Subtask<>() {
                @Override
                public AbstractStreamOperatorTestHarness<O> harness() {
                    return harness;
                }

                @Override
                public void open() throws Exception {
                    harness.open();
                }

                @Override
                public void arrive(I value) throws Exception {
                    harness.processElement(new StreamRecord<>(value));
                }

                @Override
                public void watermark(long instant) throws Exception {
                    harness.processWatermark(instant);
                }
            };
        };
    }

    /** Of an operator that judges by a policy. */
    static <K, I, O> Opening<I, O> policyBound(
            Supplier<TwoInputStreamOperator<I, PolicyChange, O>> operator,
            KeySelector<I, K> key,
            TypeInformation<K> keyType) {
        return (maxParallelism, parallelism, subtask) -> {
            var harness = new PolicyBoundHarness<>(operator.get(), key, keyType, maxParallelism, parallelism, subtask);
            return new Subtask<>() {
                @Override
                public AbstractStreamOperatorTestHarness<O> harness() {
                    return harness;
                }

                @Override
                public void open() throws Exception {
                    harness.openUnknowing();
                }

                @Override
                public void arrive(I value) throws Exception {
                    harness.processElement(new StreamRecord<>(value));
                }

                @Override
                public void watermark(long instant) throws Exception {
                    harness.processWatermark(instant);
                }

                @Override
                public void knowPoliciesThrough(long instant) throws Exception {
                    harness.knowPoliciesThrough(instant);
                }
            };
        };
    }

    /** {@code saved}: what to restore; null to start without state. */
    Subtasks(
            Opening<I, O> opening,
            KeySelector<I, K> key,
            int parallelism,
            boolean rocksDb,
            Saved saved,
            Consumer<O> output)
            throws Exception {
        this.key = key;
        this.output = output;
        watermarks = new long[parallelism];
        for (int subtask = 0; subtask < parallelism; subtask++) {
            watermarks[subtask] = Long.MIN_VALUE;
            Subtask<I, O> opened = opening.open(MAX_PARALLELISM, parallelism, subtask);
            AbstractStreamOperatorTestHarness<O> harness = opened.harness();
            if (rocksDb) {
                harness.setStateBackend(new EmbeddedRocksDBStateBackend());
            }
            harness.setup();
            if (saved != null) {
                harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        saved.state, MAX_PARALLELISM, saved.parallelism, parallelism, subtask));
            }
            opened.open();
            subtasks.add(opened);
        }
    }

    void arrive(I value) throws Exception {
        int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                key.getKey(value), MAX_PARALLELISM, subtasks.size());
        subtasks.get(owner).arrive(value);
    }

    /** All subtasks know every policy through an instant; nothing is judged after it. */
    void knowPoliciesThrough(long instant) throws Exception {
        for (int i = 0; i < watermarks.length; i++) {
            subtasks.get(i).knowPoliciesThrough(instant);
            passOn(i);
        }
    }

    /** Tells all subtasks, or just some of them, of a watermark: they need not be equally far. */
    void watermark(long watermark, boolean all, Random random) throws Exception {
        for (int i = 0; i < watermarks.length; i++) {
            if (watermark > watermarks[i] && (all || random.nextInt(3) > 0)) {
                subtasks.get(i).watermark(watermark);
                watermarks[i] = watermark;
                passOn(i);
            }
        }
    }

    private void passOn(int subtask) {
        Queue<Object> out = subtasks.get(subtask).harness().getOutput();
        while (!out.isEmpty()) {
            Object element = out.poll();
            if (element instanceof StreamRecord<?> record) {
                @SuppressWarnings("unchecked") // the operator's own type
                O value = (O) record.getValue();
                output.accept(value);
            } else if (element instanceof Watermark mark && mark.getTimestamp() > watermarks[subtask]) {
                throw new IllegalStateException("event time runs ahead of its inputs: " + mark);
            }
        }
    }

    /** What all subtasks have seen; {@link Long#MIN_VALUE} as long as one has seen nothing. */
    long watermark() {
        long least = Long.MAX_VALUE;
        for (long watermark : watermarks) {
            least = Math.min(least, watermark);
        }
        return least;
    }

    <T> void drain(OutputTag<T> tag, Consumer<T> taker) {
        for (Subtask<I, O> subtask : subtasks) {
            Queue<StreamRecord<T>> records = subtask.harness().getSideOutput(tag);
            while (records != null && !records.isEmpty()) {
                taker.accept(records.poll().getValue());
            }
        }
    }

    Saved snapshot(long checkpoint) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = subtasks.get(i).harness().snapshot(checkpoint, checkpoint);
        }
        return new Saved(AbstractStreamOperatorTestHarness.repackageState(states), states.length);
    }

    @Override
    public void close() throws Exception {
        for (Subtask<I, O> subtask : subtasks) {
            subtask.harness().close();
        }
    }
}
