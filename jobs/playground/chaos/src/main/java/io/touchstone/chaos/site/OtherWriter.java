package io.touchstone.chaos.site;

import io.touchstone.playground.cluster.DatabaseServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Writes rows of {@code price_floor} again as they are, in batches: a second job on the same rows, without one's own news. */
public final class OtherWriter implements AutoCloseable {
    private static final int BATCH = 300;

    private final Site site;
    private final boolean sorts;
    private final Thread thread = new Thread(this::write, "other-writer");
    private volatile boolean closed;
    private volatile int batches;

    /** A row by its key, in the order in which batches are sorted. */
    private record Key(String sku, String channel, String currency, long tier) {}

    /** {@code sorts}: whether batches are sorted by key, as they have to be. */
    public OtherWriter(Site site, boolean sorts) {
        this.site = site;
        this.sorts = sorts;
        thread.setDaemon(true);
        thread.start();
    }

    private void write() {
        int written = 0;
        while (!closed) {
            try (Connection connection = site.database(DatabaseServer.OWNER)) {
                connection.setAutoCommit(false);
                while (!closed) {
                    write(connection);
                    batches = ++written;
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (SQLException | IOException cut) {
                // Connections are cut here; a deadlock is counted by the database.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void write(Connection connection) throws SQLException {
        List<Key> keys = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT sku_id, channel, currency, min_quantity FROM price_floor"
                                + " ORDER BY since DESC LIMIT " + BATCH)) {
            while (rows.next()) {
                keys.add(new Key(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4)));
            }
        }
        keys.sort(java.util.Comparator.comparing(Key::sku)
                .thenComparing(Key::channel)
                .thenComparing(Key::currency)
                .thenComparing(Key::tier));
        if (!sorts) {
            Collections.reverse(keys);
        }
        try (PreparedStatement update = connection.prepareStatement("UPDATE price_floor SET status = status"
                + " WHERE sku_id = ? AND channel = ? AND currency = ? AND min_quantity = ?")) {
            for (Key key : keys) {
                update.setString(1, key.sku());
                update.setString(2, key.channel());
                update.setString(3, key.currency());
                update.setLong(4, key.tier());
                update.addBatch();
            }
            update.executeBatch();
        }
        connection.commit();
    }

    /** How many batches were written. */
    public int batches() {
        return batches;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
    }
}
