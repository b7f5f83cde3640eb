package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.oracle.Histories;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.Breach;
import io.touchstone.price.Floor;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import io.touchstone.price.KeyedLines.Kind;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, lateness, timers, checkpoints and idleness of the operator; what a floor is has tests of its own. */
class PriceFloorOperatorTest {
    private static final Policy POLICY = Policy.DEFAULT;
    private static final LocalCalendar CALENDAR = new LocalCalendar(POLICY.timeZone());
    private static final int DAY_1 = (int) LocalDate.of(2024, 3, 1).toEpochDay();
    private static final long HOUR = 3_600_000L;
    private static final String SOCKS = "socks/WHOLESALE/CNY";
    private static final int MAX_PARALLELISM = 8;

    private static long noon(int day) {
        return CALENDAR.midnight(DAY_1 + day) + 12 * HOUR;
    }

    private static KeyedLines shipped(String order, String buyer, long at, long price) {
        return lines(Kind.SHIPPED, order, buyer, at, price, null);
    }

    private static KeyedLines paid(String order, String buyer, long at, long price) {
        return lines(Kind.PAID, order, buyer, at, price, new Origin("orders", 1, 77, new byte[] {1, 2, 3}));
    }

    private static KeyedLines lines(Kind kind, String order, String buyer, long at, long price, Origin origin) {
        return new KeyedLines(
                SOCKS,
                kind,
                at,
                at,
                order + kind,
                order,
                "factory",
                buyer,
                List.of(new KeyedLines.Line("1", 10, price)),
                origin);
    }

    private static Harness open() throws Exception {
        return open(1, 0, null);
    }

