package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Changes of the policy under way: when they act, who waits for them, what a restore keeps. */
class PolicyBoundOperatorTest {
    private static final LocalCalendar CALENDAR = new LocalCalendar(Policy.DEFAULT.timeZone());
    private static final long NOON =
            CALENDAR.midnight((int) LocalDate.of(2024, 3, 1).toEpochDay()) + 12 * 3_600_000L;
    private static final List<String> SKUS = List.of("cup", "sock", "toy");
    private static final int MAX_PARALLELISM = 8;

    private static Harness open(int parallelism, int subtask, OperatorSubtaskState state) throws Exception {
        Harness harness = new Harness(parallelism, subtask);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.openUnknowing();
        return harness;
    }

    private static final class Harness extends PolicyBoundHarness<String, KeyedLines, FloorRow> {
        Harness(int parallelism, int subtask) throws Exception {
            super(
                    new PriceFloorOperator(new PolicyTimeline(Policy.DEFAULT), Long.MAX_VALUE),
                    KeyedLines::subject,
                    Types.STRING,
                    MAX_PARALLELISM,
                    parallelism,
                    subtask);
        }

        /** Every item has a floor of 100, and is sold for 101, 1 % above it, at an instant. */
        void sell(long... instants) throws Exception {
            for (String sku : SKUS) {
                for (String buyer : List.of("a", "b", "c")) {
                    lines(sku, KeyedLines.Kind.SHIPPED, "deal-" + buyer, buyer, NOON, 100);
                }
                for (long instant : instants) {
                    lines(sku, KeyedLines.Kind.PAID, "at-" + (instant - NOON), "d", instant, 101);
                }
            }
        }

        private void lines(String sku, KeyedLines.Kind kind, String order, String buyer, long at, long price)
                throws Exception {
            List<KeyedLines.Line> lines = List.of(new KeyedLines.Line("1", 1, price));
            processElement(new StreamRecord<>(new KeyedLines(
                    sku + "/WHOLESALE/CNY", kind, at, at, order + kind, order, "factory", buyer, lines, null)));
        }

        List<String> breaches() {
            var records = getSideOutput(PriceFloorOperator.BREACHES);
            return records == null
                    ? List.of()
                    : records.stream()
                            .map(StreamRecord::getValue)
                            .map(PolicyBoundOperatorTest::name)
                            .sorted()
                            .toList();
        }
    }

    private static String name(Breach breach) {
        return breach.subject().split("/")[0] + " " + breach.orderId() + " " + breach.policyVersion();
    }

    /** Tolerates so many basis points above the floor. */
    private static PolicyChange tolerating(int toleranceBp, String version, long effectiveFrom) {
        PricePolicy price = PricePolicy.DEFAULT;
        return new PolicyChange(
                effectiveFrom,
                new Policy(
                        version,
                        Policy.DEFAULT.timeZone(),
                        new PricePolicy(price.tiers(), price.minBuyers(), price.carryDays(), toleranceBp, 20),
                        QualityPolicy.DEFAULT));
    }

    private static String[] ofEverySku(String... breaches) {
        return SKUS.stream()
                .flatMap(sku -> List.of(breaches).stream().map(breach -> sku + " " + breach))
                .toArray(String[]::new);
    }

    @Test
    void actsFromItsInstantOnWhateverCameFirst() throws Exception {
        String[] expected = ofEverySku("at-10 default-1", "at-19 default-1", "at-30 v3");
        for (boolean policiesFirst : new boolean[] {true, false}) {
            try (Harness harness = open(1, 0, null)) {
                if (!policiesFirst) {
                    harness.sell(NOON + 10, NOON + 19, NOON + 20, NOON + 29, NOON + 30);
                }
                harness.publish(tolerating(50, "v3", NOON + 30));
                harness.publish(tolerating(200, "v2", NOON + 20));
                if (policiesFirst) {
                    harness.sell(NOON + 10, NOON + 19, NOON + 20, NOON + 29, NOON + 30);
                }
                harness.knowPoliciesThrough(NOON + 50);
                harness.processWatermark(NOON + 40);
                assertThat(harness.breaches()).containsExactlyInAnyOrder(expected);
            }
        }
    }

    @Test
    void nothingIsJudgedBeforeItsPolicyIsKnown() throws Exception {
        try (Harness harness = open(1, 0, null)) {
            harness.sell(NOON + 10, NOON + 20);
            harness.processWatermark(NOON + 40);
            assertThat(harness.breaches()).isEmpty();

            harness.knowPoliciesThrough(NOON + 15);
            assertThat(harness.breaches()).containsExactlyInAnyOrder(ofEverySku("at-10 default-1"));

            harness.publish(tolerating(200, "v2", NOON + 16));
            harness.knowPoliciesThrough(NOON + 60);
            assertThat(harness.breaches()).containsExactlyInAnyOrder(ofEverySku("at-10 default-1"));
        }
    }

    @Test
    void aRestoreAtAnyParallelismKnowsEveryPolicyAndHowFar() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open(1, 0, null)) {
            harness.publish(tolerating(200, "v2", NOON + 20));
            harness.knowPoliciesThrough(NOON + 25);
            harness.sell(NOON + 10, NOON + 22, NOON + 30);
            harness.processWatermark(NOON + 5);
            state = harness.snapshot(1, 1);
        }
        List<String> breaches = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            OperatorSubtaskState part =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(state, MAX_PARALLELISM, 1, 3, subtask);
            try (Harness harness = open(3, subtask, part)) {
                harness.processWatermark(NOON + 40);
                assertThat(harness.breaches()).allMatch(breach -> breach.endsWith("at-10 default-1"));
                harness.publish(tolerating(0, "v3", NOON + 28));
                harness.knowPoliciesThrough(NOON + 60);
                breaches.addAll(harness.breaches());
            }
        }
        assertThat(breaches).containsExactlyInAnyOrder(ofEverySku("at-10 default-1", "at-30 v3"));
    }
}
