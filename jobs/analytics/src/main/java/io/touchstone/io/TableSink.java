package io.touchstone.io;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.metrics.JobMetrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Writes rows into PostgreSQL at least once, as upserts that never go back in time. A batch is written when it is full, when it is
 * old enough, and at every checkpoint; it holds one row per key. While the database is away rows wait, one per key, and go into the
 * checkpoints, so that alerts need not wait for it; when too many wait, everything does.
 */
public final class TableSink implements Sink<TableRow>, SupportsWriterState<TableRow, TableRow> {
    private static final long serialVersionUID = 1;

    /** More batches than this never wait in memory and in checkpoints. */
    private static final int WAITING_BATCHES = 50;

    /** A checkpoint waits so long for a database that works; so long at most alerts are later for it. */
    private static final long CHECKPOINT_WAITS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long GLANCE_MS = 50;

    private static final long NOTHING_WAITS = Long.MAX_VALUE;

    private final DatabaseOptions database;

    public TableSink(DatabaseOptions database) {
        this.database = database;
    }

    @Override
    public StatefulSinkWriter<TableRow, TableRow> createWriter(WriterInitContext context) {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<TableRow, TableRow> restoreWriter(
            WriterInitContext context, Collection<TableRow> waiting) {
        return new Writer(context.getProcessingTimeService(), JobMetrics.of(context.metricGroup()), waiting);
    }

    @Override
    public SimpleVersionedSerializer<TableRow> getWriterStateSerializer() {
        return new TableRowSerializer();
    }

    private final class Writer implements StatefulSinkWriter<TableRow, TableRow> {
        private final ProcessingTimeService clock;
        private final Counter written;
        private final Upserts upserts = new Upserts(database);
        private final ExecutorService background = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "write-tables");
            thread.setDaemon(true);
            return thread;
        });

        /** What has not been handed to the background yet. */
        private SortedMap<TableRow, TableRow> waiting = new TreeMap<>(TableRow.ORDER);

        /** What the background writes. */
        private Collection<TableRow> batch = List.of();

        private Future<?> writing;

        /** When, by the wall clock, the oldest row came that waits, and that the background writes. */
        private long waitingCame = NOTHING_WAITS;

        private long batchCame = NOTHING_WAITS;

        /** For the metrics, which other threads read. */
        private volatile long oldestCame = NOTHING_WAITS;

        private volatile int rowsWaiting;

        Writer(ProcessingTimeService clock, MetricGroup metrics, Collection<TableRow> restored) {
            this.clock = clock;
            written = metrics.counter("rowsWritten");
            metrics.gauge("rowsWaiting", () -> rowsWaiting);
            metrics.gauge("tablesBehindMillis", () -> oldestCame == NOTHING_WAITS ? 0 : now() - oldestCame);
            restored.forEach(this::await);
            scheduleFlush();
        }

        private void scheduleFlush() {
            var unused = clock.registerTimer(now() + database.batchInterval().toMillis(), now -> {
                hand();
                scheduleFlush();
            });
        }

        private void await(TableRow row) {
            TableRow other = waiting.remove(row);
            TableRow newest = other == null || row.replaces(other) ? row : other;
            waiting.put(newest, newest);
            if (waitingCame == NOTHING_WAITS) {
                waitingCame = now();
            }
            tell();
        }

        private long now() {
            return clock.getCurrentProcessingTime();
        }

        private void tell() {
            rowsWaiting = waiting.size() + batch.size();
            oldestCame = Math.min(batchCame, waitingCame);
        }

        @Override
        public void write(TableRow row, Context context) throws IOException, InterruptedException {
            await(row);
            if (waiting.size() >= database.batchRows()) {
                hand();
            }
            while (waiting.size() >= WAITING_BATCHES * database.batchRows()) {
                glance();
                hand();
            }
        }

        /** Lets the background write what waits, unless it is still at the last batch. */
        private void hand() throws IOException, InterruptedException {
            if (writing != null && writing.isDone()) {
                settle();
            }
            if (writing == null && !waiting.isEmpty()) {
                Collection<TableRow> next = waiting.keySet();
                waiting = new TreeMap<>(TableRow.ORDER);
                batch = next;
                batchCame = waitingCame;
                waitingCame = NOTHING_WAITS;
                writing = background.submit(() -> {
                    upserts.upsert(next);
                    return null;
                });
            }
        }

        private void settle() throws IOException, InterruptedException {
            try {
                writing.get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
            written.inc(batch.size());
            batch = List.of();
            batchCame = NOTHING_WAITS;
            writing = null;
            tell();
        }

        private void glance() throws InterruptedException {
            try {
                writing.get(GLANCE_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException notNow) {
                // Looked at when it is settled.
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + CHECKPOINT_WAITS_NANOS;
            hand();
            while (writing != null && (endOfInput || (!upserts.isStruggling() && System.nanoTime() < deadline))) {
                glance();
                hand();
            }
        }

        @Override
        public List<TableRow> snapshotState(long checkpointId) {
            List<TableRow> state = new ArrayList<>(batch);
            state.addAll(waiting.keySet());
            return state;
        }

        @Override
        public void close() {
            background.shutdownNow();
            upserts.close();
        }
    }
}
