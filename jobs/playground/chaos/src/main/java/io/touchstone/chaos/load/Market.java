package io.touchstone.chaos.load;

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
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecord;

/**
 * Orders and what becomes of them. Prices keep to their floors but for one order in a hundred, which costs a third more; every
 * twentieth factory ships late and sells goods that come back. So both jobs have alerts to publish all the time.
 */
final class Market {
    private static final double HOT_FACTORY = 2 / 3.0;
    private static final int BUYERS = 30_000;
    private static final double ZIPF = 1.1;
    private static final long[] QUANTITIES = {1, 1, 2, 5, 12, 60, 250, 1200};
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    /** Events that an order has on average, repeats and poison included. */
    private static final double EVENTS_PER_ORDER = 2.75;

    private final Load load;
    private final double[] popularity;

    Market(Load load) {
        this.load = load;
        popularity = new double[load.skus()];
        double sum = 0;
        for (int i = 0; i < popularity.length; i++) {
            sum += 1 / StrictMath.pow(i + 1.0, ZIPF);
            popularity[i] = sum;
        }
    }

    /** Takes events as they are made. */
    interface Taker {
        void take(int topic, String orderId, long time, SpecificRecord event);
    }

    long begin() {
        return load.begin();
    }

    long ordersPerDay() {
        return (long) (Load.EVENTS_PER_DAY / EVENTS_PER_ORDER);
    }

    static String orderId(long number) {
        return "o" + number;
    }

    /** An order and all that follows from it, by its number alone. */
    void order(long number, long paidAt, Taker taker) {
        SplittableRandom random = new SplittableRandom(load.seed() * 31 + number);
        int sku = sku(random);
        int factory = sku % load.factories();
        boolean bad = factory % 20 == 7;
        int buyer = random.nextInt(BUYERS);
        long shipBy = paidAt + 24 * HOUR_MS;
        OrderType type = random.nextInt(20) == 0 ? OrderType.SAMPLE : OrderType.REGULAR;
        Order paid = Order.newBuilder()
                .setEventId("p" + number)
                .setOrderId(orderId(number))
                .setStatus(OrderStatus.PAID)
                .setEventTime(Instant.ofEpochMilli(paidAt))
                .setType(type)
                .setFactoryId("factory-" + factory)
                .setCategoryId("category-" + factory % 20)
                .setBeltId("belt-" + factory % 7)
                .setBuyerId("buyer-" + buyer)
                .setBuyerSegment(BuyerSegment.values()[buyer % 4])
                .setPaidAt(Instant.ofEpochMilli(paidAt))
                .setShipBy(Instant.ofEpochMilli(shipBy))
                .setLeadDays(0)
                .setLines(lines(random, sku, bad))
                .build();
        taker.take(0, orderId(number), paidAt, paid);
        if (random.nextInt(25) == 0) {
            long at = paidAt + random.nextLong(HOUR_MS, 40 * HOUR_MS);
            Order cancelled = with(paid, "c" + number, OrderStatus.CANCELLED, at);
            cancelled.setCancelledBy(bad ? CancelledBy.FACTORY : CancelledBy.BUYER);
            taker.take(0, orderId(number), at, cancelled);
            return;
        }
        long shippedAt = bad && random.nextInt(8) == 0
                ? shipBy + random.nextLong(HOUR_MS, 20 * HOUR_MS)
                : paidAt + random.nextLong(1, 23 * HOUR_MS);
        taker.take(0, orderId(number), shippedAt, with(paid, "s" + number, OrderStatus.SHIPPED, shippedAt));
        if (random.nextInt(5) == 0) {
            long at = shippedAt + 30 * HOUR_MS;
            taker.take(0, orderId(number), at, with(paid, "d" + number, OrderStatus.DELIVERED, at));
        }
        giveBack(number, shippedAt, bad, random, taker);
        review(number, shippedAt, bad, random, taker);
    }

    private int sku(SplittableRandom random) {
        if (load.hotSku() > 0) {
            double draw = random.nextDouble();
            if (draw < load.hotSku()) {
                return 0;
            }
            if (draw < load.hotSku() * (1 + HOT_FACTORY)) {
                return load.factories() * random.nextInt(load.skus() / load.factories());
            }
        }
        double at = random.nextDouble() * popularity[popularity.length - 1];
        int found = Arrays.binarySearch(popularity, at);
        return Math.min(found < 0 ? -found - 1 : found, popularity.length - 1);
    }

