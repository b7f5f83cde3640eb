package io.touchstone.chaos.site;

import io.touchstone.playground.cluster.DatabaseServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the tables that keep the newest row of a key, twice a second, and remembers the highest version it has seen of each: no
 * row may ever have a lower one. Floors are watched of the items that sell best.
 */
public final class VersionWatch implements AutoCloseable {
    private static final String VERSIONS = """
            SELECT 'alert ' || alert_id, revision::bigint FROM alert
            UNION ALL
            SELECT 'score ' || factory_id, (day - DATE '2000-01-01')::bigint FROM factory_score
            UNION ALL
            SELECT 'floor ' || sku_id || ' ' || channel || ' ' || currency || ' ' || min_quantity,
                   (extract(epoch FROM since) * 1000)::bigint
            FROM price_floor WHERE sku_id IN (SELECT 'sku-' || i FROM generate_series(0, 99) AS i)
            """;

    private final Site site;
    private final Map<String, Long> highest = new HashMap<>();
    private final Thread thread = new Thread(this::watch, "version-watch");
    private volatile boolean closed;
    private volatile String first;
    private int looks;
    private int regressions;

    public VersionWatch(Site site) {
        this.site = site;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        Connection connection = null;
        while (!closed) {
            try {
                if (connection == null) {
                    connection = site.database(DatabaseServer.READER);
                }
                look(connection);
                TimeUnit.MILLISECONDS.sleep(500);
            } catch (SQLException | IOException e) {
                // Whatever happens to the database, it is asked again.
                connection = null;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(10);
            try (ResultSet rows = statement.executeQuery(VERSIONS)) {
                while (rows.next()) {
                    long version = rows.getLong(2);
                    long before = highest.merge(rows.getString(1), version, Math::max);
                    if (version < before) {
                        regressions++;
                        first = first == null ? rows.getString(1) + " from " + before + " to " + version : first;
                    }
                }
            }
        }
        looks++;
    }

    /** How often it has looked. */
    public synchronized int looks() {
        return looks;
    }

    /** How often a row was of a lower version than seen before. */
    public synchronized int regressions() {
        return regressions;
    }

    /** The first such row, and its versions; null if there was none. */
    public String first() {
        return first;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
    }
}
