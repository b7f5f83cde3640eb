package io.touchstone.operators;

import java.io.BufferedInputStream;
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
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;

/**
 * What has come in and waits for the watermark, on the heap: at most what arrives within {@code max_out_of_orderness} plus the
 * drift that watermark alignment allows. It waits packed, some 150 bytes an event, in a page per second of event time: objects
 * would take several times that, and the garbage collector would copy them again and again. A checkpoint writes it per key group,
 * with the watermark behind which everything was already folded, so that it survives a restore at any parallelism.
 */
final class EventTimeBuffer<K, T> {
    private static final long PAGE_MS = 1000;
    private static final int VERSION = 1;

    private final Function<T, K> key;
    private final ToLongFunction<T> time;
    private final KeyGroupRange keyGroups;
    private final int maxParallelism;
    private final PackedType.Writer<T> writer;
    private final PackedType.Reader<T> reader;

    private final TreeMap<Long, Page> pages = new TreeMap<>();
    private final long[] takenThrough;
    private int size;

    /** Values of one second: the key group of each, its time, its length, its bytes. */
    private static final class Page {
        private final DataOutputSerializer out = new DataOutputSerializer(512);
        private long first = Long.MAX_VALUE;

        <T> void add(T value, int keyGroup, long at, PackedType.Writer<T> writer) throws IOException {
            int begin = begin(keyGroup, at);
            writer.write(value, out);
            out.writeIntUnsafe(out.length() - begin, begin - Integer.BYTES);
        }

        void add(int keyGroup, long at, byte[] packed) throws IOException {
            int begin = begin(keyGroup, at);
            out.write(packed);
            out.writeIntUnsafe(packed.length, begin - Integer.BYTES);
        }

        private int begin(int keyGroup, long at) throws IOException {
            first = Math.min(first, at);
            out.writeShort(keyGroup);
            out.writeLong(at);
            out.writeInt(0);
            return out.length();
        }

        DataInputDeserializer in() {
            return new DataInputDeserializer(out.getSharedBuffer(), 0, out.length());
        }
    }

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

    void add(T value) throws IOException {
        long at = time.applyAsLong(value);
        page(at).add(value, keyGroup(value), at, writer);
        size++;
    }

    private Page page(long at) {
        return pages.computeIfAbsent(Math.floorDiv(at, PAGE_MS), second -> new Page());
    }

    int size() {
        return size;
    }

    /** The instant of the first value; {@link Long#MAX_VALUE} if there is none. */
    long first() {
        return pages.isEmpty() ? Long.MAX_VALUE : pages.firstEntry().getValue().first;
    }

    /** Takes out everything up to and including an instant, by key. */
    Map<K, List<T>> drain(long through) throws IOException {
        Map<K, List<T>> due = new HashMap<>();
        while (!pages.isEmpty() && first() <= through) {
            DataInputDeserializer in = pages.pollFirstEntry().getValue().in();
            while (in.available() > 0) {
                int keyGroup = in.readUnsignedShort();
                long at = in.readLong();
                int length = in.readInt();
                if (at <= through) {
                    T value = reader.read(in);
                    due.computeIfAbsent(key.apply(value), k -> new ArrayList<>(2))
                            .add(value);
                    size--;
                } else {
                    page(at).add(keyGroup, at, bytes(in, length));
                }
            }
        }
        return due;
    }

    private static byte[] bytes(DataInputDeserializer in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    void snapshot(KeyedStateCheckpointOutputStream out, long watermark) throws Exception {
        DataOutputSerializer[] values = new DataOutputSerializer[keyGroups.getNumberOfKeyGroups()];
        Arrays.setAll(values, i -> new DataOutputSerializer(64));
        int[] sizes = new int[values.length];
        for (Page page : pages.values()) {
            for (DataInputDeserializer in = page.in(); in.available() > 0; ) {
                int i = in.readUnsignedShort() - keyGroups.getStartKeyGroup();
                in.readLong();
                values[i].write(bytes(in, in.readInt()));
                sizes[i]++;
            }
        }
        DataOutputStream data = new DataOutputStream(out);
        for (int keyGroup : keyGroups) {
            int i = keyGroup - keyGroups.getStartKeyGroup();
            out.startNewKeyGroup(keyGroup);
            data.writeByte(VERSION);
            data.writeLong(Math.max(watermark, takenThrough[i]));
            data.writeInt(sizes[i]);
            data.write(values[i].getSharedBuffer(), 0, values[i].length());
            data.flush();
        }
    }

    void restore(Iterable<KeyGroupStatePartitionStreamProvider> keyGroupStreams) throws IOException {
        for (KeyGroupStatePartitionStreamProvider stream : keyGroupStreams) {
            // Files are not buffered here; what is read too far ahead is sought again by the next key group.
            DataInputStream data = new DataInputStream(new BufferedInputStream(stream.getStream()));
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