    private static Harness open(int parallelism, int subtask, OperatorSubtaskState state) throws Exception {
        Harness harness = new Harness(parallelism, subtask);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static final class Harness extends PolicyBoundHarness<String, KeyedLines, FloorRow> {
        Harness(int parallelism, int subtask) throws Exception {
            super(
                    new PriceFloorOperator(new PolicyTimeline(POLICY), Long.MAX_VALUE),
                    KeyedLines::subject,
                    Types.STRING,
                    MAX_PARALLELISM,
                    parallelism,
                    subtask);
        }

        void arrive(KeyedLines lines) throws Exception {
            processElement(new StreamRecord<>(lines));
        }

        /** Keys with state. */
        /** As a checkpoint would see them. */
        long keys() throws Exception {
            snapshot(1, 1);
            return ((PriceFloorOperator) getOperator())
                    .getKeyedStateBackend()
                    .getKeys("price-ledger", VoidNamespace.INSTANCE)
                    .count();
        }

        List<FloorRow> floors() {
            return extractOutputValues();
        }

        <T> List<T> side(org.apache.flink.util.OutputTag<T> tag) {
            var records = getSideOutput(tag);
            return records == null
                    ? List.of()
                    : records.stream().map(StreamRecord::getValue).toList();
        }
    }

    @Test
    void waitsForTheWatermarkAndThenFoldsInEventTimeOrder() throws Exception {
        try (Harness harness = open()) {
            harness.arrive(shipped("o3", "c", noon(0) + 2, 40));
            harness.arrive(shipped("o1", "a", noon(0), 60));
            harness.arrive(shipped("o2", "b", noon(0) + 1, 50));
            assertThat(harness.floors()).isEmpty();

            harness.processWatermark(noon(0) + 1);
            assertThat(harness.floors()).extracting(FloorRow::validFrom).containsExactly(noon(0), noon(0) + 1);

            harness.processWatermark(noon(0) + 2);
            assertThat(harness.floors())
                    .last()
                    .extracting(FloorRow::floor)
                    .isEqualTo(new Floor(Floor.Status.CURRENT, 60L, 40L, 3));
        }
    }

    @Test
    void judgesAPaymentByTheDealsBeforeItWhateverCameFirst() throws Exception {
        try (Harness harness = open()) {
            harness.arrive(paid("x", "x", noon(1), 100));
            for (String buyer : List.of("a", "b", "c")) {
                harness.arrive(shipped("o-" + buyer, buyer, noon(0), 50));
            }
            harness.processWatermark(noon(2));
            assertThat(harness.side(PriceFloorOperator.BREACHES))
                    .extracting(Breach::excessBp)
                    .containsExactly(10_000L);
            assertThat(harness.side(PriceFloorOperator.ALERTS)).hasSize(1);
        }
    }

    @Test
    void letsALateDealActAtTheFirstOpenInstantAndALatePaymentDie() throws Exception {
        try (Harness harness = open()) {
            harness.processWatermark(noon(1));
            harness.arrive(shipped("o", "a", noon(0), 50));
            harness.arrive(paid("p", "a", noon(1), 50));
            harness.processWatermark(noon(1) + 1);

            assertThat(harness.floors()).extracting(FloorRow::validFrom).containsExactly(noon(1) + 1);
            assertThat(harness.side(PriceFloorOperator.DEAD_LETTERS))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.LATE);
                        assertThat(letter.key()).isEqualTo("orders/1/77/LATE");
                        assertThat(letter.origin().value()).containsExactly(1, 2, 3);
                    });
        }
    }

    @Test
    void needsOneTimerPerKeyHoweverManyDealsThereAre() throws Exception {
        try (Harness harness = open()) {
            for (int i = 0; i < 500; i++) {
                harness.arrive(shipped("o" + i, "b" + i, noon(i % 20) + i, 1000 - i));
                harness.arrive(paid("p" + i, "b" + i, noon(i % 20) + i, 1000 - i));
            }
            harness.processWatermark(noon(20));
            assertThat(harness.numEventTimeTimers()).isEqualTo(1);
            assertThat(harness.keys()).isEqualTo(1);
        }
    }

    @Test
    void keepsNoStateAndNoTimersOnceEverythingHasAgedOut() throws Exception {
        for (long seed = 0; seed < 5; seed++) {
            try (Harness harness = open()) {
                for (OrderEvent event : Histories.random(seed, POLICY, 300)) {
                    for (KeyedLines lines : KeyedLines.of(event, null)) {
                        harness.arrive(lines);
                    }
                }
                harness.processWatermark(Long.MAX_VALUE);
                assertThat(harness.floors()).isNotEmpty();
                assertThat(harness.numEventTimeTimers()).isZero();
                assertThat(harness.keys()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void findsTheSameThroughCheckpointsAndOtherParallelism(long seed) throws Exception {
        Random random = new Random(seed);
        List<KeyedLines> arriving = new ArrayList<>();
        for (OrderEvent event : Histories.random(seed, POLICY, 300)) {
            arriving.addAll(KeyedLines.of(event, null));
        }
        long end = arriving.stream().mapToLong(KeyedLines::time).max().orElseThrow() + 40 * 24 * HOUR;

        TreeSet<String> undisturbed = run(arriving, end, 1, 1, random);
        assertThat(undisturbed).isNotEmpty();
        assertThat(run(arriving, end, 1, 3, random)).isEqualTo(undisturbed);
        assertThat(run(arriving, end, 4, 2, random)).isEqualTo(undisturbed);

        // What has arrived by the watermark may have arrived in any order.
        Collections.shuffle(arriving, random);
        assertThat(run(arriving, end, 2, 2, random)).isEqualTo(undisturbed);
    }

    /** Plays half of the lines at one parallelism, takes a snapshot in the middle of what waits, plays the rest at another. */
    private static TreeSet<String> run(List<KeyedLines> arriving, long end, int before, int after, Random random)
            throws Exception {
        List<KeyedLines> sorted = new ArrayList<>(arriving);
        sorted.sort(java.util.Comparator.comparingLong(KeyedLines::time));
        long middle = sorted.get(sorted.size() / 2).time();
        TreeSet<String> found = new TreeSet<>();
        List<Harness> first = openAll(before, null);
        for (KeyedLines lines : arriving) {
            if (lines.time() <= middle + 12 * HOUR) {
                owner(first, lines).arrive(lines);
            }
        }
        for (Harness harness : first) {
            harness.processWatermark(middle - random.nextInt(3));
        }
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (Harness harness : first) {
            states.add(harness.snapshot(1, 1));
            collect(harness, found);
            harness.close();
        }
        OperatorSubtaskState state =
                AbstractStreamOperatorTestHarness.repackageState(states.toArray(OperatorSubtaskState[]::new));

        List<Harness> second = openAll(after, new Restored(state, before));
        for (KeyedLines lines : arriving) {
            if (lines.time() > middle + 12 * HOUR) {
                owner(second, lines).arrive(lines);
            }
        }
        for (Harness harness : second) {
            harness.processWatermark(end);
            collect(harness, found);
            harness.close();
        }
        return found;
    }

    private record Restored(OperatorSubtaskState state, int parallelism) {}

    private static List<Harness> openAll(int parallelism, Restored restored) throws Exception {
        List<Harness> harnesses = new ArrayList<>();
        for (int subtask = 0; subtask < parallelism; subtask++) {
            harnesses.add(open(
                    parallelism,
                    subtask,
                    restored == null
                            ? null
                            : AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    restored.state, MAX_PARALLELISM, restored.parallelism, parallelism, subtask)));
        }
        return harnesses;
    }

    private static Harness owner(List<Harness> harnesses, KeyedLines lines) {
        return harnesses.get(org.apache.flink.runtime.state.KeyGroupRangeAssignment.assignKeyToParallelOperator(
                lines.subject(), MAX_PARALLELISM, harnesses.size()));
    }

    private static void collect(Harness harness, TreeSet<String> found) {
        harness.floors().forEach(row -> assertThat(found.add(row.toString())).isTrue());
        harness.side(PriceFloorOperator.BREACHES).forEach(row -> found.add(row.toString()));
        harness.side(PriceFloorOperator.ALERTS)
                .forEach(alert -> assertThat(found.add(alert.toString())).isTrue());
        assertThat(harness.side(PriceFloorOperator.DEAD_LETTERS)).isEmpty();
    }

    @Test
    void judgesLatenessByTheWatermarkBeforeTheRestore() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open()) {
            harness.processWatermark(noon(1));
            state = harness.snapshot(1, 1);
        }
        try (Harness harness = open(1, 0, state)) {
            harness.arrive(paid("p", "a", noon(1), 50));
            harness.arrive(shipped("o", "a", noon(0), 50));
            harness.processWatermark(noon(2));
            assertThat(harness.side(PriceFloorOperator.DEAD_LETTERS)).hasSize(1);
            assertThat(harness.floors()).extracting(FloorRow::validFrom).containsExactly(noon(1) + 1);
        }
    }

    @Test
    void closesDaysAtThePaceOfTheWallClockWhileEveryInputIsIdle() throws Exception {
        try (Harness harness = open()) {
            harness.setProcessingTime(0);
            harness.arrive(shipped("o", "a", noon(0), 50));
            harness.processWatermark(noon(0));
            harness.processWatermarkStatus1(WatermarkStatus.IDLE);

            long toMidnight = CALENDAR.midnight(DAY_1 + 31) - noon(0);
            harness.setProcessingTime(toMidnight - 2000);
            assertThat(harness.floors()).hasSize(1);
            harness.setProcessingTime(toMidnight + 2000);
            assertThat(harness.floors()).last().satisfies(row -> {
                assertThat(row.validFrom()).isEqualTo(CALENDAR.midnight(DAY_1 + 31));
                assertThat(row.floor()).isEqualTo(Floor.NONE);
            });
        }
    }

    @Test
    void closesDaysAfterARestoreThoughNothingComesIn() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open()) {
            harness.arrive(shipped("o", "a", noon(0), 50));
            harness.processWatermark(noon(0));
            state = harness.snapshot(1, 1);
        }
        try (Harness harness = open(1, 0, state)) {
            harness.setProcessingTime(0);
            harness.processWatermarkStatus1(WatermarkStatus.IDLE);
            harness.setProcessingTime(CALENDAR.midnight(DAY_1 + 31) - noon(0) + 2000);
            assertThat(harness.floors()).extracting(FloorRow::validFrom).containsExactly(CALENDAR.midnight(DAY_1 + 31));
        }
    }

    @Test
    void standsStillWhileAnInputIsActiveButSilent() throws Exception {
        try (Harness harness = open()) {
            harness.setProcessingTime(0);
            harness.arrive(shipped("o", "a", noon(0), 50));
            harness.processWatermark(noon(0));
            harness.processWatermarkStatus1(WatermarkStatus.IDLE);
            harness.setProcessingTime(60_000);
            harness.processWatermarkStatus1(WatermarkStatus.ACTIVE);
            harness.setProcessingTime(400 * 24 * HOUR);
            assertThat(harness.floors()).hasSize(1);

            // Nothing that comes after an outage is late for what passed on the wall meanwhile.
            harness.arrive(paid("p", "a", noon(0) + 120_000, 50));
            assertThat(harness.side(PriceFloorOperator.DEAD_LETTERS)).isEmpty();
        }
    }
}
