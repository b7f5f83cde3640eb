package io.touchstone.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.Arrival;
import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.Segment;
import io.touchstone.price.ItemSeller;
import io.touchstone.price.KeyedLines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who sells an item is told as often as it is news. */
class SplitOrdersTest {
    private static final long MORNING = Instant.parse("2026-03-01T06:00:00Z").toEpochMilli();
    private static final long EVENING = MORNING + Duration.ofHours(12).toMillis();
    private static final long TOMORROW = MORNING + Duration.ofDays(1).toMillis();

    private OneInputStreamOperatorTestHarness<Arrival<OrderEvent>, KeyedLines> split;

    @BeforeEach
    void open() throws Exception {
        split = ProcessFunctionTestHarnesses.forProcessFunction(new SplitOrders());
    }

    @AfterEach
    void close() throws Exception {
        split.close();
    }

    private void order(OrderEvent.Status status, long at, String factory, String category) throws Exception {
        OrderEvent order = new OrderEvent(
                "e-" + at + status,
                "o-" + at,
                status,
                at,
                OrderEvent.Type.REGULAR,
                factory,
                category,
                "belt",
                "buyer",
                Segment.CONSUMER,
                at,
                at,
                0,
                null,
                List.of(new OrderEvent.Line("1", "cup", 1, 1_000_000, "CNY", Channel.WHOLESALE)));
        split.processElement(new StreamRecord<>(Arrival.of(new Origin("orders", 0, at, new byte[0]), order)));
    }

    private List<ItemSeller> told() {
        java.util.Queue<StreamRecord<ItemSeller>> told = split.getSideOutput(SplitOrders.SELLERS);
        return told == null
                ? List.of()
                : told.stream().map(StreamRecord::getValue).toList();
    }

    private static ItemSeller seller(long since, String factory, String category) {
        return new ItemSeller("cup/WHOLESALE/CNY", since, factory, category);
    }

    @Test
    void onceADay() throws Exception {
        order(OrderEvent.Status.SHIPPED, MORNING, "F-1", "cups");
        order(OrderEvent.Status.SHIPPED, EVENING, "F-1", "cups");
        order(OrderEvent.Status.SHIPPED, TOMORROW, "F-1", "cups");
        assertThat(told()).containsExactly(seller(MORNING, "F-1", "cups"), seller(TOMORROW, "F-1", "cups"));
    }

    @Test
    void atOnceWhenFactoryOrCategoryChanges() throws Exception {
        order(OrderEvent.Status.SHIPPED, MORNING, "F-1", "cups");
        order(OrderEvent.Status.SHIPPED, MORNING + 1, "F-2", "cups");
        order(OrderEvent.Status.SHIPPED, MORNING + 2, "F-2", "mugs");
        assertThat(told())
                .containsExactly(
                        seller(MORNING, "F-1", "cups"),
                        seller(MORNING + 1, "F-2", "cups"),
                        seller(MORNING + 2, "F-2", "mugs"));
    }

    @Test
    void byWhatWasShippedOnly() throws Exception {
        order(OrderEvent.Status.PAID, MORNING, "F-1", "cups");
        order(OrderEvent.Status.CANCELLED, EVENING, "F-1", "cups");
        assertThat(told()).isEmpty();
    }
}
