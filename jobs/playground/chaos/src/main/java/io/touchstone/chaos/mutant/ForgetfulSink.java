package io.touchstone.chaos.mutant;

import io.touchstone.io.TableRow;
import io.touchstone.io.TableSink;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** The tables' sink without its state: rows that wait for the database are in no checkpoint. */
final class ForgetfulSink implements Sink<TableRow> {
    private static final long serialVersionUID = 1;

    private final TableSink tables;

    ForgetfulSink(TableSink tables) {
        this.tables = tables;
    }

    @Override
    public SinkWriter<TableRow> createWriter(WriterInitContext context) {
        return tables.createWriter(context);
    }
}
