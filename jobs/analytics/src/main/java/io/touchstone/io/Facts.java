package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewTopic;
import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** From records of the schemas to facts of the market; what breaks a rule of the contract is refused as INVALID by its field. */
final class Facts {
    private static final long FROM = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
    private static final long TO = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
    private static final int ID_CODE_POINTS = 256;

    private Facts() {}

    static OrderEvent of(Order order) throws Refusal {
        OrderEvent.Status status = symbol(OrderEvent.Status.class, order.getStatus(), "status");
        OrderEvent.CancelledBy cancelledBy = order.getCancelledBy() == null
                ? null
                : symbol(OrderEvent.CancelledBy.class, order.getCancelledBy(), "cancelled_by");
        long eventTime = time(order.getEventTime(), "event_time");
        long paidAt = time(order.getPaidAt(), "paid_at");
        long shipBy = time(order.getShipBy(), "ship_by");
        require(paidAt <= eventTime, "paid_at");
        require(status != OrderEvent.Status.PAID || eventTime == paidAt, "event_time");
        require(shipBy >= paidAt, "ship_by");
        require(status != OrderEvent.Status.CANCELLED || cancelledBy != null, "cancelled_by");
        return new OrderEvent(
                id(order.getEventId(), "event_id"),
                id(order.getOrderId(), "order_id"),
                status,
                eventTime,
                symbol(OrderEvent.Type.class, order.getType(), "type"),
                id(order.getFactoryId(), "factory_id"),
                id(order.getCategoryId(), "category_id"),
                id(order.getBeltId(), "belt_id"),
                id(order.getBuyerId(), "buyer_id"),
                symbol(Segment.class, order.getBuyerSegment(), "buyer_segment"),
                paidAt,
                shipBy,
                (int) within(order.getLeadDays(), 0, 365, "lead_days"),
                cancelledBy,
                lines(order));
    }

    private static List<OrderEvent.Line> lines(Order order) throws Refusal {
        int size = order.getLines().size();
        require(size > 0, "lines");
        List<OrderEvent.Line> lines = new ArrayList<>(size);
        Set<String> ids = size == 1 ? null : new HashSet<>();
        for (OrderLine line : order.getLines()) {
            String path = "lines[" + lines.size() + "].";
            require(isCurrency(line.getCurrency()), path + "currency");
            lines.add(new OrderEvent.Line(
                    id(line.getLineId(), path + "line_id"),
                    id(line.getSkuId(), path + "sku_id"),
                    within(line.getQuantity(), 1, 1_000_000_000L, path + "quantity"),
                    within(line.getUnitPriceMicros(), 1, 1_000_000_000_000L, path + "unit_price_micros"),
                    line.getCurrency(),
                    symbol(Channel.class, line.getChannel(), path + "channel")));
            require(ids == null || ids.add(line.getLineId()), path + "line_id");
        }
        return lines;
    }

    static ReturnEvent of(OrderReturn event) throws Refusal {
        ReturnEvent.Stage stage = symbol(ReturnEvent.Stage.class, event.getStage(), "stage");
        ReturnEvent.Liable liable =
                event.getLiable() == null ? null : symbol(ReturnEvent.Liable.class, event.getLiable(), "liable");
        require(stage != ReturnEvent.Stage.JUDGED || liable != null, "liable");
        return new ReturnEvent(
                id(event.getEventId(), "event_id"),
                id(event.getReturnId(), "return_id"),
                id(event.getOrderId(), "order_id"),
                stage,
                time(event.getEventTime(), "event_time"),
                symbol(ReturnEvent.Reason.class, event.getReason(), "reason"),
                liable);
    }

    static ReviewEvent of(Review event) throws Refusal {
        Set<ReviewEvent.Topic> topics = EnumSet.noneOf(ReviewEvent.Topic.class);
        for (ReviewTopic topic : event.getTopics()) {
            topics.add(symbol(ReviewEvent.Topic.class, topic, "topics"));
        }
        return new ReviewEvent(
                id(event.getEventId(), "event_id"),
                id(event.getReviewId(), "review_id"),
                id(event.getOrderId(), "order_id"),
                symbol(ReviewEvent.Stage.class, event.getStage(), "stage"),
                time(event.getEventTime(), "event_time"),
                (int) within(event.getStars(), 1, 5, "stars"),
                topics);
    }

    private static void require(boolean holds, String field) throws Refusal {
        if (!holds) {
            throw Refusal.invalid(field);
        }
    }

    private static long within(long value, long from, long to, String field) throws Refusal {
        require(value >= from && value <= to, field);
        return value;
    }

    private static long time(Instant instant, String field) throws Refusal {
        return within(instant.toEpochMilli(), FROM, TO - 1, field);
    }

    private static String id(String id, String field) throws Refusal {
        int length = id.length();
        require(length > 0 && (length <= ID_CODE_POINTS || id.codePointCount(0, length) <= ID_CODE_POINTS), field);
        return id;
    }

    private static boolean isCurrency(String code) {
        return code.length() == 3 && code.chars().allMatch(c -> c >= 'A' && c <= 'Z');
    }

    /** The symbol of the same name; the schemas' UNKNOWN has none. */
    private static <E extends Enum<E>> E symbol(Class<E> type, Enum<?> symbol, String field) throws Refusal {
        try {
            return Enum.valueOf(type, symbol.name());
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(field);
        }
    }
}
