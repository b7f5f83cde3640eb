package io.touchstone.io;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Rows that wait for the database, as a checkpoint keeps them: the table's name, then each value by its length and UTF-8 bytes. */
final class TableRowSerializer implements SimpleVersionedSerializer<TableRow> {
    private static final int VERSION = 1;
    private static final int NULL = -1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(TableRow row) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(row.table().sqlName());
        out.writeInt(row.values().size());
        for (String value : row.values()) {
            if (value == null) {
                out.writeInt(NULL);
            } else {
                byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
                out.writeInt(utf8.length);
                out.write(utf8);
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public TableRow deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("rows of version " + version + " are unknown: the checkpoint is of a newer release");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        Table table = Table.valueOf(in.readUTF().toUpperCase(java.util.Locale.ROOT));
        int size = in.readInt();
        List<String> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            int length = in.readInt();
            values.add(length == NULL ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        int columns = table.columns().size();
        if (size > columns) {
            throw new IOException("a row of " + table.sqlName() + " has " + size + " values, this program knows "
                    + columns + " columns: the checkpoint is of a newer release");
        }
        // A column that a later release added stands last and may be null.
        values.addAll(Collections.nCopies(columns - size, null));
        return new TableRow(table, values);
    }
}
