package io.touchstone.bench;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
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
import io.touchstone.io.AvroWire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * The events of every run, encoded once and kept in memory: orders of one line, each PAID and some hours later SHIPPED, a tenth of
 * them reviewed and a twentieth returned. Ids have 16 characters. Times rise but for a jitter of a minute.
 *
 * @param records in their order of arrival; the first byte tells the topic
 * @param keys distinct skus
 * @param factories distinct factories
 * @param until after the last event
 */
record Events(List<byte[]> records, int keys, int factories, long until) {
    static final byte ORDER = 0;
    static final byte RETURN = 1;
    static final byte REVIEW = 2;

    /** Eight in the morning of the business day. */
    static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    private static final int BUYERS = 50_000;

    /** Between payment and shipment, between shipment and review or return, in orders. */
    private static final int LAG = 5_000;

    /** Events of so many orders over some days. */
    static Events of(int orders, int keys, int factories, Duration span) {
        return of(orders, keys, factories, span, random -> random.nextInt(keys));
    }

    /** The same, but half of all orders are of one sku, and so of one factory. */
    static Events hot(int orders, int keys, int factories, Duration span) {
        return of(orders, keys, factories, span, random -> random.nextBoolean() ? 0 : random.nextInt(keys));
    }

    private static Events of(int orders, int keys, int factories, Duration span, ToIntFunction<SplittableRandom> skus) {
        Maker maker = new Maker(factories, skus, span.toMillis() / (double) orders);
        for (int i = 0; i < orders + 2 * LAG; i++) {
            if (i < orders) {
                maker.order(i, OrderStatus.PAID, i);
            }
            int shipped = i - LAG;
            if (shipped >= 0 && shipped < orders) {
                maker.order(shipped, OrderStatus.SHIPPED, i);
            }
            int looked = i - 2 * LAG;
            if (looked >= 0 && looked % 10 == 0) {
                maker.review(looked, i);
            }
            if (looked >= 0 && looked % 20 == 0) {
                maker.giveBack(looked, i);
            }
        }
        long end = (long) ((orders + 2.0 * LAG) * maker.stepMs) + 120_000;
        return new Events(maker.records, keys, factories, BEGIN.toEpochMilli() + end);
    }

    private static final class Maker {
        private final List<byte[]> records = new ArrayList<>();
        private final Encoder encoder;
        private final ToIntFunction<SplittableRandom> skus;
        private final double stepMs;

        Maker(int factories, ToIntFunction<SplittableRandom> skus, double stepMs) {
            encoder = new Encoder(factories);
            this.skus = skus;
            this.stepMs = stepMs;
        }

        private Instant at(int step, SplittableRandom random) {
            return BEGIN.plusMillis((long) (step * stepMs) + random.nextInt(60_000));
        }

        void order(int i, OrderStatus status, int step) {
            SplittableRandom random = new SplittableRandom(i);
            Instant paidAt = at(i, random);
            int sku = skus.applyAsInt(random);
            Instant at = status == OrderStatus.PAID ? paidAt : at(step, new SplittableRandom(~i));
            records.add(encoder.order(i, status, at, paidAt, sku, random));
        }

        void review(int i, int step) {
            records.add(encoder.review(i, at(step, new SplittableRandom(~i))));
        }

        void giveBack(int i, int step) {
            Instant opened = at(step, new SplittableRandom(-i));
            records.add(encoder.giveBack(i, ReturnStage.OPENED, opened));
            records.add(encoder.giveBack(i, ReturnStage.ACCEPTED, opened.plusMillis(1)));
        }
    }

    /** Makes single records; not for several threads. */
    static final class Encoder {
        private final AvroWire<Order> orders = AvroWire.orders();
        private final AvroWire<OrderReturn> returns = AvroWire.returns();
        private final AvroWire<Review> reviews = AvroWire.reviews();
        private final int factories;

        Encoder(int factories) {
            this.factories = factories;
        }

        /** What is not said is drawn, all events of an order from the same numbers. */
        byte[] order(long i, OrderStatus status, Instant at, Instant paidAt, int sku, SplittableRandom random) {
            OrderLine line = new OrderLine(
                    "1",
                    String.format("sku-%012d", sku),
                    1L + random.nextInt(5),
                    1_000_000L + sku % 1000 + random.nextInt(1000),
                    "CNY",
                    Channel.WHOLESALE);
            return tag(
                    ORDER,
                    orders.encode(new Order(
                            String.format("e%01d%014d", status.ordinal(), i),
                            orderId(i),
                            status,
                            at,
                            OrderType.REGULAR,
                            String.format("fac-%012d", sku % factories),
                            "cat-" + sku % 20,
                            "belt-" + sku % 7,
                            String.format("buy-%012d", random.nextInt(BUYERS)),
                            BuyerSegment.values()[random.nextInt(4)],
                            paidAt,
                            paidAt.plus(Duration.ofDays(2)),
                            0,
                            null,
                            List.of(line))));
        }

        byte[] review(long i, Instant at) {
            return tag(
                    REVIEW,
                    reviews.encode(new Review(
                            String.format("v%015d", i),
                            "v1",
                            orderId(i),
                            ReviewStage.POSTED,
                            at,
                            i % 200 == 0 ? 1 : 5,
                            List.of(ReviewTopic.PRODUCT),
                            null)));
        }

        byte[] giveBack(long i, ReturnStage stage, Instant at) {
            return tag(
                    RETURN,
                    returns.encode(new OrderReturn(
                            String.format("r%01d%014d", stage.ordinal(), i),
                            "r1",
                            orderId(i),
                            stage,
                            at,
                            i % 60 == 0 ? ReturnReason.QUALITY : ReturnReason.CHANGED_MIND,
                            null)));
        }

        private static String orderId(long i) {
            return String.format("ord-%012d", i);
        }

        private static byte[] tag(byte topic, byte[] bytes) {
            byte[] tagged = new byte[bytes.length + 1];
            tagged[0] = topic;
            System.arraycopy(bytes, 0, tagged, 1, bytes.length);
            return tagged;
        }
    }
}
