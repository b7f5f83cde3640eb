package io.touchstone.playground;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import java.time.Instant;
import java.util.List;

/** An order that is delivered: it moves the clock of its partition and changes nothing else. */
public final class ClockOrder {
    private ClockOrder() {}

    /** One of an instant, under an id of its own. */
    public static Order of(String id, Instant at) {
        return Order.newBuilder()
                .setEventId(id)
                .setOrderId(id)
                .setStatus(OrderStatus.DELIVERED)
                .setEventTime(at)
                .setType(OrderType.SAMPLE)
                .setFactoryId("clock")
                .setCategoryId("clock")
                .setBeltId("clock")
                .setBuyerId("clock")
                .setBuyerSegment(BuyerSegment.CONSUMER)
                .setPaidAt(at)
                .setShipBy(at)
                .setLeadDays(0)
                .setLines(List.of(OrderLine.newBuilder()
                        .setLineId("1")
                        .setSkuId("clock")
                        .setQuantity(1)
                        .setUnitPriceMicros(1)
                        .setCurrency("CNY")
                        .setChannel(Channel.WHOLESALE)
                        .build()))
                .build();
    }
}
