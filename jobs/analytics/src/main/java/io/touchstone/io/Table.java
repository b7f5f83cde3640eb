package io.touchstone.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sink tables: names, columns in order, keys and guards. The SQL that makes them is in {@code schemas/tables}. */
public enum Table {
    PRICE_FLOOR_HISTORY(key("sku_id", Type.TEXT)
            .key("channel", Type.TEXT)
            .key("currency", Type.TEXT)
            .key("min_quantity", Type.INTEGER)
            .key("valid_from", Type.TIME)
            .column("floor_micros", Type.INTEGER)
            .column("literal_floor_micros", Type.INTEGER)
            .column("status", Type.TEXT)
            .column("buyers", Type.INTEGER)
            .column("policy_version", Type.TEXT)),
    PRICE_FLOOR(key("sku_id", Type.TEXT)
            .key("channel", Type.TEXT)
            .key("currency", Type.TEXT)
            .key("min_quantity", Type.INTEGER)
            .guard("since", Type.TIME)
            .column("floor_micros", Type.INTEGER)
            .column("literal_floor_micros", Type.INTEGER)
            .column("status", Type.TEXT)
            .column("buyers", Type.INTEGER)
            .column("policy_version", Type.TEXT)),
    PRICE_BREACH(key("order_id", Type.TEXT)
            .key("line_id", Type.TEXT)
            .column("factory_id", Type.TEXT)
            .column("sku_id", Type.TEXT)
            .column("channel", Type.TEXT)
            .column("currency", Type.TEXT)
            .column("quantity", Type.INTEGER)
            .column("tier", Type.INTEGER)
            .column("buyer_id", Type.TEXT)
            .column("paid_at", Type.TIME)
            .column("price_micros", Type.INTEGER)
            .column("floor_micros", Type.INTEGER)
            .column("floor_status", Type.TEXT)
            .column("excess_bp", Type.INTEGER)
            .column("alert_id", Type.TEXT)
            .column("policy_version", Type.TEXT)),
    FACTORY_SCORE_DAILY(key("factory_id", Type.TEXT).key("day", Type.DATE).scoreColumns()),
    FACTORY_SCORE(key("factory_id", Type.TEXT).guard("day", Type.DATE).scoreColumns()),
    FACTORY_CLASS_DAILY(key("factory_id", Type.TEXT)
            .key("day", Type.DATE)
            .key("class", Type.TEXT)
            .column("x", Type.INTEGER)
            .column("n", Type.INTEGER)
            .column("e_milli", Type.INTEGER)
            .column("rate", Type.REAL)
            .column("shrunk_rate", Type.REAL)
            .column("standard_bp", Type.INTEGER)
            .column("sub_score", Type.REAL)
            .column("buyers", Type.INTEGER)
            .column("cusum", Type.INTEGER)
            .column("signal", Type.TEXT)
            .column("drift", Type.BOOLEAN)
            .column("policy_version", Type.TEXT)),
    FACTORY_SEGMENT_DAILY(key("factory_id", Type.TEXT)
            .key("day", Type.DATE)
            .key("segment", Type.TEXT)
            .column("n", Type.INTEGER)
            .column("x", Type.INTEGER)
            .column("z", Type.REAL)
            .column("rr", Type.REAL)
            .column("disparity", Type.BOOLEAN)
            .column("policy_version", Type.TEXT)),
    STANDING_HISTORY(key("factory_id", Type.TEXT)
            .key("entered_at", Type.TIME)
            .column("from_standing", Type.TEXT)
            .column("to_standing", Type.TEXT)
            .column("cause", Type.TEXT)
            .column("alert_id", Type.TEXT)
            .column("policy_version", Type.TEXT)),
    ALERT_REVISION(key("alert_id", Type.TEXT)
            .key("revision", Type.INTEGER)
            .column("kind", Type.TEXT)
            .column("status", Type.TEXT)
            .column("subject", Type.TEXT)
            .column("factory_id", Type.TEXT)
            .column("at", Type.TIME)
            .column("cause", Type.TEXT)
            .column("severity", Type.TEXT)
            .column("summary", Type.TEXT)
            .column("summary_zh", Type.TEXT)
            .column("evidence", Type.JSON)
            .column("policy_version", Type.TEXT)),
    ALERT(key("alert_id", Type.TEXT)
            .guard("revision", Type.INTEGER)
            .column("kind", Type.TEXT)
            .column("status", Type.TEXT)
            .column("subject", Type.TEXT)
            .column("factory_id", Type.TEXT)
            .column("at", Type.TIME)
            .column("cause", Type.TEXT)
            .column("severity", Type.TEXT)
            .column("summary", Type.TEXT)
            .column("summary_zh", Type.TEXT)
            .column("evidence", Type.JSON)
            .column("opened_at", Type.TIME)
            .column("closed_at", Type.TIME)
            .column("policy_version", Type.TEXT)),
    /** For the views of analysts, who compare the prices of factories: nothing is judged by it, and {@code since} is not exact. */
    ITEM_FACTORY(key("sku_id", Type.TEXT)
            .key("channel", Type.TEXT)
            .key("currency", Type.TEXT)
            .guard("since", Type.TIME)
            .column("factory_id", Type.TEXT)
            .column("category_id", Type.TEXT)
            .column("policy_version", Type.TEXT));

