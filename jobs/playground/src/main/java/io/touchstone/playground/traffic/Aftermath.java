package io.touchstone.playground.traffic;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Liable;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.event.ReviewTopic;
import io.touchstone.playground.traffic.Behaviour.Occasion;
import io.touchstone.policy.DefectClass;
import java.time.Instant;
import java.util.List;

/**
 * What comes after a delivery: some goods go back, and some buyers say what they think. Both begin one to 24 days
 * later, sooner rather than later, as the exposure of the default policy has it.
 */
final class Aftermath {
    private static final double REVIEWED = 0.3;
    private static final double BLAMES_LOGISTICS = 0.004;
    private static final double SAYS_THAT_GOODS_ARE_BAD = 0.3;
    private static final double SAYS_THAT_NOBODY_ANSWERS = 0.4;

    private final Order order;
    private final Factory factory;
    private final Dice dice;
    private final List<Traffic> traffic;

    private Aftermath(Order order, Factory factory, Dice dice, List<Traffic> traffic) {
        this.order = order;
        this.factory = factory;
        this.dice = dice;
        this.traffic = traffic;
    }

    /** Adds what a delivered order leads to. */
    static void follow(Order order, long delivered, Factory factory, Dice dice, List<Traffic> traffic) {
        new Aftermath(order, factory, dice, traffic).follow(delivered);
    }

    private void follow(long delivered) {
        BuyerSegment segment = order.getBuyerSegment();
        Occasion payment = new Occasion(segment, order.getPaidAt().toEpochMilli());
        boolean bad = dice.happens(factory.failing(DefectClass.QUALITY, payment));
        if (bad || dice.happens(factory.conduct().sentBack())) {
            long opened = someDaysAfter(delivered);
            boolean silence = dice.happens(factory.failing(DefectClass.AFTER_SALES, new Occasion(segment, opened)));
            comesBack(bad ? badReason() : otherReason(), opened, silence);
            if (silence && dice.happens(SAYS_THAT_NOBODY_ANSWERS)) {
                long posted = opened + days(3, 7);
                review(posted, dice.whole(1, 2), List.of(ReviewTopic.SERVICE, ReviewTopic.UNREACHABLE));
                return;
            }
        }
        if (bad ? dice.happens(SAYS_THAT_GOODS_ARE_BAD) : dice.happens(displeased(payment))) {
            review(
                    someDaysAfter(delivered),
                    dice.whole(1, 2),
                    dice.happens(0.3)
                            ? List.of(ReviewTopic.PRODUCT, ReviewTopic.SERVICE)
                            : List.of(ReviewTopic.PRODUCT));
        } else if (dice.happens(BLAMES_LOGISTICS)) {
            review(someDaysAfter(delivered), dice.whole(1, 2), List.of(ReviewTopic.LOGISTICS));
        } else if (dice.happens(REVIEWED)) {
            review(someDaysAfter(delivered), 3 + dice.pick(List.of(10, 28, 62)), content());
        }
    }

    private double displeased(Occasion payment) {
        return factory.failing(DefectClass.NEGATIVE_REVIEW, payment);
    }

    private List<ReviewTopic> content() {
        return List.of(
                        List.of(ReviewTopic.PRODUCT),
                        List.of(ReviewTopic.PRODUCT, ReviewTopic.LOGISTICS),
                        List.of(ReviewTopic.SERVICE),
                        List.<ReviewTopic>of())
                .get(dice.pick(List.of(50, 25, 15, 10)));
    }

    private ReturnReason badReason() {
        return List.of(
                        ReturnReason.QUALITY,
                        ReturnReason.NOT_AS_DESCRIBED,
                        ReturnReason.WRONG_ITEM,
                        ReturnReason.COUNTERFEIT)
                .get(dice.pick(List.of(55, 25, 16, 4)));
    }

    private ReturnReason otherReason() {
        return List.of(
                        ReturnReason.CHANGED_MIND,
                        ReturnReason.DAMAGED_IN_TRANSIT,
                        ReturnReason.LATE,
                        ReturnReason.OTHER)
                .get(dice.pick(List.of(45, 25, 12, 18)));
    }

    private void comesBack(ReturnReason reason, long opened, boolean silence) {
        step(ReturnStage.OPENED, opened, reason, null);
        if (silence) {
            // The platform steps in, now and then.
            if (dice.happens(0.5)) {
                step(ReturnStage.JUDGED, opened + days(9, 14), reason, Liable.FACTORY);
            }
            return;
        }
        switch (dice.pick(List.of(6, 76, 18))) {
            case 0 -> step(ReturnStage.WITHDRAWN, opened + hours(4, 60), reason, null);
            case 1 -> {
                long accepted = opened + hours(2, 90);
                step(ReturnStage.ACCEPTED, accepted, reason, null);
                step(ReturnStage.REFUNDED, accepted + days(1, 6), reason, null);
            }
            default -> {
                long rejected = opened + hours(5, 110);
                step(ReturnStage.REJECTED, rejected, reason, null);
                if (dice.happens(0.4)) {
                    Liable liable = List.of(Liable.FACTORY, Liable.BUYER, Liable.CARRIER, Liable.PLATFORM)
                            .get(dice.pick(List.of(40, 40, 15, 5)));
                    step(ReturnStage.JUDGED, rejected + days(4, 9), reason, liable);
                }
            }
        }
    }

    private void step(ReturnStage stage, long at, ReturnReason reason, Liable liable) {
        String id = order.getOrderId() + "-return";
        traffic.add(new Traffic(
                Traffic.RETURNS,
                order.getOrderId(),
                at,
                new OrderReturn(
                        id + "-" + stage, id, order.getOrderId(), stage, Instant.ofEpochMilli(at), reason, liable)));
    }

    private void review(long posted, int stars, List<ReviewTopic> topics) {
        post(ReviewStage.POSTED, posted, stars, topics);
        if (dice.happens(0.05)) {
            post(ReviewStage.EDITED, posted + days(0.1, 6), dice.whole(1, 5), topics);
        }
        if (dice.happens(0.01)) {
            post(ReviewStage.REMOVED, posted + days(7, 12), stars, topics);
        }
    }

    private void post(ReviewStage stage, long at, int stars, List<ReviewTopic> topics) {
        String id = order.getOrderId() + "-review";
        traffic.add(new Traffic(
                Traffic.REVIEWS,
                order.getOrderId(),
                at,
                new Review(
                        id + "-" + stage,
                        id,
                        order.getOrderId(),
                        stage,
                        Instant.ofEpochMilli(at),
                        stars,
                        topics,
                        stage == ReviewStage.POSTED ? text(stars) : null)));
    }

    private static String text(int stars) {
        return stars <= 2 ? "不满意" : stars == 3 ? "一般" : "很好";
    }

    private long someDaysAfter(long delivered) {
        return delivered + (long) (dice.logarithmic(1, 24) * Rhythm.DAY_MS);
    }

    private long days(double low, double high) {
        return (long) (dice.between(low, high) * Rhythm.DAY_MS);
    }

    private long hours(double low, double high) {
        return (long) (dice.between(low, high) * Rhythm.HOUR_MS);
    }
}
