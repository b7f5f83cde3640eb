package io.touchstone.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids go by their UTF-8 bytes, whatever Java's chars say. */
class IdsTest {
    /** Code points at the edges of every length in UTF-8 and around the surrogates. */
    private static final int[] EDGES = {
        0, 1, '0', '9', 'A', 'a', 0x7F, 0x80, 0x7FF, 0x800, 0x4E00, 0xD7FF, 0xE000, 0xFF5A, 0xFFFD, 0xFFFF, 0x10000,
        0x1F600, 0x1F601, 0x103FF, 0x10400, 0x10FFFF
    };

    private static int byBytes(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private static void agrees(String a, String b) {
        assertThat(Integer.signum(Ids.compare(a, b))).as("%s and %s", a, b).isEqualTo(Integer.signum(byBytes(a, b)));
    }

    private static String id(Random random) {
        int length = random.nextInt(6);
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < length; i++) {
            id.appendCodePoint(EDGES[random.nextInt(EDGES.length)]);
        }
        return id.toString();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void goByTheirBytes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            String common = id(random);
            agrees(common + id(random), common + id(random));
        }
    }

    @Test
    void goByTheirBytesCharacterByCharacter() {
        for (int x : EDGES) {
            for (int y : EDGES) {
                String a = Character.toString(x);
                String b = Character.toString(y);
                agrees(a, b);
                agrees(a + "x", b);
                agrees("x" + a, "x" + b + a);
            }
        }
    }

    @Test
    void differFromJavasOrderBeyondTheBasicPlane() {
        assertThat("\uFF5A".compareTo("\uD83D\uDE00")).isPositive();
        assertThat(Ids.compare("\uFF5A", "\uD83D\uDE00")).isNegative();
        assertThat(Ids.compare("\uD83D\uDE00", "\uFF5A")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void sortAsTheirBytesSort(long seed) {
        Random random = new Random(seed);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            ids.add(id(random));
        }
        List<String> byBytes = new ArrayList<>(ids);
        byBytes.sort(IdsTest::byBytes);
        ids.sort(Ids.ORDER);
        assertThat(ids).isEqualTo(byBytes);
    }
}
