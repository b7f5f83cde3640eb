package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.state.ValueState;
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

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 5_000, 1_000_000})
    void answersAsTheStateWould(long capacity) throws Exception {
        WriteBackCache<String> cache = new WriteBackCache<>(state, key -> current = key, capacity);
        Map<String, byte[]> expected = new HashMap<>();
        SplittableRandom random = new SplittableRandom(capacity);
        for (int i = 0; i < 10_000; i++) {
            current = "key-" + random.nextInt(50);
            String key = current;
            assertThat(cache.get(key)).isEqualTo(expected.get(key));
            byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(300)];
            cache.put(key, value);
            expected.put(key, value);
            assertThat(cache.held()).isBetween(0L, capacity);
            if (i % 1_000 == 999) {
                cache.flush();
                expected.values().removeIf(gone -> gone == null);
                assertThat(kept).containsExactlyInAnyOrderEntriesOf(expected);
            }
        }
    }

    @Test
    void asksTheStateOncePerKey() throws Exception {
        WriteBackCache<String> cache = new WriteBackCache<>(state, key -> current = key, 1_000_000);
        for (int i = 0; i < 1_000; i++) {
            current = "key-" + i % 50;
            cache.get(current);
            cache.put(current, new byte[] {(byte) i});
        }
        assertThat(reads).isEqualTo(50);
        assertThat(kept).isEmpty();
    }
}
