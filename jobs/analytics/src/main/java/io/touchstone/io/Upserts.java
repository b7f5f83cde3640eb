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
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Upserts batches of rows, each batch in one transaction over all tables: no reader sees half of it. For one thread, but for {@link
 * #isStruggling} and {@link #close}.
 */
final class Upserts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upserts.class);

    private final DatabaseOptions database;
    private volatile Connection connection;
    private volatile boolean struggling;
    private volatile boolean closed;

    Upserts(DatabaseOptions database) {
        this.database = database;
    }

    /**
     * Writes a batch, and tries again when that fails.
     *
     * @param rows one per key, sorted by key, so that parallel writers cannot deadlock
     * @throws IOException if it failed as often as the options allow
     */
    void upsert(Collection<TableRow> rows) throws IOException, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                write(rows);
                struggling = false;
                return;
            } catch (SQLException e) {
                disconnect();
                if (closed || attempt == database.retries()) {
                    throw new IOException(rows.size() + " rows cannot be written to the database", e);
                }
                struggling = true;
                LOG.warn("Writing {} rows failed (attempt {}): {}", rows.size(), attempt + 1, e.getMessage());
                Thread.sleep(1000L << Math.min(attempt, 5));
            }
        }
    }

    /** Whether the newest attempt failed. */
    boolean isStruggling() {
        return struggling;
    }

    private void write(Collection<TableRow> rows) throws SQLException {
        if (connection == null) {
            connection = Database.open(database);
        }
        PreparedStatement statement = null;
        Table table = null;
        try {
            for (TableRow row : rows) {
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
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.debug("Closing a broken connection failed", e);
            }
        }
    }

    /** Ends it, whatever it is waiting for. */
    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            try {
                // Unlike close, it does not wait for an answer.
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("Aborting a connection failed", e);
            }
        }
    }
}
