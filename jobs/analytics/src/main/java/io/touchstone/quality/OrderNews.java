package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What happened to an order, on its way to the order's record: exactly one of {@code order}, {@code step} and {@code review} is set.
 *
 * @param time when it acts, epoch ms; the event's own time unless it came late
 * @param order without its lines, which quality does not look at
 * @param origin of a return or review, should it stay without its order; null for an order
 */
public record OrderNews(long time, OrderEvent order, ReturnEvent step, ReviewEvent review, Origin origin) {
    /** As events act: by time; where it matters which of one instant is first, ids decide, not arrival. */
    public static final Comparator<OrderNews> SEQUENCE =
            Comparator.comparingLong(OrderNews::time).thenComparing(OrderNews::eventId, Ids.ORDER);

    private static final int VERSION = 1;
    private static final int ORDER = 0;
    private static final int RETURN = 1;
    private static final int REVIEW = 2;

    public static OrderNews of(OrderEvent order) {
        return new OrderNews(order.eventTime(), order, null, null, null);
    }

    public static OrderNews of(ReturnEvent step, Origin origin) {
        return new OrderNews(step.eventTime(), null, step, null, origin);
    }

    public static OrderNews of(ReviewEvent review, Origin origin) {
        return new OrderNews(review.eventTime(), null, null, review, origin);
    }

    public String orderId() {
        return order != null ? order.orderId() : step != null ? step.orderId() : review.orderId();
    }

    private String eventId() {
        return order != null ? order.eventId() : step != null ? step.eventId() : review.eventId();
    }

    /** The event's own time, epoch ms. */
    public long eventTime() {
        return order != null ? order.eventTime() : step != null ? step.eventTime() : review.eventTime();
    }

    /** The same, acting at another instant: what came late acts at the first instant that is still open. */
    public OrderNews at(long instant) {
        return new OrderNews(instant, order, step, review, origin);
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeByte(order != null ? ORDER : step != null ? RETURN : REVIEW);
        Packed.writeUnsigned(time, out);
        Packed.writeSigned(time - eventTime(), out);
        Packed.writeString(orderId(), out);
        if (order != null) {
            write(order, out);
        } else if (step != null) {
            write(step, out);
        } else {
            write(review, out);
        }
        if (order == null) {
            Packed.writeString(origin.topic(), out);
            Packed.writeUnsigned(origin.partition(), out);
            Packed.writeUnsigned(origin.offset(), out);
            Packed.writeBytes(origin.value(), out);
        }
    }

    private static void write(OrderEvent order, DataOutput out) throws IOException {
        Packed.writeString(order.eventId(), out);
        out.writeByte(order.status().ordinal());
        out.writeByte(order.type().ordinal());
        Packed.writeString(order.factoryId(), out);
        Packed.writeString(order.categoryId(), out);
        Packed.writeString(order.beltId(), out);
        Packed.writeString(order.buyerId(), out);
        out.writeByte(order.segment().ordinal());
        Packed.writeUnsigned(order.paidAt(), out);
        Packed.writeUnsigned(order.shipBy() - order.paidAt(), out);
        Packed.writeUnsigned(order.leadDays(), out);
        out.writeByte(order.cancelledBy() == null ? -1 : order.cancelledBy().ordinal());
    }

    private static void write(ReturnEvent step, DataOutput out) throws IOException {
        Packed.writeString(step.eventId(), out);
        Packed.writeString(step.returnId(), out);
        out.writeByte(step.stage().ordinal());
        out.writeByte(step.reason().ordinal());
        out.writeByte(step.liable() == null ? -1 : step.liable().ordinal());
    }

    private static void write(ReviewEvent review, DataOutput out) throws IOException {
        Packed.writeString(review.eventId(), out);
        Packed.writeString(review.reviewId(), out);
        out.writeByte(review.stage().ordinal());
        out.writeByte(review.stars());
        int topics = 0;
        for (ReviewEvent.Topic topic : review.topics()) {
            topics |= 1 << topic.ordinal();
        }
        out.writeByte(topics);
    }

    /** Reads what {@link #write} wrote. */
    public static OrderNews read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("news of version " + version + " are newer than this program");
        }
        int kind = in.readByte();
        long time = Packed.readUnsigned(in);
        long eventTime = time - Packed.readSigned(in);
        String orderId = Packed.readString(in);
        OrderEvent order = kind == ORDER ? readOrder(orderId, eventTime, in) : null;
        ReturnEvent step = kind == RETURN ? readReturn(orderId, eventTime, in) : null;
        ReviewEvent review = kind == REVIEW ? readReview(orderId, eventTime, in) : null;
        Origin origin = kind == ORDER
                ? null
                : new Origin(
                        Packed.readString(in), Packed.readSmall(in), Packed.readUnsigned(in), Packed.readBytes(in));
        return new OrderNews(time, order, step, review, origin);
    }

    private static OrderEvent readOrder(String orderId, long eventTime, DataInput in) throws IOException {
        String eventId = Packed.readString(in);
        OrderEvent.Status status = OrderEvent.Status.values()[in.readByte()];
        OrderEvent.Type type = OrderEvent.Type.values()[in.readByte()];
        String factoryId = Packed.readString(in);
        String categoryId = Packed.readString(in);
        String beltId = Packed.readString(in);
        String buyerId = Packed.readString(in);
        Segment segment = Segment.values()[in.readByte()];
        long paidAt = Packed.readUnsigned(in);
        long shipBy = paidAt + Packed.readUnsigned(in);
        int leadDays = Packed.readSmall(in);
        int cancelledBy = in.readByte();
        return new OrderEvent(
                eventId,
                orderId,
                status,
                eventTime,
                type,
                factoryId,
                categoryId,
                beltId,
                buyerId,
                segment,
                paidAt,
                shipBy,
                leadDays,
                cancelledBy < 0 ? null : OrderEvent.CancelledBy.values()[cancelledBy],
                List.of());
    }

    private static ReturnEvent readReturn(String orderId, long eventTime, DataInput in) throws IOException {
        String eventId = Packed.readString(in);
        String returnId = Packed.readString(in);
        ReturnEvent.Stage stage = ReturnEvent.Stage.values()[in.readByte()];
        ReturnEvent.Reason reason = ReturnEvent.Reason.values()[in.readByte()];
        int liable = in.readByte();
        return new ReturnEvent(
                eventId,
                returnId,
                orderId,
                stage,
                eventTime,
                reason,
                liable < 0 ? null : ReturnEvent.Liable.values()[liable]);
    }

    private static ReviewEvent readReview(String orderId, long eventTime, DataInput in) throws IOException {
        String eventId = Packed.readString(in);
        String reviewId = Packed.readString(in);
        ReviewEvent.Stage stage = ReviewEvent.Stage.values()[in.readByte()];
        int stars = in.readByte();
        int bits = in.readByte();
        Set<ReviewEvent.Topic> topics = EnumSet.noneOf(ReviewEvent.Topic.class);
        for (ReviewEvent.Topic topic : ReviewEvent.Topic.values()) {
            if ((bits >> topic.ordinal() & 1) != 0) {
                topics.add(topic);
            }
        }
        return new ReviewEvent(eventId, reviewId, orderId, stage, eventTime, stars, topics);
    }
}
