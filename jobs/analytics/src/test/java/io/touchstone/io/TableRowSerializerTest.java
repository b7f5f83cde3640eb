package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.state.ReleasedState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.junit.jupiter.api.Test;

/** Rows in checkpoints, behind the version by which Flink keeps them. */
class TableRowSerializerTest {
    private static final TableRow ROW = new TableRow(
            Table.STANDING_HISTORY, Arrays.asList("厂 F1", "1705900000000", "GOOD", "WATCH", null, null, "v/1"));

    private final TableRowSerializer serializer = new TableRowSerializer();

    private final ReleasedState<TableRow> rows = new ReleasedState<>(
            "table-row",
            (row, out) -> SimpleVersionedSerialization.writeVersionAndSerialize(
                    serializer, row, new DataOutputViewStreamWrapper((DataOutputStream) out)),
            in -> SimpleVersionedSerialization.readVersionAndDeSerialize(
                    serializer, new DataInputViewStreamWrapper((DataInputStream) in)));

    @Test
    void rowsComeBackWithTheirNulls() {
        Map<String, TableRow> values = new LinkedHashMap<>();
        values.put("step", ROW);
        for (Table table : Table.values()) {
            List<String> full = new ArrayList<>();
            table.columns().forEach(column -> full.add(column.name() + " 值"));
            values.put(table.sqlName(), new TableRow(table, full));
            List<String> empty = new ArrayList<>(full);
            Collections.fill(empty.subList(table.keyColumns().size(), empty.size()), null);
            values.put(table.sqlName() + "-of-nulls", new TableRow(table, empty));
        }
        rows.isReadAsItWasWritten(values, row -> row);
        rows.refusesWhatIsNewer("000000630000000400000000", "rows of version 99 are unknown");
    }

    @Test
    void aColumnThatARowLacksIsNull() throws IOException {
        byte[] shorter = serializer.serialize(
                new TableRow(Table.STANDING_HISTORY, ROW.values().subList(0, 6)));
        assertThat(serializer.deserialize(1, shorter).values())
                .containsExactly("厂 F1", "1705900000000", "GOOD", "WATCH", null, null, null);
    }

    @Test
    void aColumnThatOnlyALaterReleaseKnowsIsRefused() throws IOException {
        List<String> longer = new ArrayList<>(ROW.values());
        longer.add("x");
        byte[] bytes = serializer.serialize(new TableRow(Table.STANDING_HISTORY, longer));
        assertThatThrownBy(() -> serializer.deserialize(1, bytes))
                .hasMessageContaining("a row of standing_history has 8 values, this program knows 7 columns");
    }
}
