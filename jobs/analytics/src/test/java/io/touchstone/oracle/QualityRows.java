package io.touchstone.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The quality tables as text: by table, by primary key (joined by a bar), the values of {@link #COLUMNS}. Null is an empty text,
 * a double is as Java writes it. {@code unmatched} holds {@code topic/line} of the dead letters.
 */
public final class QualityRows {
    /** The columns of every table but its primary key. */
    public static final Map<String, List<String>> COLUMNS = new TreeMap<>(Map.of(
            "factory_score_daily", List.of("score", "band", "standing", "category_id", "belt_id", "policy_version"),
            "factory_score", List.of("day", "score", "band", "standing", "category_id", "belt_id", "policy_version"),
            "factory_class_daily",
                    List.of(
                            "x",
                            "n",
                            "e_milli",
                            "rate",
                            "shrunk_rate",
                            "standard_bp",
                            "sub_score",
                            "buyers",
                            "cusum",
                            "signal",
                            "drift"),
            "factory_segment_daily", List.of("n", "x", "z", "rr", "disparity"),
            "standing_history", List.of("from_standing", "to_standing", "cause", "alert_id"),
            "alert_revision", List.of("kind", "status", "subject", "factory_id", "at", "cause", "severity"),
            "alert",
                    List.of(
                            "revision",
                            "kind",
                            "status",
                            "subject",
                            "factory_id",
                            "at",
                            "cause",
                            "severity",
                            "opened_at",
                            "closed_at")));

    /** The primary keys. */
    public static final Map<String, List<String>> KEYS = Map.of(
            "factory_score_daily", List.of("factory_id", "day"),
            "factory_score", List.of("factory_id"),
            "factory_class_daily", List.of("factory_id", "day", "class"),
            "factory_segment_daily", List.of("factory_id", "day", "segment"),
            "standing_history", List.of("factory_id", "entered_at"),
            "alert_revision", List.of("alert_id", "revision"),
            "alert", List.of("alert_id"));

    private final Map<String, TreeMap<String, List<String>>> tables = new TreeMap<>();
    private final TreeSet<String> unmatched = new TreeSet<>();

    /** Starts with every table empty. */
    public QualityRows() {
        COLUMNS.keySet().forEach(table -> tables.put(table, new TreeMap<>()));
    }

    /** Adds a row; the values of the primary key come first. */
    public void put(String table, Object... values) {
        TreeMap<String, List<String>> rows = tables.get(table);
        if (rows.put(key(table, values), row(table, values)) != null) {
            throw new IllegalStateException("a second row of " + table + " " + Arrays.toString(values));
        }
    }

    /** Adds a row or replaces the older one. */
    public void replace(String table, Object... values) {
        tables.get(table).put(key(table, values), row(table, values));
    }

    /** Adds a dead letter. */
    public void unmatched(String topic, long line) {
        unmatched.add(topic + "/" + line);
    }

    /** The rows of a table by primary key. */
    public TreeMap<String, List<String>> table(String name) {
        return tables.get(name);
    }

    /** A column of a table, in the order of its keys. */
    public List<String> column(String table, String column) {
        int i = COLUMNS.get(table).indexOf(column);
        return tables.get(table).values().stream().map(row -> row.get(i)).toList();
    }

    /** {@code topic/line} of the dead letters of reason UNMATCHED. */
    public TreeSet<String> unmatched() {
        return unmatched;
    }

    /** How many rows there are. */
    public int size() {
        return tables.values().stream().mapToInt(Map::size).sum();
    }

    /** What the others lack, have too much or have otherwise; empty if they agree. At most a few lines a table. */
    public List<String> differencesTo(QualityRows other) {
        List<String> differences = new ArrayList<>();
        tables.forEach((table, rows) -> {
            int told = 0;
            TreeSet<String> keys = new TreeSet<>(rows.keySet());
            keys.addAll(other.tables.get(table).keySet());
            for (String key : keys) {
                List<String> mine = rows.get(key);
                List<String> theirs = other.tables.get(table).get(key);
                if (!Objects.equals(mine, theirs) && told++ < 6) {
                    differences.add(
                            table + " " + key + " " + COLUMNS.get(table) + ": " + mine + " but there " + theirs);
                }
            }
        });
        TreeSet<String> lacking = new TreeSet<>(unmatched);
        lacking.removeAll(other.unmatched);
        TreeSet<String> further = new TreeSet<>(other.unmatched);
        further.removeAll(unmatched);
        if (!lacking.isEmpty() || !further.isEmpty()) {
            differences.add("unmatched: lacking there " + lacking + ", further there " + further);
        }
        return differences;
    }

    private static String key(String table, Object... values) {
        List<String> key = new ArrayList<>();
        for (int i = 0; i < KEYS.get(table).size(); i++) {
            key.add(text(values[i]));
        }
        return String.join("|", key);
    }

    private static List<String> row(String table, Object... values) {
        int keys = KEYS.get(table).size();
        if (values.length != keys + COLUMNS.get(table).size()) {
            throw new IllegalArgumentException(table + " has other columns than " + Arrays.toString(values));
        }
        return Arrays.stream(values, keys, values.length).map(QualityRows::text).toList();
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }
}