    /** The tables that are a pure function of events and policies, row by row, whoever computes them. */
    public static final List<Table> EXACT =
            Stream.of(values()).filter(table -> table != ITEM_FACTORY).toList();

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
    private final List<Column> columns;

    private final int keys;
    private final int guard;

    Table(Columns definition) {
        columns = Collections.unmodifiableList(definition.columns);
        keys = definition.keys;
        guard = definition.guard;
    }

    /** How a value is written: as text in CSV (times in epoch ms), as its own type in the database. */
    public enum Type {
        TEXT,
        INTEGER,
        REAL,
        BOOLEAN,
        DATE,
        TIME,
        JSON;

        /** Whether values sort as numbers; else they sort by their bytes. */
        boolean isNumber() {
            return this == INTEGER || this == TIME;
        }
    }

    /** A column of a table. */
    public record Column(String name, Type type) {}

    private static final class Columns {
        private final List<Column> columns = new ArrayList<>();
        private int keys;
        private int guard = -1;

        Columns key(String name, Type type) {
            keys++;
            return column(name, type);
        }

        Columns guard(String name, Type type) {
            guard = columns.size();
            return column(name, type);
        }

        Columns scoreColumns() {
            return column("score", Type.REAL)
                    .column("band", Type.TEXT)
                    .column("standing", Type.TEXT)
                    .column("category_id", Type.TEXT)
                    .column("belt_id", Type.TEXT)
                    .column("policy_version", Type.TEXT);
        }

        Columns column(String name, Type type) {
            columns.add(new Column(name, type));
            return this;
        }
    }

    private static Columns key(String name, Type type) {
        return new Columns().key(name, type);
    }

    /** The name in the database, and of the CSV file. */
    public String sqlName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The primary key first. */
    public List<Column> columns() {
        return columns;
    }

    public List<Column> keyColumns() {
        return columns.subList(0, keys);
    }

    /** The index of the column by which a newer row replaces an older one; -1 where rows are facts. */
    public int guard() {
        return guard;
    }

    /** An insert that replaces a row of the same key, unless that one is newer. */
    String upsert() {
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        String values = columns.stream()
                .map(c -> c.type() == Type.JSON ? "?::json" : "?")
                .collect(Collectors.joining(", "));
        String key = keyColumns().stream().map(Column::name).collect(Collectors.joining(", "));
        String set = columns.subList(keys, columns.size()).stream()
                .map(c -> c.name() + " = excluded." + c.name())
                .collect(Collectors.joining(", "));
        String sql = "INSERT INTO " + sqlName() + " (" + names + ") VALUES (" + values + ") ON CONFLICT (" + key
                + ") DO UPDATE SET " + set;
        if (guard < 0) {
            return sql;
        }
        String version = columns.get(guard).name();
        return sql + " WHERE " + sqlName() + "." + version + " <= excluded." + version;
    }
}
