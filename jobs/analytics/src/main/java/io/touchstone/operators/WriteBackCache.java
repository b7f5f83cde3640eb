package io.touchstone.operators;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo;

/**
 * The packed values of the keys that were used last, before a keyed state: such a key costs a look-up on the heap instead of a read
 * and a write of the state. A value that has changed is written when it makes room for others, and by {@link #flush} before every
 * checkpoint, so that the state is whole whenever anybody else sees it. Packed, because the garbage collector has less to do with a
 * million byte arrays than with the objects they stand for.
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

    /** A value, null if there is none, and whether the state does not know it yet. */
    private static final class Entry {
        private byte[] value;
        private boolean changed;

        private Entry(byte[] value) {
            this.value = value;
        }

        private int bytes() {
            return OVERHEAD_BYTES + (value == null ? 0 : value.length);
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

    /** The value of a key, which has to be the current one; null if there is none. */
    byte[] get(K key) throws IOException {
        Entry entry = entries.get(key);
        return entry == null ? state.value() : entry.value;
    }

    /** Takes a key's new value, null for none, and makes room; another key may be the current one afterwards. */
    void put(K key, byte[] value) throws IOException {
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = new Entry(value);
            entries.put(key, entry);
        } else {
            held -= entry.bytes();
            entry.value = value;
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
        if (entry.value == null) {
            state.clear();
        } else {
            state.update(entry.value);
        }
        entry.changed = false;
    }

    /** About how many bytes of heap it takes. */
    long held() {
        return held;
    }
}
