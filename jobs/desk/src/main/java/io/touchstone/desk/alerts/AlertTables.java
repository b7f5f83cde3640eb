package io.touchstone.desk.alerts;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.Database;
import io.touchstone.price.PriceKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** What the tables know about alerts, read only. */
public final class AlertTables implements AutoCloseable {
    private final Connection connection;

    private AlertTables(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @throws ConfigException if the database does not answer or does not let the user in
     */
    public static AlertTables open(DatabaseOptions database) {
        try {
            Connection connection = Database.open(database);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return new AlertTables(connection);
        } catch (SQLException e) {
            throw new ConfigException(
                    "database.url " + database.url() + " as " + database.user() + ": " + e.getMessage());
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** How a row becomes what is asked for. */
    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(Row<T> row, String sql, Object... arguments) throws SQLException {
        List<T> found = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                query.setObject(i + 1, arguments[i]);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(row.of(rows));
                }
            }
        }
        return found;
    }

    /** Alerts as of now: the most severe first, of those the longest open. */
    public List<AlertMessage> alerts(boolean openOnly) throws SQLException {
        return query(
                AlertTables::alert,
                "SELECT * FROM alert" + (openOnly ? " WHERE closed_at IS NULL" : "")
                        + " ORDER BY array_position(ARRAY['CRITICAL', 'WARN', 'INFO'], severity), opened_at, alert_id");
    }

    /** Alerts whose id begins so, at most three. */
    List<AlertMessage> beginningWith(String id) throws SQLException {
        return query(AlertTables::alert, "SELECT * FROM alert WHERE starts_with(alert_id, ?) LIMIT 3", id);
    }

    /** Alerts that somebody may have meant by a text that is no id: those of such a factory or subject, else the newest. */
    List<AlertMessage> like(String text) throws SQLException {
        return query(AlertTables::alert, """
                SELECT * FROM alert
                ORDER BY factory_id = ? DESC, starts_with(subject, ?) DESC, starts_with(alert_id, left(?, 4)) DESC,
                  opened_at DESC, alert_id LIMIT 5""", text, text, text);
    }

    /** Every revision of an alert, the first one first. */
    List<AlertMessage> revisions(AlertMessage alert) throws SQLException {
        return query(
                AlertTables::alert,
                "SELECT r.*, a.opened_at, a.closed_at FROM alert_revision r JOIN alert a USING (alert_id)"
                        + " WHERE alert_id = ? ORDER BY revision",
                alert.alertId());
    }

    /**
     * How many of how many had a defect on a day.
     *
     * @param of effective orders in thousandths, or buyer-days times a thousand
     * @param standardBp NaN if there is none
     */
    record Day(LocalDate day, double x, double of, double standardBp) {
        double percent() {
            return of > 0 ? x * 100_000 / of : Double.NaN;
        }
    }

    /** A class of a factory, day by day, both ends included. */
    List<Day> classDays(String factoryId, String defectClass, LocalDate from, LocalDate to) throws SQLException {
        return query(
                row -> new Day(
                        row.getObject("day", LocalDate.class),
                        row.getLong("x"),
                        row.getLong("e_milli"),
                        row.getLong("standard_bp")),
                "SELECT day, x, e_milli, standard_bp FROM factory_class_daily"
                        + " WHERE factory_id = ? AND class = ? AND day BETWEEN ? AND ? ORDER BY day",
                factoryId,
                defectClass,
                from,
                to);
    }

    /** A segment's buyers, or with {@code others} all buyers but those, day by day. */
    List<Day> segmentDays(String factoryId, String segment, boolean others, LocalDate from, LocalDate to)
            throws SQLException {
        return query(
                row -> new Day(
                        row.getObject("day", LocalDate.class), row.getLong("x"), row.getLong("n") * 1000.0, Double.NaN),
                "SELECT day, sum(x) AS x, sum(n) AS n FROM factory_segment_daily WHERE factory_id = ? AND (segment = ?) <> ?"
                        + " AND day BETWEEN ? AND ? GROUP BY day ORDER BY day",
                factoryId,
                segment,
                others,
                from,
                to);
    }

    /** The newest day of a factory's evaluation; null if it has none. */
    LocalDate newestDay(String factoryId) throws SQLException {
        List<LocalDate> day = query(
                row -> row.getObject("day", LocalDate.class),
                "SELECT day FROM factory_score WHERE factory_id = ?",
                factoryId);
        return day.isEmpty() ? null : day.get(0);
    }

    /** The belt and standing of a factory; empty if it was never evaluated. */
    List<String> standing(String factoryId) throws SQLException {
        List<List<String>> found = query(
                row -> List.of(
                        row.getString("standing"), row.getString("belt_id") == null ? "" : row.getString("belt_id")),
                "SELECT standing, belt_id FROM factory_score WHERE factory_id = ?",
                factoryId);
        return found.isEmpty() ? List.of() : found.get(0);
    }

    /** A line paid above its floor. */
    record BreachRow(long paidAt, long tier, long priceMicros) {}

    /** The breaches of an item within [from, to), epoch ms. */
    List<BreachRow> breaches(PriceKey key, long from, long to) throws SQLException {
        return query(
                row -> new BreachRow(time(row, "paid_at"), row.getLong("tier"), row.getLong("price_micros")),
                "SELECT paid_at, tier, price_micros FROM price_breach"
                        + " WHERE sku_id = ? AND channel = ? AND currency = ? AND paid_at >= ? AND paid_at < ? ORDER BY paid_at",
                key.skuId(),
                key.channel().name(),
                key.currency(),
                timestamp(from),
                timestamp(to));
    }

    /**
     * A change of a floor.
     *
     * @param floorMicros null while there is none
     */
    record FloorChange(long validFrom, Long floorMicros, String status) {}

    /** The changes of a tier's floor up to an instant. */
    List<FloorChange> floors(PriceKey key, long tier, long to) throws SQLException {
        return query(
                row -> {
                    long floor = row.getLong("floor_micros");
                    return new FloorChange(
                            time(row, "valid_from"), row.wasNull() ? null : floor, row.getString("status"));
                },
                "SELECT valid_from, floor_micros, status FROM price_floor_history"
                        + " WHERE sku_id = ? AND channel = ? AND currency = ? AND min_quantity = ? AND valid_from < ?"
                        + " ORDER BY valid_from",
                key.skuId(),
                key.channel().name(),
                key.currency(),
                tier,
                timestamp(to));
    }

    private static Timestamp timestamp(long instant) {
        return Timestamp.from(Instant.ofEpochMilli(instant));
    }

    private static long time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant().toEpochMilli();
    }

    private static AlertMessage alert(ResultSet row) throws SQLException {
        AlertStatus status = AlertStatus.valueOf(row.getString("status"));
        long at = time(row, "at");
        return new AlertMessage(
                row.getString("summary"),
                row.getString("summary_zh"),
                row.getString("alert_id"),
                row.getInt("revision"),
                row.getString("kind"),
                status,
                Severity.valueOf(row.getString("severity")),
                row.getString("subject"),
                row.getString("factory_id"),
                row.getString("cause"),
                at,
                time(row, "opened_at"),
                status.closed() ? at : null,
                row.getString("policy_version"),
                row.getString("evidence"));
    }
}