    private List<OrderLine> lines(SplittableRandom random, int sku, boolean bad) {
        long base = 10_000_000L + sku * 7_919L % 90_000_000L;
        // Within the tolerance of half a percent, unless it is a spike.
        long price = random.nextInt(bad ? 40 : 100) == 0 ? base * 4 / 3 : base + random.nextLong(base / 250);
        OrderLine line = new OrderLine(
                "1",
                "sku-" + sku,
                QUANTITIES[random.nextInt(QUANTITIES.length)],
                price,
                "CNY",
                Channel.values()[random.nextInt(8) / 7]);
        if (random.nextInt(6) != 0) {
            return List.of(line);
        }
        return List.of(line, new OrderLine("2", "sku-" + sku, 3L, price, "CNY", Channel.MEMBER));
    }

    private static Order with(Order paid, String eventId, OrderStatus status, long at) {
        Order next = Order.newBuilder(paid).build();
        next.setEventId(eventId);
        next.setStatus(status);
        next.setEventTime(Instant.ofEpochMilli(at));
        return next;
    }

    private static void giveBack(long number, long shippedAt, boolean bad, SplittableRandom random, Taker taker) {
        if (random.nextInt(bad ? 5 : 12) != 0) {
            return;
        }
        long opened = shippedAt + random.nextLong(HOUR_MS, 90 * HOUR_MS);
        ReturnReason reason = random.nextInt(10) < (bad ? 9 : 1) ? ReturnReason.QUALITY : ReturnReason.CHANGED_MIND;
        step(number, ReturnStage.OPENED, opened, reason, null, taker);
        if (random.nextInt(bad ? 2 : 20) != 0) {
            step(number, ReturnStage.ACCEPTED, opened + 5 * HOUR_MS, reason, null, taker);
        } else if (random.nextBoolean()) {
            step(number, ReturnStage.JUDGED, opened + 50 * HOUR_MS, reason, Liable.FACTORY, taker);
        }
    }

    private static void step(long number, ReturnStage stage, long at, ReturnReason reason, Liable liable, Taker taker) {
        taker.take(
                1,
                orderId(number),
                at,
                new OrderReturn(
                        "r" + stage.ordinal() + number,
                        "r" + number,
                        orderId(number),
                        stage,
                        Instant.ofEpochMilli(at),
                        reason,
                        liable));
    }

    private static void review(long number, long shippedAt, boolean bad, SplittableRandom random, Taker taker) {
        if (random.nextInt(3) != 0) {
            return;
        }
        long at = shippedAt + random.nextLong(HOUR_MS, 60 * HOUR_MS);
        int stars = random.nextInt(bad ? 5 : 60) == 0 ? 1 : 5;
        taker.take(
                2,
                orderId(number),
                at,
                new Review(
                        "v" + number,
                        "v" + number,
                        orderId(number),
                        ReviewStage.POSTED,
                        Instant.ofEpochMilli(at),
                        stars,
                        List.of(ReviewTopic.PRODUCT),
                        null));
    }

    /** A record like it that breaks a rule of the contract: INVALID. */
    SpecificRecord spoil(SpecificRecord event, SplittableRandom random) {
        if (event instanceof Order order) {
            Order spoilt = with(
                    order,
                    "x" + order.getEventId(),
                    order.getStatus(),
                    order.getEventTime().toEpochMilli());
            if (random.nextBoolean()) {
                spoilt.setLeadDays(400);
            } else {
                spoilt.setEventTime(Instant.ofEpochMilli(-1));
            }
            return spoilt;
        }
        if (event instanceof OrderReturn step) {
            OrderReturn spoilt = OrderReturn.newBuilder(step).build();
            spoilt.setStage(ReturnStage.JUDGED);
            spoilt.setLiable(null);
            return spoilt;
        }
        Review spoilt = Review.newBuilder((Review) event).build();
        spoilt.setStars(random.nextBoolean() ? 0 : 6);
        return spoilt;
    }
}
