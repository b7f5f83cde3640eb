package io.touchstone.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.QualityDriver.Input;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The domain against the rows that a separate batch program computed for the cases of shared/cases. */
class QualityCasesTest {
    private static final Set<String> DOUBLES = Set.of("score", "rate", "shrunk_rate", "sub_score", "z", "rr");

    @ParameterizedTest
    @ValueSource(strings = {"quality-tiny", "quality-worked", "quality-small"})
    void agreesWithEveryRowOfACase(String name) {
        QualityCase expected = new QualityCase(name);
        agrees(expected, expected.history());
    }

    @ParameterizedTest
    @ValueSource(strings = {"quality-tiny", "quality-worked", "quality-small"})
    void agreesWhateverTheOrderOfArrivalAndHoweverOftenALineComes(String name) {
        QualityCase expected = new QualityCase(name);
        List<Input> twice = new ArrayList<>(expected.history());
        twice.addAll(expected.history());
        for (int seed = 0; seed < 3; seed++) {
            Collections.shuffle(twice, new Random(seed));
            agrees(expected, twice);
        }
    }

    private static void agrees(QualityCase expected, List<Input> history) {
        QualityDriver driver = new QualityDriver(expected.policy());
        driver.run(history, expected.until(history, driver));
        Tables actual = new Tables(driver.evaluations());

        same("factory_score_daily", expected.table("factory_score_daily", 2), actual.scoresDaily);
        same("factory_score", expected.table("factory_score", 1), actual.scores);
        same("factory_class_daily", expected.table("factory_class_daily", 3), actual.classesDaily);
        same("factory_segment_daily", expected.table("factory_segment_daily", 3), actual.segmentsDaily);
        same("standing_history", expected.table("standing_history", 2), actual.standings);
        same("alert_revision", expected.table("alert_revision", 2), actual.revisions);
        same("alert", expected.table("alert", 1), actual.alerts);
        for (JsonNode alert : expected.alerts()) {
            sameEvidence(alert, actual);
        }
        assertThat(driver.unmatched()).isEqualTo(expected.unmatched());
    }

    /** Every expected column of every row; doubles bit for bit. */
    private static void same(
            String table, Map<String, Map<String, String>> expected, Map<String, Map<String, String>> actual) {
        assertThat(actual.keySet()).as(table).isEqualTo(expected.keySet());
        expected.forEach((key, row) -> {
            Map<String, String> found = new TreeMap<>(actual.get(key));
            found.keySet().retainAll(row.keySet());
            row.replaceAll(QualityCasesTest::plain);
            found.replaceAll(QualityCasesTest::plain);
            if (!found.equals(row)) {
                assertThat(found).as("%s %s", table, key).isEqualTo(row);
            }
        });
    }

    /** Languages write the same double differently. */
    private static String plain(String column, String value) {
        return DOUBLES.contains(column) && !value.isEmpty() ? text(Double.valueOf(value), "") : value;
    }

    private static void sameEvidence(JsonNode expected, Tables actual) {
        String key = expected.get("alert_id").textValue() + '|' + expected.get("revision");
        Evidence evidence = actual.evidence.get(key);
        JsonNode json = expected.get("evidence");
        assertThat(json.get("day").textValue()).isEqualTo(date(evidence.day()));
        assertThat(json.get("from_standing").textValue())
                .isEqualTo(evidence.fromStanding().name());
        assertThat(json.get("to_standing").textValue())
                .isEqualTo(evidence.toStanding().name());
        assertThat(json.get("classes")).hasSize(evidence.classes().size());
        for (int i = 0; i < evidence.classes().size(); i++) {
            ClassFinding finding = evidence.classes().get(i);
            JsonNode row = json.get("classes").get(i);
            assertThat(row.get("class").textValue())
                    .isEqualTo(finding.defectClass().name());
            assertThat(row.get("x").longValue()).isEqualTo(finding.x());
            assertThat(row.get("e_milli").longValue()).isEqualTo(finding.eMilli());
            assertThat(row.get("n").longValue()).isEqualTo(finding.n());
            assertThat(row.get("rate").asText()).isEqualTo(text(finding.rate(), "null"));
            assertThat(row.get("standard_bp").intValue()).isEqualTo(finding.standardBp());
            assertThat(row.get("buyers").longValue()).isEqualTo(finding.buyers());
            assertThat(row.get("signal").asText()).isEqualTo(text(finding.signal(), "null"));
            assertThat(row.get("drift").booleanValue()).isEqualTo(finding.drift());
        }
        assertThat(json.has("segments")).isEqualTo(evidence.segments() != null);
        if (evidence.segments() != null) {
            assertThat(json.get("segments")).hasSize(evidence.segments().size());
            for (int i = 0; i < evidence.segments().size(); i++) {
                Disparity disparity = evidence.segments().get(i);
                JsonNode row = json.get("segments").get(i);
                assertThat(row.get("segment").textValue())
                        .isEqualTo(disparity.segment().name());
                assertThat(row.get("n").longValue()).isEqualTo(disparity.n());
                assertThat(row.get("x").longValue()).isEqualTo(disparity.x());
                assertThat(row.get("z").asText()).isEqualTo(text(disparity.z(), "null"));
                assertThat(row.get("rr").asText()).isEqualTo(text(disparity.rr(), "null"));
                assertThat(row.get("disparity").booleanValue()).isEqualTo(disparity.fires());
            }
        }
    }

