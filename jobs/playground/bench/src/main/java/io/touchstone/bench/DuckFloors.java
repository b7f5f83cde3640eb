package io.touchstone.bench;

import io.touchstone.policy.Policy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * What a user would write in SQL instead of a backtest: the floor and the literal floor at every payment, by one query of DuckDB in
 * this process, on all processors. The same candidates as ours, tiers and distinct buyers included, so it agrees wherever a floor is
 * CURRENT. An easier job than ours: no history of the floors between payments, no carried floors, no alerts; repeated events are
 * not told apart, nothing checks the input.
 */
final class DuckFloors implements AutoCloseable {
    private static final String COLUMNS = """
            {order_id: 'VARCHAR', status: 'VARCHAR', event_time: 'BIGINT', type: 'VARCHAR', buyer_id: 'VARCHAR', paid_at: 'BIGINT',
             lines: 'STRUCT(line_id VARCHAR, sku_id VARCHAR, quantity BIGINT, unit_price_micros BIGINT, currency VARCHAR, channel VARCHAR)[]'}""";

    /** {@code midnight(day(t) - 30)}: Shanghai is eight hours ahead of UTC, the whole year since 1992. */
    private static final String QUERY = """
            WITH line AS (
                SELECT order_id, status, event_time, buyer_id, paid_at, unnest(lines, recursive := true)
                FROM %s
                WHERE type = 'REGULAR' AND status IN ('PAID', 'SHIPPED')
            ), tiered AS (
                SELECT *, %s AS tier FROM line
            ), payment AS (
                SELECT *, ((paid_at + 28800000) // 86400000 - 30) * 86400000 - 28800000 AS since
                FROM tiered
                WHERE status = 'PAID'
            ), offer AS (
                SELECT payment.order_id, payment.line_id, deal.buyer_id, min(deal.unit_price_micros) AS least
                FROM payment JOIN tiered AS deal USING (sku_id, channel, currency)
                WHERE deal.status = 'SHIPPED'
                    AND deal.tier <= payment.tier
                    AND deal.event_time <= payment.paid_at
                    AND deal.paid_at >= payment.since
                    AND deal.paid_at < payment.paid_at
                GROUP BY ALL
            )
            SELECT order_id, line_id, unit_price_micros, min(least, %d)[%d] AS floor_micros, min(least) AS literal_floor_micros
            FROM payment LEFT JOIN offer USING (order_id, line_id)
            GROUP BY ALL""";

    private final Connection connection;

    /** {@code temporary}: where it may write what does not fit into its memory, which is as large as this JVM's heap. */
    DuckFloors(Path temporary) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        execute("SET memory_limit = '" + (Runtime.getRuntime().maxMemory() >> 20) + " MiB'");
        execute("SET temp_directory = '" + temporary + "'");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Parses a file into a table {@code orders}. */
    void load(Path orders) throws SQLException {
        execute("CREATE TABLE orders AS FROM " + json(orders));
    }

    /** Writes floors as a file, from a file of JSON. */
    void run(Path orders, Path floors) throws SQLException {
        write(json(orders), floors);
    }

    /** Writes floors as a file, from what was loaded. */
    void run(Path floors) throws SQLException {
        write("orders", floors);
    }

    private static String json(Path orders) {
        return "read_json('" + orders + "', format = 'newline_delimited', columns = " + COLUMNS + ")";
    }

    private void write(String source, Path floors) throws SQLException {
        int buyers = Policy.DEFAULT.price().minBuyers();
        execute("COPY (" + QUERY.formatted(source, tier(), buyers, buyers) + ") TO '" + floors + "' (HEADER)");
    }

    /** The largest tier that a quantity reaches. */
    private static String tier() {
        StringBuilder tier = new StringBuilder("CASE");
        List<Long> tiers = Policy.DEFAULT.price().tiers();
        for (int i = tiers.size() - 1; i >= 0; i--) {
            tier.append(" WHEN quantity >= ")
                    .append(tiers.get(i))
                    .append(" THEN ")
                    .append(tiers.get(i));
        }
        return tier.append(" END").toString();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
