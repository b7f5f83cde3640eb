package io.touchstone.io;

import io.touchstone.config.Options.DatabaseOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows into PostgreSQL at least once, as upserts that never go back in time: a batch holds one row per key, sorted by key
 * (parallel writers cannot deadlock), and is one transaction over all tables (no reader sees half of it). A batch is written when
 * it is full, when it is old enough, and at every checkpoint. A failing batch is tried again before the job restarts.
 */
public final class TableSink implements Sink<TableRow> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(TableSink.class);

    private final DatabaseOptions database;

    public TableSink(DatabaseOptions database) {
        this.database = database;
    }

    @Override
    public SinkWriter<TableRow> createWriter(WriterInitContext context) {
        return new Writer(
                context.getProcessingTimeService(), context.metricGroup().counter("rowsWritten"));
    }

    private final class Writer implements SinkWriter<TableRow> {
        private final ProcessingTimeService clock;
        private final Counter written;
        private final Map<TableRow, TableRow> batch = new TreeMap<>(TableRow.ORDER);
        private Connection connection;

        Writer(ProcessingTimeService clock, Counter written) {
            this.clock = clock;
            this.written = written;
            scheduleFlush();
        }

        private void scheduleFlush() {
            var unused = clock.registerTimer(
                    clock.getCurrentProcessingTime() + database.batchInterval().toMillis(), now -> {
                        flush(false);
                        scheduleFlush();
                    });
        }

        @Override
        public void write(TableRow row, Context context) throws IOException, InterruptedException {
            TableRow other = batch.remove(row);
            TableRow newest = other == null || row.replaces(other) ? row : other;
            batch.put(newest, newest);
            if (batch.size() >= database.batchRows()) {
                flush(false);
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            for (int attempt = 0; !batch.isEmpty(); attempt++) {
                try {
                    writeBatch();
                    written.inc(batch.size());
                    batch.clear();
                } catch (SQLException e) {
                    disconnect();
                    if (attempt == database.retries()) {
                        throw new IOException(batch.size() + " rows cannot be written to the database", e);
                    }
                    LOG.warn("Writing {} rows failed (attempt {}): {}", batch.size(), attempt + 1, e.getMessage());
                    Thread.sleep(1000L << Math.min(attempt, 5));
                }
            }
        }

        private void writeBatch() throws SQLException {
            if (connection == null) {
                connection = Database.open(database);
            }
            PreparedStatement statement = null;
            Table table = null;
            try {
                for (TableRow row : batch.keySet()) {
                    if (row.table() != table) {
                        execute(statement);
                        table = row.table();
                        statement = connection.prepareStatement(table.upsert());
                    }
                    bind(row, statement);
                    statement.addBatch();
                }
                execute(statement);
                statement = null;
                connection.commit();
            } finally {
                if (statement != null) {
                    statement.close();
                }
            }
        }

        private void execute(PreparedStatement statement) throws SQLException {
            if (statement != null) {
                statement.executeBatch();
                statement.close();
            }
        }

        private void bind(TableRow row, PreparedStatement statement) throws SQLException {
            for (int i = 0; i < row.values().size(); i++) {
                String value = row.values().get(i);
                switch (row.table().columns().get(i).type()) {
                    // PostgreSQL has no text with a NUL in it; such an id must not stop the job.
                    case TEXT, JSON -> statement.setString(i + 1, value == null ? null : value.replace('\0', '\uFFFD'));
                    case REAL -> statement.setObject(i + 1, value == null ? null : Double.valueOf(value), Types.DOUBLE);
                    case BOOLEAN ->
                        statement.setObject(i + 1, value == null ? null : Boolean.valueOf(value), Types.BOOLEAN);
                    case DATE -> statement.setObject(i + 1, value == null ? null : LocalDate.parse(value), Types.DATE);
                    case INTEGER -> {
                        if (value == null) {
                            statement.setNull(i + 1, Types.BIGINT);
                        } else {
                            statement.setLong(i + 1, Long.parseLong(value));
                        }
                    }
                    case TIME ->
                        statement.setObject(
                                i + 1,
                                value == null
                                        ? null
                                        : Instant.ofEpochMilli(Long.parseLong(value))
                                                .atOffset(ZoneOffset.UTC),
                                Types.TIMESTAMP_WITH_TIMEZONE);
                }
            }
        }

        private void disconnect() {
            if (connection != null) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    LOG.debug("Closing a broken connection failed", e);
                }
                connection = null;
            }
        }

        @Override
        public void close() {
            disconnect();
        }
    }
}
