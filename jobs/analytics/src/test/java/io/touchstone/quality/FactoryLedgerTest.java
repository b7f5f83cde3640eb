package io.touchstone.quality;

import static io.touchstone.quality.Orders.CALENDAR;
import static io.touchstone.quality.Orders.DAY_0;
import static io.touchstone.quality.Orders.midnight;
import static io.touchstone.quality.Orders.noon;
import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.alert.AlertStatus;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation.Outcome;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FactoryLedgerTest {
    private final EntriesInMemory entries = new EntriesInMemory();
    private static final PolicyTimeline POLICIES = new PolicyTimeline(Policy.DEFAULT);

    private final Journal journal = new Journal(Policy.DEFAULT, CALENDAR);
    private FactoryLedger ledger = new FactoryLedger("f1", POLICIES, CALENDAR);

    private static BuyerDay unit(int day, String buyer) {
        return new BuyerDay("f1", DAY_0 + day, Segment.CONSUMER, "c1", buyer);
    }

    private static Fact order(int day, String orderId, String buyer) {
        Fact.Belt belt = new Fact.Belt(noon(day), "b-" + orderId);
        return new Fact(noon(day), orderId, unit(day, buyer), 1, Set.of(), Spells.NONE, belt);
    }

    private static Fact defect(int at, int day, String orderId, String buyer) {
        Spells begun = new Spells(Map.of(DefectClass.QUALITY, noon(at)));
        return new Fact(noon(at), orderId, unit(day, buyer), 0, Set.of(), begun, null);
    }

    private static Fact gone(int at, int day, String orderId, String buyer, DefectClass... ended) {
        return new Fact(noon(at), orderId, unit(day, buyer), -1, Set.of(ended), Spells.NONE, null);
    }

    private void apply(Fact... facts) {
        for (Fact fact : facts) {
            int today = CALENDAR.day(fact.instant());
            byte[] posting = QualityDriver.pack(out -> journal.enter(fact, today, entries, out));
            QualityDriver.read(posting, in -> {
                ledger.post(in);
                return null;
            });
        }
    }

    private Evaluation evaluate(int day) {
        byte[] packed = QualityDriver.pack(ledger::write);
        ledger = QualityDriver.read(packed, in -> FactoryLedger.read(in, "f1", POLICIES, CALENDAR));
        assertThat(QualityDriver.pack(ledger::write)).isEqualTo(packed);
        return ledger.evaluate(DAY_0 + day, entries);
    }

    private static ClassFinding quality(Evaluation evaluation) {
        return evaluation.classes().get(0);
    }

    @Test
    void tenParcelsOfOneBuyerWeighAsOne() {
        for (int i = 0; i < 10; i++) {
            apply(order(0, "o" + i, "buyer"), defect(0, 0, "o" + i, "buyer"));
        }
        ClassFinding finding = quality(evaluate(1));
        assertThat(finding.n()).isEqualTo(1);
        assertThat(finding.x()).isEqualTo(1);
        assertThat(finding.buyers()).isEqualTo(1);
        assertThat(finding.eMilli()).isEqualTo(1000);
        assertThat(entries.orders(unit(0, "buyer")).orders()).isEqualTo(10);
    }

    @Test
    void aBuyerDayIsDefectiveUntilItsLastDefectiveOrderIsNot() {
        apply(order(0, "o1", "buyer"), order(0, "o2", "buyer"));
        apply(defect(1, 0, "o1", "buyer"), defect(1, 0, "o2", "buyer"));
        apply(gone(1, 0, "o1", "buyer", DefectClass.QUALITY));
        assertThat(quality(evaluate(2)).x()).isEqualTo(1);

        apply(gone(2, 0, "o2", "buyer", DefectClass.QUALITY), order(2, "o3", "buyer"));
        ClassFinding finding = quality(evaluate(3));
        assertThat(finding.x()).isZero();
        assertThat(finding.n()).isEqualTo(1);
        assertThat(entries.buyerDays()).containsOnlyKeys(unit(2, "buyer"));
    }

    @Test
    void theSameBuyerOnTwoDaysIsTwoBuyerDaysAndOneBuyer() {
        apply(order(0, "o1", "buyer"), order(1, "o2", "buyer"));
        apply(defect(1, 0, "o1", "buyer"), defect(1, 1, "o2", "buyer"));
        ClassFinding finding = quality(evaluate(2));
        assertThat(finding.x()).isEqualTo(2);
        assertThat(finding.buyers()).isEqualTo(1);
    }

    @Test
    void aFactoryWithOrdersToComeOnlyIsSkipped() {
        Fact toCome = new Fact(noon(0), "o1", unit(5, "buyer"), 1, Set.of(), Spells.NONE, null);
        apply(toCome);
        assertThat(evaluate(1).outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(evaluate(5).outcome()).isEqualTo(Outcome.SKIPPED);
        Evaluation first = evaluate(6);
        assertThat(first.outcome()).isEqualTo(Outcome.EVALUATED);
        assertThat(first.score().beltId()).isNull();
    }

    @Test
    void aFactoryNeverEvaluatedIsDroppedSilently() {
        apply(order(0, "o1", "buyer"), gone(0, 0, "o1", "buyer"));
        Evaluation evaluation = evaluate(1);
        assertThat(evaluation.outcome()).isEqualTo(Outcome.FORGOTTEN);
        assertThat(evaluation.score()).isNull();
        assertThat(evaluation.move()).isNull();
        assertThat(entries.isEmpty()).isTrue();
    }

    @Test
    void aFactIsOutOfSightAfterNinetyDays() {
        apply(order(0, "o1", "buyer"));
        for (int day = 1; day <= 90; day++) {
            assertThat(evaluate(day).outcome()).isEqualTo(Outcome.EVALUATED);
            assertThat(FactoryLedger.firstBuyerDayAfter(DAY_0 + day)).isEqualTo(DAY_0 + day - 89);
        }
        Evaluation last = evaluate(91);
        assertThat(last.outcome()).isEqualTo(Outcome.FORGOTTEN);
        assertThat(last.score().standing()).isEqualTo(Standing.UNRATED);
        assertThat(last.score().beltId()).isEqualTo("b-o1");
        assertThat(last.score().categoryId())
                .as("as last evaluated, the window was empty")
                .isNull();
        assertThat(last.move()).as("it was UNRATED before").isNull();
    }

    @Test
    void theNewestPaymentNamesTheBelt() {
        apply(order(1, "o2", "buyer"), order(1, "o1", "other"), order(0, "o3", "buyer"));
        assertThat(evaluate(2).score().beltId()).isEqualTo("b-o2");
    }

    @Test
    void ofPaymentsOfOneOrderAtOneInstantTheFirstNamesTheBelt() {
        Fact fact = order(1, "o1", "buyer");
        apply(fact, Fact.of(noon(1), "o1", unit(1, "buyer"), new Fact.Belt(noon(1), "b-second")));
        assertThat(evaluate(2).score().beltId()).isEqualTo("b-o1");
    }

    @Test
    void aFactAboutAnOrderThatIsNotKnownAnyMoreChangesNothing() {
        apply(order(0, "o1", "buyer"), gone(0, 0, "o2", "other", DefectClass.QUALITY));
        apply(defect(0, 0, "o4", "nobody"));
        ClassFinding finding = quality(evaluate(1));
        assertThat(finding.n()).isEqualTo(1);
        assertThat(finding.x()).isZero();
    }

    @Test
    void anAlertCarriesItsEvidence() {
        for (int day = 0; day < 20; day++) {
            for (int i = 0; i < 10; i++) {
                apply(order(day, "o" + day + '-' + i, "buyer" + i));
            }
            evaluate(day + 1);
        }
        for (int i = 0; i < 10; i++) {
            apply(defect(19, 0, "o0-" + i, "buyer" + i), defect(20, 1, "o1-" + i, "buyer" + i));
        }
        Evaluation evaluation = evaluate(21);
        QualityAlert alert = evaluation.alerts().get(0);

        assertThat(evaluation.move())
                .isEqualTo(new Evaluation.StandingMove(
                        midnight(21), Standing.GOOD, Standing.PROBATION, Cause.QUALITY, alert.alertId()));
        assertThat(alert.status()).isEqualTo(AlertStatus.OPENED);
        assertThat(alert.at()).isEqualTo(midnight(21));
        assertThat(alert.evidence().orders())
                .hasSize(20)
                .startsWith("o1-0", "o1-1")
                .endsWith("o0-8", "o0-9");
        assertThat(alert.evidence().classes()).isEqualTo(evaluation.classes());
        assertThat(alert.evidence().segments()).isNull();
        assertThat(alert.evidence().dispersion()).isNull();
        assertThat(Summary.english(alert, CALENDAR.zone()))
                .isEqualTo("OPENED on probation: factory f1, GOOD to PROBATION on 2024-03-22, cause QUALITY; "
                        + "QUALITY: 20 defective of 89.0 effective orders (22.47 %, standard 3.00 %), 10 buyer(s); "
                        + "since 2024-03-22; no WARN at 5 defective or fewer, or after 337 more clean orders; "
                        + "GOOD on 2024-03-29 at the earliest");
        assertThat(Summary.chinese(alert, CALENDAR.zone()))
                .isEqualTo("【新告警】进入考察期：工厂 f1，2024-03-22 由“良好”转为“考察”，原因：质量；"
                        + "质量类：有效订单 89.0 单中 20 单有缺陷（22.47%，标准 3.00%），涉及 10 位买家；"
                        + "始于 2024-03-22；缺陷不超过 5 单，或再有 337 单无缺陷订单，即不再预警；最早可于 2024-03-29 恢复良好");
    }

    /** Consumers get bad goods week after week, wholesalers now and then. */
    @Test
    void anAlertAboutASegmentListsTheOrdersOfThatSegmentThatItCompares() {
        QualityAlert alert = null;
        for (int day = 0; alert == null; day++) {
            for (int i = 0; i < 5; i++) {
                apply(order(day, "c" + day + '-' + i, "c" + i));
                BuyerDay other = new BuyerDay("f1", DAY_0 + day, Segment.WHOLESALER, "c1", "w" + i);
                apply(new Fact(noon(day), "w" + day + '-' + i, other, 1, Set.of(), Spells.NONE, null));
            }
            apply(defect(day, day, "c" + day + "-0", "c0"));
            alert = evaluate(day + 1).alerts().stream()
                    .filter(a -> a.kind() == QualityAlert.Kind.COHORT_DISPARITY)
                    .findFirst()
                    .orElse(null);
        }
        int youngest = alert.evidence().day() - 8 - DAY_0;
        assertThat(alert.evidence().orders())
                .hasSize(Math.min(20, youngest + 1))
                .startsWith("c" + youngest + "-0", "c" + (youngest - 1) + "-0")
                .allMatch(order -> order.startsWith("c"));
        assertThat(alert.evidence().clearsWhen()).isEqualTo(ClearsWhen.after(28));
        Disparity own = alert.evidence().segments().get(1);
        assertThat(Summary.english(alert, CALENDAR.zone()))
                .contains(
                        "factory f1, segment CONSUMER",
                        String.format("CONSUMER: %d defective of %d (20.00 %%)", own.x(), own.n()),
                        String.format("all others 0 of %d (0.00 %%)", own.n()),
                        "risk ratio Infinity",
                        "clears after 28 evaluations in a row without the signal")
                .doesNotContain("effective orders");
        assertThat(Summary.chinese(alert, CALENDAR.zone()))
                .startsWith("【新告警】某一买家群体收到的货品质量明显较差：工厂 f1，买家群体：个人消费者，")
                .contains("风险比 无穷大")
                .endsWith("；连续 28 次评估无此信号后解除");
    }

    @Test
    void anEvaluationReadsNoMoreDefectsThanEnterOrLeaveTheWindow() {
        for (int day = 0; day < 90; day++) {
            for (int i = 0; i < 100; i++) {
                apply(order(day, "o" + day + '-' + i, "buyer" + i));
            }
            apply(defect(day, day, "o" + day + "-0", "buyer0"), defect(day, day, "o" + day + "-1", "buyer1"));
            int before = entries.defectsRead();
            Evaluation evaluation = evaluate(day + 1);
            assertThat(quality(evaluation).x()).isEqualTo(2L * Math.min(day + 1, 60));
            assertThat(quality(evaluation).buyers()).isEqualTo(2);
            assertThat(evaluation.alerts()).isEmpty();
            assertThat(entries.defectsRead() - before).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void theLedgerStaysSmall() {
        for (int day = 0; day < 90; day++) {
            for (int i = 0; i < 500; i++) {
                apply(order(day, "o" + day + '-' + i, "buyer" + i));
            }
            evaluate(day + 1);
        }
        assertThat(QualityDriver.pack(ledger::write)).hasSizeLessThan(1000);
    }
}
