package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.state.Packed;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever its size, a cache answers what was put last, and leaves the state as if there were none. */
class WriteBackCacheTest {
    private final Map<String, byte[]> kept = new HashMap<>();
    private String current;
    private int reads;

    private final ValueState<byte[]> state = new ValueState<>() {
        @Override
        public byte[] value() {
            reads++;
            return kept.get(current);
        }

        @Override
        public void update(byte[] value) {
            kept.put(current, value);
        }

        @Override
        public void clear() {
            kept.remove(current);
        }
    };

    private static byte[] bytes(DataInputView in) throws IOException {
        return in == null ? null : Packed.readBytes(in);
    }

    private static boolean put(byte[] value, DataOutputView out) throws IOException {
        if (value != null) {
            Packed.writeBytes(value, out);
        }
        return value != null;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 5_000, 1_000_000})
    void answersAsTheStateWould(long capacity) throws Exception {
        WriteBackCache<String> cache = new WriteBackCache<>(state, key -> current = key, capacity);
        Map<String, byte[]> expected = new HashMap<>();
        SplittableRandom random = new SplittableRandom(capacity);
        for (int i = 0; i < 10_000; i++) {
            String key = "key-" + random.nextInt(50);
            byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(300)];
            cache.update(key, (before, after) -> {
                assertThat(bytes(before)).isEqualTo(expected.get(key));
                return put(value, after);
            });
            expected.put(key, value);
            assertThat(cache.held()).isBetween(0L, capacity);
            if (i % 1_000 == 999) {
                cache.flush();
                expected.values().removeIf(gone -> gone == null);
                assertThat(kept.keySet()).isEqualTo(expected.keySet());
                for (Map.Entry<String, byte[]> entry : kept.entrySet()) {
                    assertThat(bytes(Bytes.in(entry.getValue()))).isEqualTo(expected.get(entry.getKey()));
                }
            }
        }
    }

    @Test
    void asksTheStateOncePerKey() throws Exception {
        WriteBackCache<String> cache = new WriteBackCache<>(state, key -> current = key, 1_000_000);
        for (int i = 0; i < 1_000; i++) {
            byte[] value = {(byte) i};
            cache.update("key-" + i % 50, (before, after) -> put(value, after));
        }
        assertThat(reads).isEqualTo(50);
        assertThat(kept).isEmpty();
    }
}
