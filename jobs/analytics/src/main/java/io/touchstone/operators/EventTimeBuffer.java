package io.touchstone.operators;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;

/**
 * What has come in and waits for the watermark, on the heap: at most what arrives within {@code max_out_of_orderness} plus the
 * drift that watermark alignment allows. A checkpoint writes it per key group, with the watermark behind which everything was
 * already folded, so that it survives a restore at any parallelism.
 */
final class EventTimeBuffer<K, T> {
    private static final long BUCKET_MS = 1000;
    private static final int VERSION = 1;

    private final Function<T, K> key;
    private final ToLongFunction<T> time;
    private final KeyGroupRange keyGroups;
    private final int maxParallelism;
    private final PackedType.Writer<T> writer;
    private final PackedType.Reader<T> reader;

    private final TreeMap<Long, List<T>> buckets = new TreeMap<>();
    private final long[] takenThrough;
    private int size;

    EventTimeBuffer(
            TaskInfo task,
            Function<T, K> key,
            ToLongFunction<T> time,
            PackedType.Writer<T> writer,
            PackedType.Reader<T> reader) {
        this.key = key;
        this.time = time;
        this.writer = writer;
        this.reader = reader;
        maxParallelism = task.getMaxNumberOfParallelSubtasks();
        keyGroups = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                maxParallelism, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
        takenThrough = new long[keyGroups.getNumberOfKeyGroups()];
        Arrays.fill(takenThrough, Long.MIN_VALUE);
    }

    /** The instant through which everything of all keys here was taken before a restore; {@link Long#MIN_VALUE} if nothing was. */
    long takenThrough() {
        return Arrays.stream(takenThrough).min().orElse(Long.MIN_VALUE);
    }

    /** The instant through which everything of this value's key was folded before a restore. */
    long takenThrough(T value) {
        return takenThrough[keyGroup(value) - keyGroups.getStartKeyGroup()];
    }

    private int keyGroup(T value) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key.apply(value), maxParallelism);
    }

    void add(T value) {
        buckets.computeIfAbsent(Math.floorDiv(time.applyAsLong(value), BUCKET_MS), bucket -> new ArrayList<>())
                .add(value);
        size++;
    }

    int size() {
        return size;
    }

    /** The instant of the first value; {@link Long#MAX_VALUE} if there is none. */
    long first() {
        return buckets.isEmpty()
                ? Long.MAX_VALUE
                : buckets.firstEntry().getValue().stream().mapToLong(time).min().orElseThrow();
    }

    /** Takes out everything up to and including an instant, by key. */
    Map<K, List<T>> drain(long through) {
        Map<K, List<T>> due = new HashMap<>();
        while (!buckets.isEmpty() && buckets.firstKey() <= Math.floorDiv(through, BUCKET_MS)) {
            Map.Entry<Long, List<T>> bucket = buckets.pollFirstEntry();
            List<T> rest = new ArrayList<>();
            for (T value : bucket.getValue()) {
                if (time.applyAsLong(value) <= through) {
                    due.computeIfAbsent(key.apply(value), k -> new ArrayList<>(2))
                            .add(value);
                    size--;
                } else {
                    rest.add(value);
                }
            }
            if (!rest.isEmpty()) {
                buckets.put(bucket.getKey(), rest);
                break;
            }
        }
        return due;
    }

    void snapshot(KeyedStateCheckpointOutputStream out, long watermark) throws Exception {
        Map<Integer, List<T>> byKeyGroup = new HashMap<>();
        for (List<T> bucket : buckets.values()) {
            for (T value : bucket) {
                byKeyGroup
                        .computeIfAbsent(keyGroup(value), g -> new ArrayList<>())
                        .add(value);
            }
        }
        DataOutputStream data = new DataOutputStream(out);
        for (int keyGroup : keyGroups) {
            out.startNewKeyGroup(keyGroup);
            List<T> values = byKeyGroup.getOrDefault(keyGroup, List.of());
            data.writeByte(VERSION);
            data.writeLong(Math.max(watermark, takenThrough[keyGroup - keyGroups.getStartKeyGroup()]));
            data.writeInt(values.size());
            for (T value : values) {
                writer.write(value, data);
            }
            data.flush();
        }
    }

    void restore(Iterable<KeyGroupStatePartitionStreamProvider> keyGroupStreams) throws IOException {
        for (KeyGroupStatePartitionStreamProvider stream : keyGroupStreams) {
            DataInputStream data = new DataInputStream(stream.getStream());
            int version = data.readByte();
            if (version != VERSION) {
                throw new IOException("a buffer of version " + version + " is newer than this program");
            }
            takenThrough[stream.getKeyGroupId() - keyGroups.getStartKeyGroup()] = data.readLong();
            for (int rest = data.readInt(); rest > 0; rest--) {
                add(reader.read(data));
            }
        }
    }
}
