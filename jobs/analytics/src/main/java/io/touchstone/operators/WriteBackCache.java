package io.touchstone.operators;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo;

/**
 * The values of the keys that were used last, decoded, in front of a keyed state: such a key costs a look-up instead of a read, a
 * decoding, an encoding and a write. A value that has changed is written when it makes room for others, and by {@link #flush()}
 * before every checkpoint, so that the state is whole whenever anybody else sees it.
 *
 * @param <K> the key
 * @param <V> its value, which may change in place
 */
final class WriteBackCache<K, V> {
    /** The caches of a task manager together take at most this share of its heap. */
    private static final int SHARE = 4;

    private final Store<K, V> store;
    private final long capacity;
    private final LinkedHashMap<K, Entry<V>> entries = new LinkedHashMap<>(1024, 0.75f, true);
    private long held;

    /** The state behind. */
    interface Store<K, V> {
        /** The value of the current key; a new one if there is none. */
        V read(K key) throws Exception;

        /** Makes a key the current one, and writes its value. */
        void write(K key, V value) throws Exception;

        /** About what a value takes on the heap. */
        int heapBytes(V value);
    }

    /** A value, and whether the state knows it. */
    static final class Entry<V> {
        final V value;
        private int bytes;
        private boolean changed;

        private Entry(V value) {
            this.value = value;
        }
    }

    /** {@code capacity}: about how many bytes of heap the values may take; one value is held however large it is. */
    WriteBackCache(Store<K, V> store, long capacity) {
        this.store = store;
        this.capacity = capacity;
    }

    /** What one task may take, by the heap of its task manager and the number of tasks of a kind that it runs. */
    static long shareOf(TaskManagerRuntimeInfo taskManager) {
        return Runtime.getRuntime().maxMemory()
                / SHARE
                / Math.max(1, taskManager.getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS));
    }

    /** The value of the current key. */
    Entry<V> get(K key) throws Exception {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            entry = new Entry<>(store.read(key));
            entries.put(key, entry);
        }
        return entry;
    }

    /** Tells that a value has changed, and makes room; another key may be the current one afterwards. */
    void changed(Entry<V> entry) throws Exception {
        int bytes = store.heapBytes(entry.value);
        held += bytes - entry.bytes;
        entry.bytes = bytes;
        entry.changed = true;
        Iterator<Map.Entry<K, Entry<V>>> eldest = entries.entrySet().iterator();
        while (held > capacity && entries.size() > 1) {
            Map.Entry<K, Entry<V>> leaves = eldest.next();
            write(leaves.getKey(), leaves.getValue());
            held -= leaves.getValue().bytes;
            eldest.remove();
        }
    }

    /** Writes everything that the state does not know yet; another key may be the current one afterwards. */
    void flush() throws Exception {
        for (Map.Entry<K, Entry<V>> entry : entries.entrySet()) {
            write(entry.getKey(), entry.getValue());
        }
    }

    private void write(K key, Entry<V> entry) throws Exception {
        if (entry.changed) {
            store.write(key, entry.value);
            entry.changed = false;
        }
    }

    /** About how many bytes of heap the values take. */
    long held() {
        return held;
    }
}
