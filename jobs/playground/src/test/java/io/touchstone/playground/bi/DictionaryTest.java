package io.touchstone.playground.bi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code schemas/DICTIONARY.md} is what the database says of itself; {@code -Ddictionary=write} writes it anew. */
class DictionaryTest {
    private static final Path FILE = AnalystDatabase.HOME.resolve("schemas/DICTIONARY.md");

    private static final String RELATIONS = """
            SELECT n.nspname || '.' || c.relname, n.nspname, c.relname,
                CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END,
                obj_description(c.oid, 'pg_class'), c.oid::bigint
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('bi', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
                AND c.relname <> 'flyway_schema_history'
            ORDER BY n.nspname, c.relname COLLATE "C"
            """;
    private static final String COLUMNS = """
            SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, col_description(attrelid, attnum)
            FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """;
    private static final String FUNCTIONS = """
            SELECT n.nspname || '.' || p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
                obj_description(p.oid, 'pg_proc'), array_to_string(p.proargnames, ',')
            FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('bi', 'public') ORDER BY n.nspname, p.proname COLLATE "C"
            """;

    private final List<String> unexplained = new ArrayList<>();

    private String explained(String what, Object comment) {
        if (comment == null || comment.toString().isBlank()) {
            unexplained.add(what);
            return "";
        }
        return comment.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }

    private String dictionary(AnalystDatabase database) throws SQLException {
        StringBuilder page = new StringBuilder("""
                # Data dictionary

                Made from the comments in the database by `DictionaryTest`; to make it anew: `scripts/test -Dtest=DictionaryTest -Ddictionary=write -Dsurefire.failIfNoSpecifiedTests=false`.
                Analysts (role `bi_reader`) see schema `bi`; the tables of schema `public` are what the jobs write. Times are instants, days are local days.
                """);
        String schema = "";
        for (List<Object> relation : database.rows(RELATIONS)) {
            if (!relation.get(1).equals(schema)) {
                schema = (String) relation.get(1);
                page.append("\n## Schema ").append(schema).append('\n');
                functions(database, schema, page);
            }
            String name = (String) relation.get(0);
            page.append("\n### ")
                    .append(name)
                    .append(" (")
                    .append(relation.get(3))
                    .append(")\n\n");
            page.append(explained(name, relation.get(4))).append("\n\n");
            boolean table = relation.get(3).equals("table");
            page.append(
                    table
                            ? "| column | type | null | meaning |\n|---|---|---|---|\n"
                            : "| column | type | meaning |\n|---|---|---|\n");
            for (List<Object> column : database.rows(COLUMNS.formatted(relation.get(5)))) {
                page.append("| `")
                        .append(column.get(0))
                        .append("` | ")
                        .append(column.get(1))
                        .append(" | ");
                if (table) {
                    page.append(column.get(2).equals(true) ? "yes" : "").append(" | ");
                }
                page.append(cell(explained(name + "." + column.get(0), column.get(3))))
                        .append(" |\n");
            }
        }
        return page.toString();
    }

    /** A function's comment is a paragraph, then a line per argument and column of the result. */
    private void functions(AnalystDatabase database, String schema, StringBuilder page) throws SQLException {
        for (List<Object> function : database.rows(FUNCTIONS)) {
            String name = (String) function.get(0);
            if (!name.startsWith(schema + ".")) {
                continue;
            }
            List<String> lines = Arrays.asList(explained(name, function.get(3)).split("\n", -1));
            Map<String, String> meanings = lines.stream()
                    .skip(1)
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.toMap(line -> line[0], line -> line[1]));
            String result = (String) function.get(2);
            List<String> names = new ArrayList<>(
                    function.get(4) == null ? List.of() : List.of(((String) function.get(4)).split(",", -1)));
            if (!result.startsWith("TABLE")) {
                names.add("returns");
            }
            page.append("\n### ")
                    .append(name)
                    .append(" (function)\n\n")
                    .append(lines.get(0))
                    .append("\n\n`")
                    .append(name)
                    .append('(')
                    .append(function.get(1))
                    .append(")` returns `")
                    .append(result)
                    .append("`\n\n");
            page.append("| argument or column | meaning |\n|---|---|\n");
            for (String part : names) {
                page.append("| `")
                        .append(part)
                        .append("` | ")
                        .append(cell(explained(name + "(" + part + ")", meanings.remove(part))))
                        .append(" |\n");
            }
            assertThat(meanings).as("explained, but not there, in " + name).isEmpty();
        }
    }

    @Test
    void explainsEveryColumnAsTheDatabaseDoes() throws Exception {
        String page;
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            page = dictionary(database);
        }
        assertThat(unexplained)
                .as("tables, views, functions and columns without a comment")
                .isEmpty();
        if (System.getProperty("dictionary", "").equals("write")) {
            Files.writeString(FILE, page);
        }
        assertThat(FILE)
                .as("-Ddictionary=write writes it anew from the comments in schemas/tables")
                .hasContent(page);
    }

    @Test
    void findsAColumnThatNobodyExplained() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            database.execute("CREATE VIEW bi.hasty AS SELECT 1 AS one");
            database.execute("ALTER TABLE alert ADD COLUMN two int");
            database.execute("CREATE FUNCTION bi.three(four int) RETURNS int LANGUAGE sql RETURN four");
            dictionary(database);
        }
        assertThat(unexplained)
                .containsExactlyInAnyOrder(
                        "bi.hasty",
                        "bi.hasty.one",
                        "public.alert.two",
                        "bi.three",
                        "bi.three(four)",
                        "bi.three(returns)");
    }
}
