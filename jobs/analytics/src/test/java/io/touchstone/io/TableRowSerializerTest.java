package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TableRowSerializerTest {
    /** A row of standing_history as version 1 wrote it; what is in checkpoints stays readable. */
    private static final String VERSION_1 =
            "ABBzdGFuZGluZ19oaXN0b3J5AAAABwAAAAbljoIgRjEAAAANMTcwNTkwMDAwMDAwMAAAAARHT09EAAAABVdBVENI//////////8AAAADdi8x";

    private static final TableRow ROW = new TableRow(
            Table.STANDING_HISTORY, Arrays.asList("厂 F1", "1705900000000", "GOOD", "WATCH", null, null, "v/1"));

    private final TableRowSerializer serializer = new TableRowSerializer();

    @Test
    void keepsARowWithItsNulls() throws IOException {
        assertThat(serializer.deserialize(1, serializer.serialize(ROW))).isEqualTo(ROW);
    }

    @Test
    void readsWhatVersion1Wrote() throws IOException {
        assertThat(serializer.deserialize(1, Base64.getDecoder().decode(VERSION_1)))
                .isEqualTo(ROW);
    }

    @Test
    void refusesAnUnknownVersion() {
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[0])).hasMessageContaining("version 2");
    }
}
