package io.touchstone.playground.bi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Questions find their rows by index, whatever the tables have grown to. {@code -Dfactories=10000} fills them for that many
 * factories (by default 1000, so that it takes seconds) over 180 days, {@code -Dtimes=true} prints how long each answer takes.
 */
class PlansTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** Those that people ask of one item, factory, day or span. */
    private static final List<String> KEYED = List.of(
            "SELECT * FROM bi.factory_now WHERE factory_id = 'f-77'",
            "SELECT * FROM bi.factory_history WHERE factory_id = 'f-77' ORDER BY day",
            "SELECT * FROM bi.factory_history WHERE factory_id = 'f-77' AND day >= '2026-06-01'",
            "SELECT * FROM bi.factory_history WHERE day = '2026-06-10'",
            "SELECT * FROM bi.factory_history WHERE factory_id IN ('f-77', 'f-78')",
            "SELECT * FROM bi.price_floor_history WHERE sku_id = 's-77-3'",
            "SELECT * FROM bi.price_floor_at('s-77-3', 40, '2026-04-01')",
            "SELECT * FROM bi.breaches WHERE factory_id = 'f-77'",
            "SELECT * FROM bi.breaches WHERE sku_id = 's-77-3' AND channel = 'WHOLESALE' AND currency = 'CNY'",
            "SELECT * FROM bi.breaches WHERE paid_at >= '2026-06-28'",
            "SELECT * FROM bi.segment_gap WHERE factory_id = 'f-77'");

    /** Those of days of June: of a month that is asked for any part may be read. */
    private static final List<String> SPANS = List.of(
            "SELECT * FROM bi.factory_history WHERE day >= '2026-06-10' AND day <= '2026-06-12'",
            "SELECT * FROM bi.factory_history WHERE factory_id IN ('f-77', 'f-78') AND day > '2026-06-01'",
            "SELECT * FROM bi.factory_history WHERE belt_id = 'b-7' AND day > '2026-06-20'");

    /** Those that are about everybody, as of now. */
    private static final List<String> WHOLE = List.of(
            "SELECT * FROM bi.factory_now",
            "SELECT * FROM bi.alerts_open",
            "SELECT * FROM bi.segment_gap",
            "SELECT * FROM bi.belt_quality_price",
            "SELECT * FROM bi.selection_candidates",
            "SELECT * FROM bi.job_progress",
            "SELECT * FROM bi.complete_up_to");

    private static AnalystDatabase database;

    @BeforeAll
    static void fill() throws Exception {
        database = AnalystDatabase.launch();
        try (InputStream sql = PlansTest.class.getResourceAsStream("/bi/fill.sql")) {
            String filling = new String(sql.readAllBytes(), StandardCharsets.UTF_8);
            database.execute(filling.replace("${factories}", System.getProperty("factories", "1000")));
        }
        database.execute("VACUUM ANALYZE");
        database.execute("SELECT bi.refresh()");
        database.execute("ANALYZE bi.price_index");
        database.actAs("bi_reader");
        // What a login brings along, taking on the role does not.
        for (String setting : database.texts("SELECT unnest(setconfig) FROM pg_catalog.pg_db_role_setting"
                + " WHERE setrole = 'bi_reader'::regrole AND setdatabase = 0")) {
            String[] parts = setting.split("=", 2);
            database.execute("SET " + parts[0] + " = '" + parts[1] + "'");
        }
    }

    @AfterAll
    static void close() throws SQLException {
        database.close();
    }

    /** The plan as it was carried out. */
    private static JsonNode plan(String query) throws Exception {
        String plan = database.rows("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + query)
                .get(0)
                .get(0)
                .toString();
        return JSON.readTree(plan).get(0);
    }

    /** The tables of which every row was looked at, or the pages of partitions that were not needed. */
    private static List<String> readWhole(JsonNode node) {
        List<String> tables = new ArrayList<>();
        if (node.path("Node Type").asText().equals("Seq Scan")
                && node.path("Actual Loops").asInt() > 0
                && node.path("Actual Rows").asDouble()
                                + node.path("Rows Removed by Filter").asDouble()
                        > 0) {
            tables.add(node.path("Relation Name").asText());
        }
        node.path("Plans").forEach(part -> tables.addAll(readWhole(part)));
        return tables;
    }

    private static List<String> growing(List<String> tables) {
        return tables.stream()
                .filter(name -> name.matches(
                        "(factory_\\w+_daily.*|price_floor_history|price_breach|alert_revision|standing_history)"))
                .toList();
    }

    @Test
    void questionsWithAKeyReadNoTableWhole() throws Exception {
        for (String query : KEYED) {
            List<String> whole = readWhole(plan(query).path("Plan"));
            assertThat(growing(whole)).as(query).isEmpty();
        }
    }

    @Test
    void questionsAboutEverybodyReadNoHistoryWhole() throws Exception {
        for (String query : WHOLE) {
            assertThat(growing(readWhole(plan(query).path("Plan")))).as(query).isEmpty();
        }
    }

    @Test
    void questionsAboutDaysOfAMonthReadThatMonthOnly() throws Exception {
        for (String query : SPANS) {
            assertThat(growing(readWhole(plan(query).path("Plan"))))
                    .as(query)
                    .allMatch(name -> name.endsWith("_202606"));
        }
    }

    @Test
    void aLimitReadsNoMoreClassesThanItNeeds() throws Exception {
        assertThat(growing(readWhole(
                        plan("SELECT * FROM bi.factory_history LIMIT 100").path("Plan"))))
                .noneMatch(name -> name.startsWith("factory_class_daily"));
    }

    @Test
    void aDayIsFoundAmongItsMonthOnly() throws Exception {
        String plan = plan("SELECT * FROM bi.factory_history WHERE day = '2026-06-10'")
                .toString();
        assertThat(plan).contains("factory_score_daily_202606").doesNotContain("_202605", "_other");
    }

    @Test
    void wouldFindATableThatIsReadWhole() throws Exception {
        assertThat(growing(readWhole(plan("SELECT count(*) FROM bi.breaches WHERE quantity > 5")
                        .path("Plan"))))
                .containsExactly("price_breach");
    }

    @Test
    void tellsHowLongAnswersTake() throws Exception {
        if (!Boolean.getBoolean("times")) {
            return;
        }
        Map<String, Double> times = new LinkedHashMap<>();
        for (List<String> queries : List.of(KEYED, SPANS, WHOLE)) {
            for (String query : queries) {
                double best = Double.MAX_VALUE;
                for (int i = 0; i < 7; i++) {
                    JsonNode done = plan(query);
                    best = Math.min(
                            best,
                            done.path("Planning Time").asDouble()
                                    + done.path("Execution Time").asDouble());
                }
                times.put(query, best);
            }
        }
        times.forEach((query, millis) -> System.out.printf("%8.1f ms  %s%n", millis, query));
        assertThat(times).hasSize(KEYED.size() + SPANS.size() + WHOLE.size());
    }
}
