package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the sinks write, and the tables that the migrations make, are the same tables. */
class TableTest {
    private static final Path MIGRATIONS = Path.of(System.getProperty("touchstone.home"), "schemas", "tables");
    private static final Pattern TABLE = Pattern.compile("CREATE TABLE (\\w+) \\(\\n(.*?)\\n\\);", Pattern.DOTALL);
    private static final Pattern COLUMN = Pattern.compile("\\s*(\\w+)\\s+(double precision|\\w+)( +NOT NULL)?,?");
    private static final Pattern CHANGED = Pattern.compile("ALTER TABLE (\\w+) ALTER COLUMN (\\w+) TYPE (\\w+);");
    private static final Pattern ADDED =
            Pattern.compile("ALTER TABLE (\\w+) ADD COLUMN (\\w+) (\\w+) NOT NULL DEFAULT now\\(\\);");
    private static final Pattern KEY = Pattern.compile("\\s*PRIMARY KEY \\((.*)\\)");
    private static final Pattern COMMENT =
            Pattern.compile("COMMENT ON (TABLE|COLUMN) (\\w+)(?:\\.(\\w+))? IS '((?:[^']|'')*)';");

    private static final Map<String, Set<String>> SQL_TYPES = Map.of(
            "TEXT", Set.of("text"),
            "INTEGER", Set.of("integer", "bigint"),
            "TIME", Set.of("timestamptz"),
            "JSON", Set.of("json"),
            "REAL", Set.of("double precision"),
            "DATE", Set.of("date"),
            "BOOLEAN", Set.of("boolean"));

    /**
     * A table as the SQL makes it: types by column, in order; which columns may be null; the primary key; what the database fills
     * in by itself.
     */
    private record Made(
            Map<String, String> columns, Set<String> nullable, List<String> key, Set<String> filledByTheDatabase) {}

