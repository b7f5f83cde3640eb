package io.touchstone.chaos.mutant;

import io.touchstone.io.TableRow;
import io.touchstone.io.TableSink;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;

/** The tables' sink without its state: rows that wait for the database are in no checkpoint. It may be slow too, or leak. */
final class CarelessSink implements Sink<TableRow> {
    private static final long serialVersionUID = 1;
    private static final int LEAK_BYTES = 8 << 20;
    /** Memory that the JVM does not count. */
    private static final List<MemorySegment> LEAKED = new CopyOnWriteArrayList<>();

    private static final long SLOW_MS = 5;

    private final TableSink tables;
    private final Mutation mutation;

    CarelessSink(TableSink tables, Mutation mutation) {
        this.tables = tables;
        this.mutation = mutation;
    }

    @Override
    public SinkWriter<TableRow> createWriter(WriterInitContext context) {
        SinkWriter<TableRow> writer = tables.createWriter(context);
        return new SinkWriter<>() {
            @Override
            public void write(TableRow row, Context rowContext) throws IOException, InterruptedException {
                if (mutation == Mutation.SLOW_ROWS) {
                    Thread.sleep(SLOW_MS);
                }
                writer.write(row, rowContext);
            }

            @Override
            public void flush(boolean endOfInput) throws IOException, InterruptedException {
                if (mutation == Mutation.LEAKS) {
                    leak();
                }
                writer.flush(endOfInput);
            }

            @Override
            public void close() throws Exception {
                writer.close();
            }
        };
    }

    private static void leak() {
        MemorySegment segment = MemorySegmentFactory.allocateOffHeapUnsafeMemory(LEAK_BYTES);
        segment.put(0, new byte[LEAK_BYTES]);
        LEAKED.add(segment);
    }
}
