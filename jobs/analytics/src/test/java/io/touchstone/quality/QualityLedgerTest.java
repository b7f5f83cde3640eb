package io.touchstone.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.oracle.QualityHistories;
import io.touchstone.oracle.QualityOracle;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.oracle.QualityRows;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.QualityDriver.Input;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The fold against a naive recomputation, on random histories that crowd around every edge of the contract. */
class QualityLedgerTest {
    /** More seeds than the build asks for: -Dquality.seeds=30 -Dquality.first=1000. */
    private static final long SEEDS = Long.getLong("quality.seeds", 0);

    private static final long FIRST = Long.getLong("quality.first", 0);

    /** Walks that together take every way there is. */
    private static final List<Long> WALKS = List.of(51L, 240L, 183L, 200L, 249L, 39L, 212L, 252L, 49L, 162L, 28L, 56L);

    private final Set<String> reached = new TreeSet<>();

    @Test
    void findsWhatABatchRecomputationFindsAtEveryEdge() {
        for (long seed = 0; seed < 30; seed++) {
            edges(seed);
        }
        assertThat(reached).contains("orders UNMATCHED", "returns UNMATCHED", "reviews UNMATCHED");
    }

    @Test
    void findsWhatABatchRecomputationFindsOnEveryWay() {
        WALKS.forEach(this::walks);
        agrees("turns", 0, QualityHistories.strict(), QualityHistories.turns(0, QualityHistories.strict()));
        assertThat(reached).containsAll(ways());
    }

    @Test
    void findsWhatABatchRecomputationFindsOnFurtherSeeds() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            edges(seed);
            walks(seed);
        }
    }

    /** Every row of the table of standings with every cause, and every status of every kind of alert. */
    private static Set<String> ways() {
        List<String> classes = Stream.of(DefectClass.values()).map(Enum::name).toList();
        List<String> causes = Stream.concat(classes.stream(), Stream.of("DISPARITY", "DISPERSION"))
                .toList();
        Set<String> ways = new TreeSet<>(Set.of("UNRATED GOOD ", "WATCH GOOD "));
        List.of("WARN", "DRIFT", "DISPERSION", "DISPARITY").forEach(cause -> ways.add("GOOD WATCH " + cause));
        classes.forEach(cause -> ways.add("GOOD PROBATION " + cause));
        classes.forEach(cause -> ways.add("TRIAL DEMOTED " + cause));
        causes.forEach(cause -> ways.add("WATCH PROBATION " + cause));
        causes.forEach(cause -> ways.add("PROBATION DEMOTED " + cause));
        causes.forEach(cause -> ways.add("PROBATION GOOD " + cause));
        causes.forEach(cause -> ways.add("DEMOTED TRIAL " + cause));
        causes.forEach(cause -> ways.add("TRIAL GOOD " + cause));
        List.of("GOOD", "WATCH", "PROBATION", "DEMOTED", "TRIAL")
                .forEach(from -> ways.add(from + " UNRATED FORGOTTEN"));
        List.of("OPENED", "ESCALATED", "RECOVERING", "RESOLVED", "EXPIRED")
                .forEach(status -> ways.add("DEMOTION " + status));
        for (String kind : List.of("UNSTABLE_QUALITY", "COHORT_DISPARITY")) {
            List.of("OPENED", "RESOLVED", "EXPIRED").forEach(status -> ways.add(kind + " " + status));
        }
        return ways;
    }

    private void edges(long seed) {
        Policy policy = QualityHistories.policy(seed);
        agrees("edges", seed, policy, QualityHistories.edges(seed, policy));
    }

    private void walks(long seed) {
        Policy policy = QualityHistories.policy(seed);
        agrees("walks", seed, policy, QualityHistories.walks(seed, policy));
    }

    private void agrees(String kind, long seed, Policy policy, List<Object> events) {
        List<Delivery> history = QualityHistories.deliveries(seed, events);
        int untilDay = QualityHistories.untilDay(seed, history, policy);
        QualityRows expected = QualityOracle.compute(history, policy, untilDay);
        assertThat(expected.differencesTo(fold(history, policy, untilDay)))
                .as("%s of seed %d: oracle, then fold", kind, seed)
                .isEmpty();
        expected.table("standing_history").values().forEach(row -> reached.add(String.join(" ", row.subList(0, 3))));
        expected.table("alert_revision").values().forEach(row -> reached.add(String.join(" ", row.subList(0, 2))));
        expected.unmatched().forEach(letter -> reached.add(letter.replaceFirst("/.*", " UNMATCHED")));
    }

    /** What the job's two halves find, driven on one thread. */
    static QualityRows fold(List<Delivery> history, Policy policy, int untilDay) {
        QualityDriver driver = new QualityDriver(policy);
        driver.run(
                history.stream()
                        .map(delivery -> new Input(delivery.topic(), (int) delivery.line(), delivery.event()))
                        .toList(),
                untilDay);
        QualityRows rows = new QualityRows();
        driver.evaluations().forEach(evaluation -> add(evaluation, rows));
        driver.unmatched().forEach(name -> {
            String[] parts = name.split("/", 2);
            rows.unmatched(parts[0], Long.parseLong(parts[1]));
        });
        return rows;
    }

    private static void add(Evaluation evaluation, QualityRows rows) {
        String factory = evaluation.factoryId();
        LocalDate day = LocalDate.ofEpochDay(evaluation.day());
        FactoryScore score = evaluation.score();
        if (score != null) {
            Object[] row = {
                factory,
                day,
                score.score(),
                score.band(),
                score.standing(),
                score.categoryId(),
                score.beltId(),
                evaluation.policyVersion()
            };
            rows.replace("factory_score", row);
            if (evaluation.outcome() == Outcome.EVALUATED) {
                rows.put("factory_score_daily", row);
            }
        }
        for (ClassFinding finding : evaluation.classes()) {
            rows.put(
                    "factory_class_daily",
                    factory,
                    day,
                    finding.defectClass(),
                    finding.x(),
                    finding.n(),
                    finding.eMilli(),
                    finding.rate(),
                    finding.shrunkRate(),
                    finding.standardBp(),
                    finding.subScore(),
                    finding.buyers(),
                    finding.cusum(),
                    finding.signal(),
                    finding.drift());
        }
        for (Disparity disparity : evaluation.segments()) {
            rows.put(
                    "factory_segment_daily",
                    factory,
                    day,
                    disparity.segment(),
                    disparity.n(),
                    disparity.x(),
                    disparity.z(),
                    disparity.rr(),
                    disparity.fires());
        }
        Evaluation.StandingMove move = evaluation.move();
        if (move != null) {
            rows.put(
                    "standing_history",
                    factory,
                    move.enteredAt(),
                    move.from(),
                    move.to(),
                    move.cause(),
                    move.alertId());
        }
        for (QualityAlert alert : evaluation.alerts()) {
            rows.put(
                    "alert_revision",
                    alert.alertId(),
                    alert.revision(),
                    alert.kind(),
                    alert.status(),
                    alert.subject(),
                    alert.factoryId(),
                    alert.at(),
                    alert.cause(),
                    alert.severity());
            rows.replace(
                    "alert",
                    alert.alertId(),
                    alert.revision(),
                    alert.kind(),
                    alert.status(),
                    alert.subject(),
                    alert.factoryId(),
                    alert.at(),
                    alert.cause(),
                    alert.severity(),
                    alert.openedAt(),
                    alert.closedAt());
        }
    }
}
