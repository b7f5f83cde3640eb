package io.touchstone.market;

import java.util.List;

/**
 * A snapshot of an order at the moment its status changed, already checked: see {@code io.touchstone.io} for what is refused.
 *
 * @param eventTime when the status changed
 * @param leadDays promised production time in days, 0 to 365
 * @param cancelledBy who cancelled; null unless {@code status} is CANCELLED (and then set)
 * @param lines at least one; {@code lineId} is unique among them
 */
public record OrderEvent(
        String eventId,
        String orderId,
        Status status,
        long eventTime,
        Type type,
        String factoryId,
        String categoryId,
        String beltId,
        String buyerId,
        Segment segment,
        long paidAt,
        long shipBy,
        int leadDays,
        CancelledBy cancelledBy,
        List<Line> lines) {

    /** The order of the symbols breaks ties between events of one instant. */
    public enum Status {
        PAID,
        SHIPPED,
        DELIVERED,
        CANCELLED
    }

    /** Only REGULAR orders count in scores and floors. */
    public enum Type {
        REGULAR,
        SAMPLE,
        GIFT,
        SURCHARGE,
        RELATED_PARTY
    }

    /** Who ended an order before it was shipped. */
    public enum CancelledBy {
        BUYER,
        FACTORY,
        PLATFORM
    }

    /**
     * One line of an order.
     *
     * @param quantity pieces, 1 to 10^9
     * @param unitPriceMicros price of one piece in millionths of the currency unit, 1 to 10^12
     * @param currency three capital letters
     */
    public record Line(
            String lineId, String skuId, long quantity, long unitPriceMicros, String currency, Channel channel) {}
}
