package io.touchstone.playground.bi;

import io.touchstone.playground.Postgres;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A real database with the tables and views, and one connection as their owner. */
final class AnalystDatabase implements AutoCloseable {
    /** The root of the repository. */
    static final Path HOME = Path.of(System.getProperty("touchstone.home"));

    private final Postgres postgres = Postgres.launch();
    private final Connection connection;

    private AnalystDatabase() throws SQLException {
        // Texts are taken as whatever their column is, such as JSON.
        connection = connect();
    }

    /** One more connection as the owner; it is the caller's to close. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl() + "?stringtype=unspecified", postgres.user(), "");
    }

    /** With everything migrated. */
    static AnalystDatabase launch() throws SQLException {
        AnalystDatabase database = new AnalystDatabase();
        database.migrate();
        return database;
    }

    /** Without tables. */
    static AnalystDatabase empty() throws SQLException {
        return new AnalystDatabase();
    }

    /** Runs the migrations at Flyway locations, those of the repository if none is named. */
    int migrate(String... locations) {
        return locations.length == 0 ? postgres.migrate() : postgres.migrate(locations);
    }

    /** From here on with the rights of a role; null: of the owner. */
    void actAs(String role) throws SQLException {
        execute(role == null ? "RESET ROLE" : "SET ROLE " + role);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Inserts rows, all at once. */
    void insert(String table, String columns, List<List<Object>> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        String marks = "?" + ", ?".repeat(rows.get(0).size() - 1);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")")) {
            for (List<Object> row : rows) {
                for (int i = 0; i < row.size(); i++) {
                    Object value = row.get(i);
                    insert.setObject(i + 1, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** What a query finds: instants and days as such, exact numbers without trailing zeros, whole ones as Long. */
    List<List<Object>> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(
                            switch (result.getMetaData().getColumnTypeName(i)) {
                                case "timestamptz" -> {
                                    OffsetDateTime time = result.getObject(i, OffsetDateTime.class);
                                    yield time == null ? null : time.toInstant();
                                }
                                case "date" -> result.getObject(i, LocalDate.class);
                                case "numeric" -> exact(result.getBigDecimal(i));
                                case "int4" -> result.getObject(i) == null ? null : Long.valueOf(result.getLong(i));
                                case "json", "interval" -> result.getString(i);
                                default -> result.getObject(i);
                            });
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The first column of what a query finds. */
    List<String> texts(String sql) throws SQLException {
        return rows(sql).stream().map(row -> String.valueOf(row.get(0))).toList();
    }

    /** As the database gives it, so that two of the same value are equal. */
    static BigDecimal exact(BigDecimal number) {
        return number == null
                ? null
                : number.stripTrailingZeros().scale() < 0 ? number.setScale(0) : number.stripTrailingZeros();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        postgres.close();
    }
}