    private static String sql() throws IOException {
        StringBuilder sql = new StringBuilder();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.sorted().toList()) {
                assertThat(file.getFileName().toString()).matches("(V[1-9]\\d*|R)__[a-z_]+\\.sql");
                sql.append(Files.readString(file)).append('\n');
            }
        }
        return sql.toString();
    }

    private static Map<String, Made> made() throws IOException {
        Map<String, Made> tables = new HashMap<>();
        for (MatchResult table : TABLE.matcher(sql()).results().toList()) {
            Map<String, String> columns = new LinkedHashMap<>();
            Set<String> nullable = new java.util.HashSet<>();
            List<String> key = new ArrayList<>();
            for (String line : table.group(2).split("\n", -1)) {
                var primaryKey = KEY.matcher(line);
                var column = COLUMN.matcher(line);
                if (primaryKey.matches()) {
                    key.addAll(List.of(primaryKey.group(1).split(", ", -1)));
                } else {
                    assertThat(column.matches()).as(line).isTrue();
                    assertThat(columns.put(column.group(1), column.group(2))).isNull();
                    if (column.group(3) == null) {
                        nullable.add(column.group(1));
                    }
                }
            }
            assertThat(tables.put(table.group(1), new Made(columns, nullable, key, new java.util.HashSet<>())))
                    .isNull();
        }
        for (MatchResult change : CHANGED.matcher(sql()).results().toList()) {
            assertThat(tables.get(change.group(1)).columns.replace(change.group(2), change.group(3)))
                    .as(change.group())
                    .isNotNull();
        }
        for (MatchResult added : ADDED.matcher(sql()).results().toList()) {
            Made made = tables.get(added.group(1));
            assertThat(made.columns.put(added.group(2), added.group(3))).isNull();
            made.filledByTheDatabase.add(added.group(2));
        }
        return tables;
    }

    private static Made made(Table table) throws IOException {
        assertThat(made()).containsKey(table.sqlName());
        return made().get(table.sqlName());
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void hasTheColumnsOfItsMigration(Table table) throws IOException {
        Made made = made(table);
        List<String> written = new ArrayList<>(made.columns.keySet());
        written.removeAll(made.filledByTheDatabase);
        assertThat(table.columns().stream().map(Table.Column::name)).containsExactlyElementsOf(written);
        for (Table.Column column : table.columns()) {
            assertThat(SQL_TYPES.get(column.type().name())).as(column.name()).contains(made.columns.get(column.name()));
        }
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void isAmongTheTablesThatTheRolesMayUse(Table table) throws IOException {
        assertThat(Files.readString(MIGRATIONS.resolve("R__roles.sql"))).contains("'" + table.sqlName() + "'");
    }

    @ParameterizedTest
    @EnumSource(Table.class)
    void hasThePrimaryKeyOfItsMigration(Table table) throws IOException {
        Made made = made(table);
        assertThat(table.keyColumns().stream().map(Table.Column::name)).containsExactlyElementsOf(made.key);
        assertThat(made.nullable).doesNotContainAnyElementsOf(made.key);
    }

    @ParameterizedTest
    @CsvSource({
        "PRICE_FLOOR_HISTORY, floor_micros, literal_floor_micros",
        "PRICE_FLOOR, floor_micros, literal_floor_micros",
        "PRICE_BREACH, alert_id,",
        "ALERT_REVISION, cause,",
        "ALERT, cause, closed_at",
    })
    void takesNullWhereTheContractHasIt(Table table, String one, String other) throws IOException {
        Set<String> nullable =
                Stream.of(one, other).filter(name -> name != null).collect(Collectors.toSet());
        assertThat(made(table).nullable).isEqualTo(nullable);
    }

    @ParameterizedTest
    @CsvSource({
        "PRICE_FLOOR_HISTORY, , 5",
        "PRICE_FLOOR, since, 4",
        "PRICE_BREACH, , 2",
        "ALERT_REVISION, , 2",
        "ALERT, revision, 1"
    })
    void onlyTheNewestStateHasAGuardAndFactsHaveNone(Table table, String guard, int keys) {
        assertThat(table.guard() < 0 ? null : table.columns().get(table.guard()).name())
                .isEqualTo(guard);
        assertThat(table.keyColumns()).hasSize(keys);
        assertThat(table.keyColumns().stream().map(Table.Column::name)).doesNotContain(String.valueOf(guard));
    }

    @Test
    void everyTableOfTheContractIsWritten() throws IOException {
        assertThat(Arrays.stream(Table.values()).map(Table::sqlName))
                .contains("price_floor_history", "price_floor", "price_breach", "alert_revision", "alert");
        assertThat(made().values())
                .allSatisfy(table -> assertThat(table.columns).containsKey("policy_version"));
    }

    @Test
    void everyTableAndColumnIsExplained() throws IOException {
        Set<String> expected = new java.util.HashSet<>();
        made().forEach((name, table) -> {
            expected.add(name);
            table.columns.keySet().forEach(column -> expected.add(name + "." + column));
        });
        List<String> explained = new ArrayList<>();
        for (MatchResult comment : COMMENT.matcher(sql()).results().toList()) {
            boolean table = comment.group(1).equals("TABLE");
            assertThat(table).as(comment.group()).isEqualTo(comment.group(3) == null);
            explained.add(table ? comment.group(2) : comment.group(2) + "." + comment.group(3));
            assertThat(comment.group(4)).as(comment.group()).matches("[^ ].{3,}\\.");
        }
        assertThat(explained).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expected).hasSizeGreaterThan(60);
    }

    @Test
    void anUpsertReplacesAllButTheKeyUnlessTheRowIsNewer() {
        assertThat(Table.ALERT.upsert())
                .isEqualTo(
                        "INSERT INTO alert (alert_id, revision, kind, status, subject, factory_id, at, cause, severity,"
                                + " summary, summary_zh, evidence, opened_at, closed_at, policy_version) VALUES (?, ?, ?, ?, ?,"
                                + " ?, ?, ?, ?, ?, ?, ?::json, ?, ?, ?) ON CONFLICT (alert_id) DO UPDATE SET revision ="
                                + " excluded.revision, kind = excluded.kind, status = excluded.status, subject ="
                                + " excluded.subject, factory_id = excluded.factory_id, at = excluded.at, cause ="
                                + " excluded.cause, severity = excluded.severity, summary = excluded.summary, summary_zh ="
                                + " excluded.summary_zh, evidence = excluded.evidence, opened_at = excluded.opened_at,"
                                + " closed_at = excluded.closed_at, policy_version = excluded.policy_version"
                                + " WHERE alert.revision <= excluded.revision");
        assertThat(Table.PRICE_FLOOR_HISTORY.upsert())
                .startsWith("INSERT INTO price_floor_history (sku_id, channel, currency, min_quantity, valid_from,")
                .contains(
                        " ON CONFLICT (sku_id, channel, currency, min_quantity, valid_from) DO UPDATE SET floor_micros = ")
                .doesNotContain("WHERE")
                .doesNotContain("sku_id = excluded");
        assertThat(Table.PRICE_FLOOR.upsert()).endsWith(" WHERE price_floor.since <= excluded.since");
    }

    private static TableRow floor(String sku, String tier, String since, String floor) {
        return new TableRow(
                Table.PRICE_FLOOR,
                Arrays.asList(sku, "MEMBER", "CNY", tier, since, floor, null, "CURRENT", "3", "default-1"));
    }

    @Test
    void rowsGoByTableThenByKey() {
        List<TableRow> ascending = List.of(
                new TableRow(
                        Table.PRICE_FLOOR_HISTORY,
                        Arrays.asList("z", "MEMBER", "CNY", "1", "5", null, null, "NONE", "0", "default-1")),
                floor("a", "9", "0", "1"),
                floor("a", "10", "0", "1"),
                floor("b", "1", "0", "1"),
                floor("\uFF5A", "1", "0", "1"),
                floor("\uD83D\uDE00", "1", "0", "1"));
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                assertThat(Integer.signum(TableRow.ORDER.compare(ascending.get(i), ascending.get(j))))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
        assertThat(TableRow.ORDER.compare(floor("a", "1", "1", "7"), floor("a", "1", "2", "8")))
                .isZero();
    }

    @Test
    void aRowNeverReplacesANewerOne() {
        assertThat(floor("a", "1", "9", "1").replaces(floor("a", "1", "10", "1")))
                .isFalse();
        assertThat(floor("a", "1", "10", "1").replaces(floor("a", "1", "10", "2")))
                .isTrue();
        assertThat(floor("a", "1", "11", "1").replaces(floor("a", "1", "10", "1")))
                .isTrue();
        TableRow fact = new TableRow(
                Table.PRICE_FLOOR_HISTORY,
                Arrays.asList("z", "MEMBER", "CNY", "1", "5", null, null, "NONE", "0", "default-1"));
        assertThat(fact.replaces(fact)).isTrue();
    }
}
