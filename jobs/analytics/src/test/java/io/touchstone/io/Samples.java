package io.touchstone.io;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.CancelledBy;
import io.touchstone.event.Channel;
import io.touchstone.event.Liable;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.event.ReviewTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Sound records to begin with. */
final class Samples {
    static final Instant PAID_AT = Instant.parse("2024-03-01T04:00:00Z");

    private Samples() {}

    static OrderLine line(String id) {
        return new OrderLine(id, "袜子/socks", 12L, 1_250_000L, "CNY", Channel.WHOLESALE);
    }

    /** An order that was shipped a day after it was paid; its lists are its own. */
    static Order order() {
        return new Order(
                "e-1",
                "o-1",
                OrderStatus.SHIPPED,
                PAID_AT.plus(Duration.ofDays(1)),
                OrderType.REGULAR,
                "F-1",
                "socks",
                "诸暨",
                "b-1",
                BuyerSegment.WHOLESALER,
                PAID_AT,
                PAID_AT.plus(Duration.ofDays(2)),
                3,
                null,
                new ArrayList<>(List.of(line("1"), line("2"))));
    }

    static Order cancelled() {
        Order order = order();
        order.setStatus(OrderStatus.CANCELLED);
        order.setCancelledBy(CancelledBy.FACTORY);
        return order;
    }

    static Order paid() {
        Order order = order();
        order.setStatus(OrderStatus.PAID);
        order.setEventTime(PAID_AT);
        return order;
    }

    static OrderReturn orderReturn() {
        return new OrderReturn(
                "e-2", "r-1", "o-1", ReturnStage.JUDGED, PAID_AT, ReturnReason.NOT_AS_DESCRIBED, Liable.FACTORY);
    }

    static Review review() {
        return new Review(
                "e-3",
                "v-1",
                "o-1",
                ReviewStage.POSTED,
                PAID_AT,
                2,
                new ArrayList<>(List.of(ReviewTopic.PRODUCT, ReviewTopic.UNREACHABLE)),
                "破了 \uD83D\uDE21");
    }
}
