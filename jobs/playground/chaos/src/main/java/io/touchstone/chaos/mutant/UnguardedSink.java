package io.touchstone.chaos.mutant;

import io.touchstone.io.Table;
import io.touchstone.io.TableRow;
import io.touchstone.io.TableSink;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The tables' sink where the newest row of a key may be replaced by an older one. */
final class UnguardedSink implements Sink<TableRow>, SupportsWriterState<TableRow, TableRow> {
    private static final long serialVersionUID = 1;

    private final TableSink tables;

    UnguardedSink(TableSink tables) {
        this.tables = tables;
    }

    @Override
    public StatefulSinkWriter<TableRow, TableRow> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<TableRow, TableRow> restoreWriter(WriterInitContext context, Collection<TableRow> waiting)
            throws IOException {
        try {
            for (Table table : Table.values()) {
                MutantJob.field(Table.class, "guard").setInt(table, -1);
            }
        } catch (ReflectiveOperationException e) {
            throw new IOException(e);
        }
        return tables.restoreWriter(context, waiting);
    }

    @Override
    public SimpleVersionedSerializer<TableRow> getWriterStateSerializer() {
        return tables.getWriterStateSerializer();
    }
}