    private static String date(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }

    private static String text(Object value, String absent) {
        return Objects.toString(value, absent);
    }

    /** The tables as a batch would write them. */
    private static final class Tables {
        final Map<String, Map<String, String>> scoresDaily = new TreeMap<>();
        final Map<String, Map<String, String>> scores = new TreeMap<>();
        final Map<String, Map<String, String>> classesDaily = new TreeMap<>();
        final Map<String, Map<String, String>> segmentsDaily = new TreeMap<>();
        final Map<String, Map<String, String>> standings = new TreeMap<>();
        final Map<String, Map<String, String>> revisions = new TreeMap<>();
        final Map<String, Map<String, String>> alerts = new TreeMap<>();
        final Map<String, Evidence> evidence = new HashMap<>();

        Tables(List<Evaluation> evaluations) {
            evaluations.forEach(this::add);
        }

        private void add(Evaluation evaluation) {
            String factory = evaluation.factoryId();
            String day = date(evaluation.day());
            FactoryScore score = evaluation.score();
            if (score != null) {
                Map<String, String> row = row(
                        "factory_id", factory,
                        "day", day,
                        "score", score.score(),
                        "band", score.band(),
                        "standing", score.standing(),
                        "category_id", score.categoryId(),
                        "belt_id", score.beltId(),
                        "policy_version", evaluation.policyVersion());
                scores.put(factory, row);
                if (evaluation.outcome() == Outcome.EVALUATED) {
                    put(scoresDaily, factory + '|' + day, row);
                }
            }
            for (ClassFinding finding : evaluation.classes()) {
                DefectClass defectClass = finding.defectClass();
                put(
                        classesDaily,
                        factory + '|' + day + '|' + defectClass,
                        row(
                                "factory_id", factory,
                                "day", day,
                                "class", defectClass,
                                "x", finding.x(),
                                "n", finding.n(),
                                "e_milli", finding.eMilli(),
                                "rate", finding.rate(),
                                "shrunk_rate", finding.shrunkRate(),
                                "standard_bp", finding.standardBp(),
                                "sub_score", finding.subScore(),
                                "buyers", finding.buyers(),
                                "cusum", finding.cusum(),
                                "signal", finding.signal(),
                                "drift", finding.drift()));
            }
            for (Disparity disparity : evaluation.segments()) {
                put(
                        segmentsDaily,
                        factory + '|' + day + '|' + disparity.segment(),
                        row(
                                "factory_id", factory,
                                "day", day,
                                "segment", disparity.segment(),
                                "n", disparity.n(),
                                "x", disparity.x(),
                                "z", disparity.z(),
                                "rr", disparity.rr(),
                                "disparity", disparity.fires()));
            }
            if (evaluation.move() != null) {
                Evaluation.StandingMove move = evaluation.move();
                put(
                        standings,
                        factory + '|' + move.enteredAt(),
                        row(
                                "factory_id", factory,
                                "entered_at", move.enteredAt(),
                                "from_standing", move.from(),
                                "to_standing", move.to(),
                                "cause", move.cause(),
                                "alert_id", move.alertId()));
            }
            evaluation.alerts().forEach(this::add);
        }

        private void add(QualityAlert alert) {
            Map<String, String> row = row(
                    "alert_id", alert.alertId(),
                    "revision", alert.revision(),
                    "kind", alert.kind(),
                    "status", alert.status(),
                    "subject", alert.subject(),
                    "factory_id", alert.factoryId(),
                    "at", alert.at(),
                    "cause", alert.cause(),
                    "severity", alert.severity(),
                    "opened_at", alert.openedAt(),
                    "closed_at", alert.closedAt());
            put(revisions, alert.alertId() + '|' + alert.revision(), row);
            alerts.put(alert.alertId(), row);
            evidence.put(alert.alertId() + '|' + alert.revision(), alert.evidence());
        }

        private static void put(Map<String, Map<String, String>> table, String key, Map<String, String> row) {
            assertThat(table.put(key, row)).as("a second row " + key).isNull();
        }

        private static Map<String, String> row(Object... columns) {
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < columns.length; i += 2) {
                row.put((String) columns[i], text(columns[i + 1], ""));
            }
            return row;
        }
    }
}
