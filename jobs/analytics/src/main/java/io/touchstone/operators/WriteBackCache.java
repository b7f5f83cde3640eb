package io.touchstone.operators;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo;

/**
 * The packed values of the keys that were used last, before a keyed state: such a key costs a look-up on the heap instead of a read
 * and a write of the state. A value that has changed is written when it makes room for others, and by {@link #flush} before every
 * checkpoint, so that the state is whole whenever anybody else sees it. Packed, because the garbage collector has less to do with a
 * million byte arrays than with the objects they stand for; and changed in place, so that a busy key leaves no old arrays.
 *
 * @param <K> the key
 */
final class WriteBackCache<K> {
    /** The caches of a task manager together take at most this share of its heap. */
    private static final int SHARE = 4;

    /** What an entry takes on the heap beside the bytes of its value, with a key of some 30 characters. */
    private static final int OVERHEAD_BYTES = 200;

    private final ValueState<byte[]> state;
    private final Consumer<K> currentKey;
    private final long capacity;
    private final LinkedHashMap<K, Entry> entries = new LinkedHashMap<>(1024, 0.75f, true);
    private long held;

    private final DataInputDeserializer before = new DataInputDeserializer();
    private final DataOutputSerializer after = new DataOutputSerializer(512);

    /** What becomes of a value. */
    @FunctionalInterface
    interface Change {
        /** Packs the new value; {@code before} is null if there was none, and false is returned if there is none any more. */
        boolean apply(DataInputView before, DataOutputView after) throws IOException;
    }

    /** A value with room to grow, and whether the state does not know it yet. */
    private static final class Entry {
        private static final int NONE = -1;

        private byte[] bytes = {};
        private int length = NONE;
        private boolean changed;

        private void set(byte[] from, int size) {
            if (size > bytes.length) {
                bytes = new byte[(size + 63) & ~31];
            }
            System.arraycopy(from, 0, bytes, 0, size);
            length = size;
        }

        private int bytes() {
            return OVERHEAD_BYTES + bytes.length;
        }
    }

    /**
     * A cache that holds nothing yet.
     *
     * @param currentKey makes a key the one that the state is read and written for
     * @param capacity about how many bytes of heap it may take
     */
    WriteBackCache(ValueState<byte[]> state, Consumer<K> currentKey, long capacity) {
        this.state = state;
        this.currentKey = currentKey;
        this.capacity = capacity;
    }

    /** What one task may take, by the heap of its task manager and the number of tasks of a kind that it runs. */
    static long shareOf(TaskManagerRuntimeInfo taskManager) {
        return Runtime.getRuntime().maxMemory()
                / SHARE
                / Math.max(1, taskManager.getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS));
    }

    /** Changes the value of a key, and makes room; any key may be the current one afterwards. */
    void update(K key, Change change) throws IOException {
        Entry entry = entries.get(key);
        if (entry == null) {
            currentKey.accept(key);
            entry = new Entry();
            byte[] kept = state.value();
            if (kept != null) {
                entry.set(kept, kept.length);
            }
            entries.put(key, entry);
        } else {
            held -= entry.bytes();
        }
        after.clear();
        before.setBuffer(entry.bytes, 0, Math.max(0, entry.length));
        if (change.apply(entry.length == Entry.NONE ? null : before, after)) {
            entry.set(after.getSharedBuffer(), after.length());
        } else {
            entry.length = Entry.NONE;
        }
        entry.changed = true;
        held += entry.bytes();
        Iterator<Map.Entry<K, Entry>> eldest = entries.entrySet().iterator();
        while (held > capacity) {
            Map.Entry<K, Entry> leaves = eldest.next();
            write(leaves.getKey(), leaves.getValue());
            held -= leaves.getValue().bytes();
            eldest.remove();
        }
    }

    /** Writes everything that the state does not know yet; another key may be the current one afterwards. */
    void flush() throws IOException {
        for (Map.Entry<K, Entry> entry : entries.entrySet()) {
            write(entry.getKey(), entry.getValue());
        }
    }

    private void write(K key, Entry entry) throws IOException {
        if (!entry.changed) {
            return;
        }
        currentKey.accept(key);
        if (entry.length == Entry.NONE) {
            state.clear();
        } else {
            state.update(Arrays.copyOf(entry.bytes, entry.length));
        }
        entry.changed = false;
    }

    /** About how many bytes of heap it takes. */
    long held() {
        return held;
    }
}
