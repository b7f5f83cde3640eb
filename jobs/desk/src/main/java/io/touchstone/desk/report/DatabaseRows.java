package io.touchstone.desk.report;

import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.io.Database;
import io.touchstone.io.Table;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rows of the database, all read in one transaction that writes nothing. */
final class DatabaseRows implements Rows {
    private final Connection connection;
    private final String source;
    private final boolean live;

    DatabaseRows(DatabaseOptions database, boolean live) throws SQLException {
        this.live = live;
        connection = Database.open(database);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        source = "database " + database.url().replaceFirst("^jdbc:", "");
    }

    @Override
    public void each(Table table, Filter filter, Taker taker) throws IOException {
        if (filter.isVain()) {
            return;
        }
        Map<String, Table.Type> types =
                table.columns().stream().collect(Collectors.toMap(Table.Column::name, Table.Column::type));
        try (PreparedStatement query = connection.prepareStatement(sql(table, filter))) {
            // Row by row, however large the table is.
            query.setFetchSize(5000);
            int parameter = 1;
            if (filter.column() != null) {
                query.setArray(
                        parameter++,
                        connection.createArrayOf("text", filter.values().toArray()));
            }
            if (filter.since() != null) {
                query.setObject(parameter, instantOrDay(filter.from()));
            }
            try (ResultSet rows = query.executeQuery()) {
                Row row = new Row("table " + table.sqlName(), column -> value(rows, column, types.get(column)));
                while (rows.next()) {
                    taker.take(row);
                }
            }
        } catch (SQLException e) {
            throw new IOException("table " + table.sqlName() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As the views have it: of the newest day there may be a few factories only, while it is being written. */
    @Override
    public LocalDate completeDay() throws IOException {
        String sql = "SELECT complete_day FROM bi.job_progress WHERE job = 'factory-quality'";
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet found = query.executeQuery()) {
            return found.next() ? found.getObject(1, LocalDate.class) : null;
        } catch (SQLException e) {
            throw new IOException("view bi.job_progress cannot be read: " + e.getMessage(), e);
        }
    }

    private static String sql(Table table, Filter filter) {
        Function<List<Table.Column>, String> names =
                columns -> columns.stream().map(Table.Column::name).collect(Collectors.joining(", "));
        List<String> conditions = new ArrayList<>();
        if (filter.column() != null) {
            conditions.add(filter.column() + " = ANY (?)");
        }
        if (filter.since() != null) {
            conditions.add(filter.since() + " >= ?");
        }
        if (filter.absent() != null) {
            conditions.add(filter.absent() + " IS NULL");
        }
        return "SELECT " + names.apply(table.columns()) + " FROM " + table.sqlName()
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + " ORDER BY "
                + names.apply(table.keyColumns());
    }

    private static Object instantOrDay(String from) {
        return from.indexOf('-', 1) > 0
                ? LocalDate.parse(from)
                : Instant.ofEpochMilli(Long.parseLong(from)).atOffset(ZoneOffset.UTC);
    }

    private static String value(ResultSet row, String column, Table.Type type) throws IOException {
        try {
            if (type == Table.Type.TIME) {
                OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
                return time == null ? null : String.valueOf(time.toInstant().toEpochMilli());
            }
            if (type == Table.Type.BOOLEAN) {
                return String.valueOf(row.getBoolean(column));
            }
            return row.getString(column);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public boolean isLive() {
        return live;
    }

    @Override
    public void close() throws IOException {
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
