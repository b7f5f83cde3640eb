package io.touchstone.playground.bi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dashboards ask can be asked. */
class DashboardsTest {
    private static final Path FOLDER = AnalystDatabase.HOME.resolve("conf/dashboards");
    private static final JsonMapper JSON = new JsonMapper();

    /** The metrics of the jobs themselves, with the label that tells the values of some apart. */
    private static final Set<String> OWN_METRICS = Set.of(
            "eventsIn",
            "lateEvents",
            "unmatchedEvents",
            "reason_deadLetters",
            "kind_alerts",
            "kind_openEpisodes",
            "bufferedEvents",
            "evaluationMillis",
            "eventTimeLagMillis",
            "newestClosedDay",
            "tablesBehindMillis",
            "version_policyInForce",
            "latePolicies",
            "refusedPolicies");

    private static JsonNode board(String name) throws Exception {
        return JSON.readTree(FOLDER.resolve(name + ".json").toFile());
    }

    private static List<String> queries(String name, String field) throws Exception {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : board(name).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path(field).asText())
                        .as(panel.path("title").asText())
                        .isNotBlank();
                queries.add(target.path(field).asText());
            }
        }
        return queries;
    }

    /** As Grafana sends it to the database. */
    private static String sent(String query, World world) {
        String sql = query.replaceAll(
                        "\\$__timeFilter\\((\\w+)\\)", "$1 BETWEEN '2026-05-30T00:00:00Z' AND '2026-06-30T00:00:00Z'")
                .replace("$__timeFrom()", "'2026-05-30T00:00:00Z'")
                .replace("$__timeTo()", "'2026-06-30T00:00:00Z'")
                .replace("${sku:sqlstring}", "'" + world.floors.get(0).key().sku() + "'")
                .replace("${factory:sqlstring}", "'f-33'");
        assertThat(sql).doesNotContain("$");
        return sql;
    }

    @Test
    void asksTheDatabaseWhatAnAnalystMayAsk() throws Exception {
        List<String> queries = queries("business", "rawSql");
        assertThat(queries).hasSizeGreaterThan(12);
        board("business")
                .path("templating")
                .path("list")
                .forEach(v -> queries.add(v.path("query").asText()));
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            List<String> empty = new ArrayList<>();
            World world = new World(1);
            world.fill(database);
            database.actAs("bi_reader");
            for (String query : queries) {
                assertThatCode(() -> {
                            if (database.rows(sent(query, world)).isEmpty()) {
                                empty.add(query);
                            }
                        })
                        .as(query)
                        .doesNotThrowAnyException();
            }
            assertThat(empty).as("queries that find nothing in a full database").isEmpty();
        }
    }

    @Test
    void wouldNoticeAQueryThatCannotBeAsked() throws SQLException {
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            database.actAs("bi_reader");
            assertThatCode(() -> database.rows("SELECT * FROM public.alert")).hasMessageContaining("permission denied");
        }
    }

    @Test
    void asksPrometheusInItsLanguage(@TempDir Path temp) throws Exception {
        List<String> queries = queries("operations", "expr");
        assertThat(queries).hasSizeGreaterThan(12);
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        for (int i = 0; i < queries.size(); i++) {
            rules.append("  - record: query:")
                    .append(i)
                    .append("\n    expr: ")
                    .append(JSON.writeValueAsString(queries.get(i)))
                    .append('\n');
        }
        Path file = Files.writeString(temp.resolve("rules.yaml"), rules);
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "rules", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(temp.resolve("said").toFile())
                    .start();
        } catch (java.io.IOException notInstalled) {
            System.out.println("The queries to Prometheus were not parsed: no promtool on the PATH");
            Assumptions.abort("no promtool on the PATH");
            return;
        }
        assertThat(promtool.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(promtool.exitValue())
                .as(Files.readString(temp.resolve("said"), StandardCharsets.UTF_8))
                .isZero();
    }

    @Test
    void showsEveryMetricOfTheJobs() throws Exception {
        Set<String> shown = new HashSet<>();
        for (String query : queries("operations", "expr")) {
            Pattern.compile("operator_(?:user_)?touchstone_(\\w+)")
                    .matcher(query)
                    .results()
                    .forEach(m -> shown.add(m.group(1)));
        }
        assertThat(shown).isEqualTo(OWN_METRICS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"business", "operations"})
    void namesSourcesThatAreProvisioned(String name) throws Exception {
        YAMLMapper yaml = new YAMLMapper();
        Path provisioning = FOLDER.resolve("provisioning");
        List<String> known = yaml.readTree(
                        provisioning.resolve("datasources/touchstone.yaml").toFile())
                .path("datasources")
                .findValuesAsText("uid");
        JsonNode board = board(name);
        List<JsonNode> used = board.findValues("datasource");
        assertThat(used)
                .isNotEmpty()
                .allSatisfy(
                        source -> assertThat(known).contains(source.path("uid").asText()));
        List<Integer> ids = StreamSupport.stream(board.path("panels").spliterator(), false)
                .map(panel -> panel.path("id").asInt())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(yaml.readTree(provisioning
                                .resolve("dashboards/touchstone.yaml")
                                .toFile())
                        .path("providers"))
                .hasSize(1);
    }

    @Test
    void keepsThePasswordInAFile() throws Exception {
        assertThat(Files.readString(FOLDER.resolve("provisioning/datasources/touchstone.yaml")))
                .contains("user: bi_reader", "password: $__file{");
    }
}
