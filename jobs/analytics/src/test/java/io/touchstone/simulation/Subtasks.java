package io.touchstone.simulation;

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
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** The subtasks of an operator, behind a partitioning by key. */
final class Subtasks<K, I, O> implements AutoCloseable {
    private static final int MAX_PARALLELISM = 16;

    private final List<KeyedOneInputStreamOperatorTestHarness<K, I, O>> subtasks = new ArrayList<>();
    private final long[] watermarks;
    private final KeySelector<I, K> key;
    private final Consumer<O> output;

    /** The state of all subtasks of some parallelism. */
    record Saved(OperatorSubtaskState state, int parallelism) {}

    /** {@code saved}: what to restore; null to start without state. */
    Subtasks(
            Supplier<OneInputStreamOperator<I, O>> operator,
            KeySelector<I, K> key,
            TypeInformation<K> keyType,
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
            KeyedOneInputStreamOperatorTestHarness<K, I, O> harness = new KeyedOneInputStreamOperatorTestHarness<>(
                    operator.get(), key, keyType, MAX_PARALLELISM, parallelism, subtask);
            if (rocksDb) {
                harness.setStateBackend(new EmbeddedRocksDBStateBackend());
            }
            harness.setup();
            if (saved != null) {
                harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        saved.state, MAX_PARALLELISM, saved.parallelism, parallelism, subtask));
            }
            harness.open();
            subtasks.add(harness);
        }
    }

    void arrive(I value) throws Exception {
        int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                key.getKey(value), MAX_PARALLELISM, subtasks.size());
        subtasks.get(owner).processElement(new StreamRecord<>(value));
    }

    /** Tells all subtasks, or just some of them, of a watermark: they need not be equally far. */
    void watermark(long watermark, boolean all, Random random) throws Exception {
        for (int i = 0; i < watermarks.length; i++) {
            if (watermark > watermarks[i] && (all || random.nextInt(3) > 0)) {
                subtasks.get(i).processWatermark(watermark);
                watermarks[i] = watermark;
                passOn(i);
            }
        }
    }

    private void passOn(int subtask) {
        Queue<Object> out = subtasks.get(subtask).getOutput();
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
        for (KeyedOneInputStreamOperatorTestHarness<K, I, O> harness : subtasks) {
            Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
            while (records != null && !records.isEmpty()) {
                taker.accept(records.poll().getValue());
            }
        }
    }

    Saved snapshot(long checkpoint) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = subtasks.get(i).snapshot(checkpoint, checkpoint);
        }
        return new Saved(AbstractStreamOperatorTestHarness.repackageState(states), states.length);
    }

    @Override
    public void close() throws Exception {
        for (KeyedOneInputStreamOperatorTestHarness<K, I, O> harness : subtasks) {
            harness.close();
        }
    }
}
