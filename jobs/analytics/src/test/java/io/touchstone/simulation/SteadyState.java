package io.touchstone.simulation;

import io.touchstone.market.Channel;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import io.touchstone.operators.FactoryLedgersOperator;
import io.touchstone.operators.OrderRecordsOperator;
import io.touchstone.operators.PolicyBoundHarness;
import io.touchstone.operators.PriceFloorOperator;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * Two hundred days of a market that keeps turning over: articles come and go, so do orders, returns and reviews. How large is the
 * state of each operator then?
 */
public final class SteadyState {
    /** The operators that are measured, in the order of the sizes. */
    public static final List<String> OPERATORS = List.of("price floors", "order records", "factory ledgers");

    private static final long HOUR = 3_600_000L;
    private static final int FIRST_DAY = (int) LocalDate.of(2024, 1, 1).toEpochDay();
    private static final int FACTORIES = 6;
    private static final int ORDERS_A_DAY = 60;

    private static final int SHELVES = 30;

    /** Every article on a shelf is sold for so many days and never again. */
    private static final int DAYS_OF_AN_ARTICLE = 10;

    private final SplittableRandom random = new SplittableRandom(7);
    private final TreeMap<Long, List<Object>> events = new TreeMap<>();

    private SteadyState() {}

    /**
     * Bytes of the state of every operator on days 100, 110, ... 200, as canonical savepoints have them.
     *
     * @param policy with a retention and a carry time that are over by day 100
     */
    public static SortedMap<Integer, long[]> sizes(Policy policy) throws Exception {
        return new SteadyState().measure(policy);
    }

    private SortedMap<Integer, long[]> measure(Policy policy) throws Exception {
        LocalCalendar calendar = new LocalCalendar(policy.timeZone());
        SortedMap<Integer, long[]> sizes = new TreeMap<>();
        try (Market market = new Market(policy)) {
            for (int day = 0; day <= 200; day++) {
                long midnight = calendar.midnight(FIRST_DAY + day);
                sell(day, midnight);
                for (List<Object> due : events.headMap(midnight + 24 * HOUR).values()) {
                    due.forEach(market::arrive);
                }
                events.headMap(midnight + 24 * HOUR).clear();
                market.watermark(midnight + 24 * HOUR - 1);
                if (day >= 100 && day % 10 == 0) {
                    sizes.put(day, market.sizes());
                }
            }
        }
        return sizes;
    }

    /** A day's orders, and all that ever becomes of them. */
    private void sell(int day, long midnight) {
        for (int i = 0; i < ORDERS_A_DAY; i++) {
            String orderId = String.format("o-%03d-%03d", day, i);
            long paidAt = midnight + random.nextLong(24 * HOUR);
            long shipBy = paidAt + 48 * HOUR;
            int leadDays = i % 10 == 0 ? 5 : 0;
            order(orderId, i, day, Status.PAID, paidAt, paidAt, shipBy, leadDays);
            if (i % 20 == 7) {
                order(orderId, i, day, Status.CANCELLED, paidAt + HOUR, paidAt, shipBy, leadDays);
                continue;
            }
            order(orderId, i, day, Status.SHIPPED, paidAt + (1L + i) * HOUR, paidAt, shipBy, leadDays);
            if (i % 12 == 0) {
                long opened = paidAt + (5L + i % 7) * (24 * HOUR);
                step(orderId, ReturnEvent.Stage.OPENED, opened);
                if (i % 24 == 0) {
                    step(orderId, ReturnEvent.Stage.REFUNDED, opened + 30 * HOUR);
                }
            }
            if (i % 15 == 3) {
                review(orderId, i % 30 == 3 ? 1 : 5, paidAt + (6L + i % 5) * (24 * HOUR));
            }
        }
        // Some are about orders that nobody has ever heard of.
        step("nobody-" + day, ReturnEvent.Stage.OPENED, midnight + HOUR);
    }

