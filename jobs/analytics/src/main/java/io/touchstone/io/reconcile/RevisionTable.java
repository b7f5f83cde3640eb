package io.touchstone.io.reconcile;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Table {@code alert_revision}, read. */
final class RevisionTable {
    private static final int FETCHED_AT_ONCE = 10_000;

    /** The instant of its opening stands in every alert's own row only. */
    private static final String MESSAGES = """
            SELECT r.*, a.opened_at FROM alert_revision r JOIN alert a USING (alert_id)
            JOIN unnest(?::text[], ?::integer[]) AS wanted (alert_id, revision)
              ON wanted.alert_id = r.alert_id AND wanted.revision = r.revision
            ORDER BY r.at, r.alert_id, r.revision""";

    private final Connection connection;

    RevisionTable(Connection connection) {
        this.connection = connection;
    }

    /** What the clock of the database shows, so much earlier. */
    Instant ago(Duration age) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT clock_timestamp()");
                ResultSet row = query.executeQuery()) {
            row.next();
            return time(row, "clock_timestamp").minus(age);
        } finally {
            connection.commit();
        }
    }

    /** When each revision of such kinds was recorded. */
    Map<Revision, Instant> recorded(List<String> kinds) throws SQLException {
        Map<Revision, Instant> recorded = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT alert_id, revision, recorded_at FROM alert_revision WHERE kind = ANY (?)")) {
            query.setFetchSize(FETCHED_AT_ONCE);
            query.setArray(1, texts(kinds));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    recorded.put(revision(rows), time(rows, "recorded_at"));
                }
            }
        } finally {
            connection.commit();
        }
        return recorded;
    }

    /** Those of the revisions that are in the table now. */
    Set<Revision> present(Collection<Revision> wanted) throws SQLException {
        Set<Revision> present = new HashSet<>();
        for (AlertMessage alert : messages(wanted)) {
            present.add(new Revision(alert.alertId(), alert.revision()));
        }
        return present;
    }

    /** The revisions as they were published, in the order of what made them; those that are not in the table are left out. */
    List<AlertMessage> messages(Collection<Revision> wanted) throws SQLException {
        List<AlertMessage> messages = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(MESSAGES)) {
            query.setArray(1, texts(wanted.stream().map(Revision::alertId).toList()));
            query.setArray(
                    2,
                    connection.createArrayOf(
                            "integer", wanted.stream().map(Revision::revision).toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    messages.add(message(rows));
                }
            }
        } finally {
            connection.commit();
        }
        return messages;
    }

    private static AlertMessage message(ResultSet row) throws SQLException {
        AlertStatus status = AlertStatus.valueOf(row.getString("status"));
        long at = time(row, "at").toEpochMilli();
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
                time(row, "opened_at").toEpochMilli(),
                status.closed() ? at : null,
                row.getString("policy_version"),
                row.getString("evidence"));
    }

    private static Revision revision(ResultSet row) throws SQLException {
        return new Revision(row.getString("alert_id"), row.getInt("revision"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private Array texts(List<String> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }
}
