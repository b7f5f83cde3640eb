package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.ClassFinding;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import java.time.LocalDate;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Order, waiting, midnights and forgetting of the two operators behind quality; what a score is has tests of its own. */
class FactoryQualityOperatorsTest {
    private static final Policy POLICY = Policy.DEFAULT;
    private static final LocalCalendar CALENDAR = new LocalCalendar(POLICY.timeZone());
    private static final int DAY_1 = (int) LocalDate.of(2024, 3, 1).toEpochDay();
    private static final long HOUR = 3_600_000L;

    private static long noon(int day) {
        return CALENDAR.midnight(DAY_1 + day) + 12 * HOUR;
    }

    private static OrderNews order(String id, OrderEvent.Status status, long paidAt, long at) {
        return OrderNews.of(new OrderEvent(
                id + status,
                id,
                status,
                at,
                OrderEvent.Type.REGULAR,
                "factory",
                "socks",
                "zhuji",
                "buyer of " + id,
                Segment.CONSUMER,
                paidAt,
                paidAt + 48 * HOUR,
                0,
                null,
                List.of()));
    }

    private static OrderNews opened(String orderId, long at) {
        return OrderNews.of(
                new ReturnEvent(
                        orderId + "-R", "r", orderId, ReturnEvent.Stage.OPENED, at, ReturnEvent.Reason.QUALITY, null),
                new Origin("returns", 2, 41, new byte[] {7}));
    }

    /** The two operators in a row, in one thread. */
    private static final class Jobs implements AutoCloseable {
        private KeyedOneInputStreamOperatorTestHarness<Integer, OrderNews, Fact> orders;
        private PolicyBoundHarness<String, Fact, Evaluation> factories;

        Jobs() throws Exception {
            openBoth(null, null);
        }

        private void openBoth(OperatorSubtaskState ordersState, OperatorSubtaskState factoriesState) throws Exception {
            orders = new KeyedOneInputStreamOperatorTestHarness<>(
                    new OrderRecordsOperator(POLICY, Long.MAX_VALUE), OrderRecordsOperator::bucket, Types.INT);
            factories = new PolicyBoundHarness<>(
                    new FactoryLedgersOperator(new PolicyTimeline(POLICY), Long.MAX_VALUE),
                    fact -> fact.buyerDay().factoryId(),
                    Types.STRING);
            open(orders, ordersState);
            open(factories, factoriesState);
        }

        private static void open(AbstractStreamOperatorTestHarness<?> harness, OperatorSubtaskState state)
                throws Exception {
            harness.setStateBackend(new EmbeddedRocksDBStateBackend());
            harness.setup();
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
        }

        void arrive(OrderNews news) throws Exception {
            orders.processElement(new StreamRecord<>(news));
        }

        void watermark(long watermark) throws Exception {
            orders.processWatermark(watermark);
            Queue<Object> out = orders.getOutput();
            while (!out.isEmpty()) {
                if (out.poll() instanceof StreamRecord<?> record) {
                    factories.processElement(new StreamRecord<>((Fact) record.getValue()));
                }
            }
            factories.processWatermark(watermark);
        }

        void crashAndRestore() throws Exception {
            OperatorSubtaskState ordersState = orders.snapshot(1, 1);
            OperatorSubtaskState factoriesState = factories.snapshot(1, 1);
            close();
            openBoth(ordersState, factoriesState);
        }

        List<Evaluation> evaluations() {
            return factories.extractOutputValues();
        }

        List<DeadLetter> letters() {
            var records = orders.getSideOutput(OrderRecordsOperator.DEAD_LETTERS);
            return records == null
                    ? List.of()
                    : records.stream().map(StreamRecord::getValue).toList();
        }

        /** Entries of all states, whatever their key. */
        int entries() {
            return entries(orders) + entries(factories);
        }

        private static int entries(AbstractStreamOperatorTestHarness<?> harness) {
            var operator = (AbstractStreamOperator<?>) harness.getOperator();
            return ((AbstractKeyedStateBackend<?>) operator.getKeyedStateBackend()).numKeyValueStateEntries();
        }

        int timers() {
            return orders.numEventTimeTimers() + factories.numEventTimeTimers();
        }

        @Override
        public void close() throws Exception {
            orders.close();
            factories.close();
        }
    }

    private static ClassFinding quality(Evaluation evaluation) {
        return evaluation.classes().get(DefectClass.QUALITY.ordinal());
    }

