package io.touchstone.quality;

import static io.touchstone.quality.Orders.CALENDAR;
import static io.touchstone.quality.Orders.DAY_0;
import static io.touchstone.quality.Orders.midnight;
import static io.touchstone.quality.Orders.noon;
import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.alert.AlertStatus;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A factory whose rate of defects, 5 %, is worth a WARN at a standard of 3 % and a FAIL at one of 2 %, before and after it changed. */
class PolicyChangeTest {
    private static final int CHANGED = 80;

    private final PolicyTimeline policies = new PolicyTimeline(Policy.DEFAULT);
    private final EntriesInMemory entries = new EntriesInMemory();
    private final Journal journal = new Journal(Policy.DEFAULT, CALENDAR);
    private FactoryLedger ledger = new FactoryLedger("f1", policies, CALENDAR);

    private static PolicyChange standard(int standardBp, String version, int day) {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(QualityPolicy.DEFAULT.classes());
        classes.computeIfPresent(
                DefectClass.QUALITY,
                (quality, old) ->
                        new ClassPolicy(standardBp, old.meanBp(), old.strength(), old.weight(), old.exposure()));
        QualityPolicy quality = new QualityPolicy(60, 168, 120, 168, classes, Map.of());
        return new PolicyChange(
                midnight(day), new Policy(version, Policy.DEFAULT.timeZone(), PricePolicy.DEFAULT, quality));
    }

    private void enter(Fact fact) {
        int today = CALENDAR.day(fact.instant());
        byte[] posting = QualityDriver.pack(out -> journal.enter(fact, today, entries, out));
        QualityDriver.read(posting, in -> {
            ledger.post(in);
            return null;
        });
    }

    /** Ten buyers a day; on five days of six one of them complains, a month later. */
    private void trade(int day) {
        for (int buyer = 0; buyer < 10; buyer++) {
            Fact.Belt belt = new Fact.Belt(noon(day), "belt");
            enter(new Fact(noon(day), "o" + day + "-" + buyer, unit(day, buyer), 1, Set.of(), Spells.NONE, belt));
        }
        int then = day - 31;
        if (then >= 0 && then % 6 < 5) {
            Spells begun = new Spells(Map.of(DefectClass.QUALITY, noon(day)));
            enter(new Fact(noon(day), "o" + then + "-0", unit(then, then % 10), 0, Set.of(), begun, null));
        }
    }

    private static BuyerDay unit(int day, int buyer) {
        return new BuyerDay("f1", DAY_0 + day, Segment.CONSUMER, "c1", "buyer" + buyer);
    }

    private Evaluation tradeUntil(int from, int until) {
        Evaluation last = null;
        for (int day = from; day < until; day++) {
            trade(day);
            last = ledger.evaluate(DAY_0 + day + 1, entries);
        }
        return last;
    }

    @Test
    void aFactoryThatOnlyFailsBecauseThePolicyChangedHasADaysRespite() {
        policies.add(standard(200, "strict", CHANGED));
        Evaluation before = tradeUntil(0, CHANGED - 1);
        assertThat(before.score().standing()).isEqualTo(Standing.PROBATION);
        assertThat(before.classes().get(0).signal()).isEqualTo(Signal.WARN);
        assertThat(before.policyVersion()).isEqualTo("default-1");

        Evaluation first = tradeUntil(CHANGED - 1, CHANGED);
        assertThat(first.policyVersion()).isEqualTo("strict");
        assertThat(first.classes().get(0).standardBp()).isEqualTo(200);
        assertThat(first.classes().get(0).signal()).isEqualTo(Signal.FAIL);
        assertThat(first.score().standing()).isEqualTo(Standing.PROBATION);

        Evaluation second = tradeUntil(CHANGED, CHANGED + 1);
        assertThat(second.score().standing()).isEqualTo(Standing.DEMOTED);
        assertThat(second.alerts())
                .as("the episode that was open goes on")
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.status()).isEqualTo(AlertStatus.ESCALATED);
                    assertThat(alert.revision()).isEqualTo(2);
                    assertThat(alert.policyVersion()).isEqualTo("strict");
                });
    }

    @Test
    void aFactoryThatFailsByBothPoliciesHasNone() {
        policies.add(standard(200, "strict", CHANGED - 1));
        policies.add(standard(190, "stricter", CHANGED));
        tradeUntil(0, CHANGED - 1);
        assertThat(tradeUntil(CHANGED - 1, CHANGED).score().standing()).isEqualTo(Standing.DEMOTED);
    }

    @Test
    void aMilderPolicyLeavesTheStandingToItsRules() {
        policies.add(standard(900, "mild", CHANGED));
        tradeUntil(0, CHANGED - 1);
        Evaluation first = tradeUntil(CHANGED - 1, CHANGED);
        assertThat(first.classes().get(0).signal()).isNull();
        assertThat(first.score().standing()).isEqualTo(Standing.PROBATION);
        assertThat(tradeUntil(CHANGED, CHANGED + 6).score().standing()).isEqualTo(Standing.GOOD);
    }
}