    private void order(String orderId, int i, int day, Status status, long at, long paidAt, long shipBy, int leadDays) {
        int shelf = i % SHELVES;
        String sku = String.format("sku-%02d-%03d", shelf, (day + shelf) / DAYS_OF_AN_ARTICLE);
        OrderEvent.Line line = new OrderEvent.Line("1", sku, 1 + i % 4, 1_000_000L + i % 9, "CNY", Channel.WHOLESALE);
        add(
                at,
                new OrderEvent(
                        orderId + status,
                        orderId,
                        status,
                        at,
                        OrderEvent.Type.REGULAR,
                        "factory-" + i % FACTORIES,
                        "socks",
                        "zhuji",
                        "buyer-" + random.nextInt(500),
                        Segment.values()[i % Segment.values().length],
                        paidAt,
                        shipBy,
                        leadDays,
                        status == Status.CANCELLED ? OrderEvent.CancelledBy.BUYER : null,
                        List.of(line)));
    }

    private void step(String orderId, ReturnEvent.Stage stage, long at) {
        add(at, new ReturnEvent(orderId + stage, "r", orderId, stage, at, ReturnEvent.Reason.QUALITY, null));
    }

    private void review(String orderId, int stars, long at) {
        add(at, new ReviewEvent(orderId + "v", "v", orderId, ReviewEvent.Stage.POSTED, at, stars, Set.of()));
    }

    private void add(long at, Object event) {
        events.computeIfAbsent(at, t -> new ArrayList<>(1)).add(event);
    }

    /** The operators of both jobs, in one thread. */
    private static final class Market implements AutoCloseable {
        private static final SavepointType SAVEPOINT = SavepointType.savepoint(SavepointFormatType.CANONICAL);

        private final PolicyBoundHarness<String, KeyedLines, FloorRow> prices;
        private final KeyedOneInputStreamOperatorTestHarness<Integer, OrderNews, Fact> orders;
        private final PolicyBoundHarness<String, Fact, Evaluation> factories;
        private int checkpoint;

        Market(Policy policy) throws Exception {
            prices = new PolicyBoundHarness<>(
                    new PriceFloorOperator(new PolicyTimeline(policy), Long.MAX_VALUE),
                    KeyedLines::subject,
                    Types.STRING);
            orders = new KeyedOneInputStreamOperatorTestHarness<>(
                    new OrderRecordsOperator(policy, Long.MAX_VALUE), OrderRecordsOperator::bucket, Types.INT);
            factories = new PolicyBoundHarness<>(
                    new FactoryLedgersOperator(new PolicyTimeline(policy), Long.MAX_VALUE),
                    fact -> fact.buyerDay().factoryId(),
                    Types.STRING);
            for (AbstractStreamOperatorTestHarness<?> harness : List.of(prices, orders, factories)) {
                harness.setStateBackend(new EmbeddedRocksDBStateBackend());
                harness.setup();
                harness.open();
            }
        }

        void arrive(Object event) {
            try {
                Origin origin = new Origin("topic", 0, 0, new byte[0]);
                if (event instanceof OrderEvent order) {
                    orders.processElement(new StreamRecord<>(OrderNews.of(order)));
                    for (KeyedLines lines : KeyedLines.of(order, origin)) {
                        prices.processElement(new StreamRecord<>(lines));
                    }
                } else if (event instanceof ReturnEvent step) {
                    orders.processElement(new StreamRecord<>(OrderNews.of(step, origin)));
                } else {
                    orders.processElement(new StreamRecord<>(OrderNews.of((ReviewEvent) event, origin)));
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        void watermark(long watermark) throws Exception {
            prices.processWatermark(watermark);
            orders.processWatermark(watermark);
            Queue<Object> out = orders.getOutput();
            while (!out.isEmpty()) {
                if (out.poll() instanceof StreamRecord<?> record) {
                    factories.processElement(new StreamRecord<>((Fact) record.getValue()));
                }
            }
            factories.processWatermark(watermark);
            prices.getOutput().clear();
            factories.getOutput().clear();
        }

        /** Bytes of a savepoint: keys, values, timers and what waits. Files of RocksDB hold what was deleted, too, for a while. */
        long[] sizes() throws Exception {
            checkpoint++;
            return new long[] {size(prices), size(orders), size(factories)};
        }

        private long size(AbstractStreamOperatorTestHarness<?> harness) throws Exception {
            OperatorSubtaskState state = harness.snapshotWithLocalState(checkpoint, checkpoint, SAVEPOINT)
                    .getJobManagerOwnedState();
            long size = state.getStateSize();
            state.discardState();
            return size;
        }

        @Override
        public void close() throws Exception {
            prices.close();
            orders.close();
            factories.close();
        }
    }
}