    @Test
    void evaluatesWhenADayClosesAndOnlyWithWhatHappenedBefore() throws Exception {
        try (Jobs jobs = new Jobs()) {
            jobs.arrive(order("a", OrderEvent.Status.PAID, noon(0), noon(0)));
            jobs.arrive(opened("a", noon(1)));
            jobs.watermark(noon(0));
            assertThat(jobs.evaluations()).isEmpty();

            jobs.watermark(noon(2));
            assertThat(jobs.evaluations())
                    .extracting(
                            Evaluation::day,
                            e -> quality(e).n(),
                            e -> quality(e).x())
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(DAY_1 + 1, 1L, 0L),
                            org.assertj.core.groups.Tuple.tuple(DAY_1 + 2, 1L, 1L));
        }
    }

    @Test
    void noticesAnOverdueAnswerThoughADeliveryIsTakenWithTheReturn() throws Exception {
        try (Jobs jobs = new Jobs()) {
            jobs.arrive(order("a", OrderEvent.Status.PAID, noon(0), noon(0)));
            jobs.arrive(opened("a", noon(1)));
            jobs.arrive(order("a", OrderEvent.Status.DELIVERED, noon(0), noon(10)));
            // One step of event time over the week in which the factory had to answer.
            jobs.watermark(noon(11));
            assertThat(jobs.evaluations().stream()
                            .filter(evaluation -> evaluation.day() == DAY_1 + 9)
                            .map(evaluation -> evaluation
                                    .classes()
                                    .get(DefectClass.AFTER_SALES.ordinal())
                                    .x()))
                    .containsExactly(1L);
        }
    }

    @Test
    void letsAReturnWaitForItsOrderThroughARestore() throws Exception {
        try (Jobs jobs = new Jobs()) {
            jobs.arrive(opened("a", noon(0)));
            jobs.watermark(noon(1));
            jobs.crashAndRestore();
            jobs.arrive(order("a", OrderEvent.Status.PAID, noon(2), noon(2)));
            jobs.watermark(noon(3));
            assertThat(jobs.letters()).isEmpty();
            assertThat(quality(jobs.evaluations().get(0)).x()).isEqualTo(1);
        }
    }

    @Test
    void makesADeadLetterOfAReturnWhoseOrderNeverComes() throws Exception {
        try (Jobs jobs = new Jobs()) {
            jobs.arrive(opened("nobody", noon(0)));
            jobs.watermark(noon(7));
            assertThat(jobs.letters()).isEmpty();
            jobs.watermark(noon(7) + 1);
            assertThat(jobs.letters()).extracting(DeadLetter::key).containsExactly("returns/2/41/UNMATCHED");
        }
    }

    @Test
    void keepsNoStateAndNoTimersOnceEverythingHasAgedOut() throws Exception {
        try (Jobs jobs = new Jobs()) {
            for (int i = 0; i < 300; i++) {
                jobs.arrive(order("o" + i, OrderEvent.Status.PAID, noon(i % 30), noon(i % 30)));
                jobs.arrive(order("o" + i, OrderEvent.Status.SHIPPED, noon(i % 30), noon(i % 30) + HOUR));
                if (i % 5 == 0) {
                    jobs.arrive(opened("o" + i, noon(i % 30 + 4)));
                }
            }
            jobs.arrive(opened("nobody", noon(3)));
            jobs.watermark(noon(20));
            jobs.crashAndRestore();
            for (int day = 21; day < 260; day++) {
                jobs.watermark(noon(day));
            }
            assertThat(jobs.evaluations())
                    .last()
                    .extracting(Evaluation::outcome)
                    .isEqualTo(Outcome.FORGOTTEN);
            // A snapshot writes what has been forgotten but not yet deleted.
            jobs.crashAndRestore();
            assertThat(jobs.entries()).isZero();
            assertThat(jobs.timers()).isZero();
        }
    }

    @Test
    void forgetsEverythingWhenItsInputsEnd() throws Exception {
        try (Jobs jobs = new Jobs()) {
            jobs.arrive(order("a", OrderEvent.Status.PAID, noon(0), noon(0)));
            jobs.watermark(Long.MAX_VALUE);
            assertThat(jobs.evaluations()).hasSize(91);
            assertThat(jobs.timers()).isZero();
        }
    }

    @Test
    void needsNoTimerPerOrderUnlessAReturnIsOpen() throws Exception {
        try (Jobs jobs = new Jobs()) {
            for (int i = 0; i < 5000; i++) {
                jobs.arrive(order("o" + i, OrderEvent.Status.PAID, noon(0), noon(0)));
            }
            jobs.watermark(noon(0));
            // One per bucket and day, and the factory's midnight.
            assertThat(jobs.timers()).isLessThanOrEqualTo(1025);
        }
    }
}
