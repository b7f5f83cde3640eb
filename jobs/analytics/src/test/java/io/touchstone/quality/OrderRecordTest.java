package io.touchstone.quality;

import static io.touchstone.policy.DefectClass.AFTER_SALES;
import static io.touchstone.policy.DefectClass.FULFILMENT;
import static io.touchstone.policy.DefectClass.NEGATIVE_REVIEW;
import static io.touchstone.policy.DefectClass.QUALITY;
import static io.touchstone.quality.Orders.CALENDAR;
import static io.touchstone.quality.Orders.DAY_0;
import static io.touchstone.quality.Orders.HOUR;
import static io.touchstone.quality.Orders.ORDER;
import static io.touchstone.quality.Orders.cancelled;
import static io.touchstone.quality.Orders.judged;
import static io.touchstone.quality.Orders.midnight;
import static io.touchstone.quality.Orders.newOrder;
import static io.touchstone.quality.Orders.noon;
import static io.touchstone.quality.Orders.opened;
import static io.touchstone.quality.Orders.order;
import static io.touchstone.quality.Orders.paid;
import static io.touchstone.quality.Orders.posted;
import static io.touchstone.quality.Orders.removed;
import static io.touchstone.quality.Orders.returned;
import static io.touchstone.quality.Orders.shipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Stage;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.quality.OrderRecord.Match;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderRecordTest {
    private static final BuyerDay UNIT = new BuyerDay("f1", DAY_0, Segment.CONSUMER, "c1", "buyer");
    private static final Fact.Belt BELT = new Fact.Belt(noon(0), "b1");

    @Test
    void aPaidOrderCountsAndNamesItsBelt() {
        assertThat(newOrder().apply(paid(), noon(0)))
                .containsExactly(new Fact(
                        noon(0), ORDER, UNIT, 1, EnumSet.noneOf(DefectClass.class), new Spells(Map.of()), BELT));
    }

    @Test
    void nothingIsToldTwice() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));

        assertThat(order.apply(opened(noon(3)), noon(3))).isEmpty();
        assertThat(order.apply(shipped(noon(1)), noon(3))).isEmpty();
        assertThat(order.apply(shipped(noon(1)), noon(3))).isEmpty();
    }

    @Test
    void deliveryChangesNothing() {
        OrderRecord order = newOrder();
        assertThat(order.apply(order(Status.DELIVERED, noon(4), null), noon(4))).isEmpty();
        assertThat(order.match(noon(4), noon(4))).isEqualTo(Match.WAITING);
        assertThat(order.isOver(noon(4))).isTrue();
    }

    @Test
    void anOrderOfAnotherTypeTellsNothing() {
        OrderRecord order = newOrder();
        assertThat(order.apply(order("e1", Status.PAID, noon(0), null, OrderEvent.Type.SAMPLE, "f1"), noon(0)))
                .isEmpty();
        assertThat(order.apply(opened(noon(3)), noon(3))).isEmpty();
        assertThat(order.match(noon(3), noon(3))).isEqualTo(Match.MATCHED);
    }

    @Test
    void shippingAMillisecondLateIsADefectFromThenOn() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        List<Fact> facts = order.apply(shipped(noon(2) + 1), noon(2) + 1);

        assertThat(facts).hasSize(1);
        assertThat(facts.get(0).orders()).isZero();
        assertThat(facts.get(0).begun().since()).containsExactly(Map.entry(FULFILMENT, noon(2) + 1));
    }

    @Test
    void aCancellationByTheBuyerInTimeTakesTheOrderAndItsDefectsAway() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(1)), noon(1));
        List<Fact> facts = order.apply(cancelled(noon(2), CancelledBy.BUYER), noon(2));

        assertThat(facts).hasSize(1);
        assertThat(facts.get(0).orders()).isEqualTo(-1);
        assertThat(facts.get(0).ended()).containsExactly(QUALITY);
    }

    @Test
    void aReturnThatCameFirstActsWhenItsOrderDoes() {
        OrderRecord order = newOrder();
        assertThat(order.apply(opened(noon(-1)), noon(-1))).isEmpty();
        assertThat(order.match(noon(-1), noon(-1))).isEqualTo(Match.WAITING);

        List<Fact> facts = order.apply(paid(), noon(0));
        assertThat(facts.get(0).begun().since()).containsExactly(Map.entry(QUALITY, noon(0)));
        assertThat(order.match(noon(-1), noon(0))).isEqualTo(Match.MATCHED);
    }

    @Test
    void aReturnWaitsForAWeekAndNotAMillisecondMore() {
        OrderRecord order = newOrder();
        long early = noon(0) - 168 * HOUR;
        order.apply(opened(early - 1), early - 1);
        order.apply(opened(early), early);

        assertThat(order.nextWakeUp(early)).hasValue(noon(0));
        assertThat(order.match(early - 1, noon(0))).isEqualTo(Match.UNMATCHED);
        assertThat(order.match(early, noon(0))).isEqualTo(Match.WAITING);
        assertThat(order.nextWakeUp(noon(0))).hasValue(noon(0) + 1);
        assertThat(order.isOver(noon(0))).isFalse();
        assertThat(order.isOver(noon(0) + 1)).isTrue();

        order.apply(paid(), noon(0));
        assertThat(order.match(early - 1, noon(0))).isEqualTo(Match.UNMATCHED);
        assertThat(order.match(early, noon(0))).isEqualTo(Match.MATCHED);
    }

    @Test
    void anUnansweredReturnBecomesADefectByItself() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        long due = noon(3) + 168 * HOUR;

        assertThat(order.nextWakeUp(noon(3))).hasValue(due + 1);
        assertThat(order.wake(due)).isEmpty();
        // Woken late, it still says when.
        List<Fact> facts = order.wake(due + 5 * HOUR);
        assertThat(facts).hasSize(1);
        assertThat(facts.get(0).instant()).isEqualTo(due);
        assertThat(facts.get(0).begun().since()).containsExactly(Map.entry(AFTER_SALES, due));
        assertThat(order.wake(due + 6 * HOUR)).isEmpty();

        assertThat(order.apply(returned(Stage.WITHDRAWN, due + 7 * HOUR), due + 7 * HOUR))
                .singleElement()
                .satisfies(fact -> assertThat(fact.ended()).containsExactly(QUALITY));
    }

    @Test
    void aReturnIsDueByItsFirstMatchedOpening() {
        OrderRecord order = newOrder();
        order.apply(opened(noon(-8)), noon(-8));
        order.apply(returned(Stage.WITHDRAWN, noon(-7) - 1), noon(-7) - 1);
        order.apply(opened(noon(-6)), noon(-6));
        order.apply(paid(), noon(0));

        assertThat(order.nextWakeUp(noon(0))).hasValue(noon(1) + 1);
        assertThat(order.wake(noon(1) + 1))
                .singleElement()
                .satisfies(fact -> assertThat(fact.begun().since()).containsOnly(Map.entry(AFTER_SALES, noon(1))));
    }

    @Test
    void anEventTellsWhatTimeDidBeforeIt() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        long due = noon(3) + 168 * HOUR;

        List<Fact> facts = order.apply(returned(Stage.ACCEPTED, due + 1), due + 1);
        assertThat(facts).extracting(Fact::instant).containsExactly(due);
        assertThat(facts.get(0).begun().since()).containsOnlyKeys(AFTER_SALES);
    }

    @Test
    void anAnswerAtTheVeryInstantIsInTime() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        long due = noon(3) + 168 * HOUR;
        order.apply(returned(Stage.ACCEPTED, due), due);

        assertThat(order.wake(midnight(30))).isEmpty();
        assertThat(order.nextWakeUp(due)).hasValue(midnight(120));
    }

    @Test
    void aSpellThatEndsAndBeginsAtOneInstantIsNotInterrupted() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        assertThat(order.apply(returned(Stage.WITHDRAWN, noon(5)), noon(5))
                        .get(0)
                        .ended())
                .containsExactly(QUALITY);

        List<Fact> facts = order.apply(judged(noon(5), Liable.FACTORY), noon(5));
        assertThat(facts.get(0).begun().since())
                .containsExactly(Map.entry(QUALITY, noon(3)), Map.entry(AFTER_SALES, noon(5)));
    }

    @Test
    void aSpellBeginsAnewAfterAnInterruption() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        order.apply(returned(Stage.WITHDRAWN, noon(5)), noon(5));
        assertThat(order.apply(opened(noon(6)), noon(6)).get(0).begun().since())
                .containsExactly(Map.entry(QUALITY, noon(6)));
    }

    @Test
    void theFirstRatingCountsUntilItIsRemoved() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        assertThat(order.apply(posted(noon(3), 2, Topic.LOGISTICS, Topic.UNREACHABLE), noon(3))
                        .get(0)
                        .begun()
                        .since())
                .containsOnlyKeys(NEGATIVE_REVIEW, AFTER_SALES);
        assertThat(order.apply(posted(noon(4), 5), noon(4))).isEmpty();
        assertThat(order.apply(removed(noon(5)), noon(5)).get(0).ended()).containsExactly(NEGATIVE_REVIEW, AFTER_SALES);
    }

    @Test
    void badLogisticsAloneAreNotTheFactorysFault() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        assertThat(order.apply(posted(noon(3), 1, Topic.LOGISTICS), noon(3))).isEmpty();
    }

    @Test
    void aLateEventActsAtTheFirstOpenInstantButIsJudgedByItsOwnTime() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        assertThat(order.apply(opened(noon(3)), noon(4)).get(0).begun().since())
                .containsExactly(Map.entry(QUALITY, noon(4)));
        assertThat(order.apply(shipped(noon(2)), noon(5))).isEmpty();
    }

    @Test
    void aPaymentThatComesLateNamesItsBelt() {
        assertThat(newOrder().apply(paid(), noon(1))).extracting(Fact::belt).containsExactly(BELT);
    }

    @Test
    void aLateDeliveryOfAKnownEventChangesNothing() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        order.apply(opened(noon(3)), noon(3));
        assertThat(order.apply(opened(noon(3)), noon(4))).isEmpty();
        assertThat(order.apply(paid(), noon(4))).isEmpty();
        assertThat(order.at(noon(5)).orElseThrow().defects().since()).containsExactly(Map.entry(QUALITY, noon(3)));
    }

    @Test
    void theEarliestEventDecidesWhereAnOrderCounts() {
        OrderRecord order = newOrder();
        order.apply(order("e2", Status.PAID, noon(0), null, OrderEvent.Type.REGULAR, "f2"), noon(0));
        List<Fact> facts = order.apply(order("e1", Status.PAID, noon(0), null, OrderEvent.Type.REGULAR, "f1"), noon(0));

        assertThat(facts).extracting(fact -> fact.buyerDay().factoryId()).containsExactly("f2", "f1");
        assertThat(facts).extracting(Fact::orders).containsExactly(-1, 1);
        assertThat(facts).extracting(Fact::belt).containsExactly(null, BELT);
        assertThat(order.apply(order("e3", Status.PAID, noon(0), null, OrderEvent.Type.REGULAR, "f3"), noon(0)))
                .singleElement()
                .satisfies(fact -> assertThat(fact.orders()).isZero())
                .satisfies(fact -> assertThat(fact.belt()).isEqualTo(BELT));
    }

    @Test
    void anOrderEndsWithItsRetention() {
        OrderRecord order = newOrder();
        order.apply(paid(), noon(0));
        long end = midnight(120);

        assertThat(order.end()).hasValue(end);
        assertThat(order.nextWakeUp(noon(0))).hasValue(end);
        assertThat(order.match(end - 1, end)).isEqualTo(Match.MATCHED);
        assertThat(order.match(end, end)).isEqualTo(Match.UNMATCHED);
        assertThat(order.isOver(end - 1)).isFalse();
        assertThat(order.isOver(end)).isTrue();
        assertThat(order.comesTooLate(shipped(end), end)).isTrue();
        assertThat(order.apply(shipped(end), end)).isEmpty();
        assertThat(order.apply(opened(end - 168 * HOUR), end - 168 * HOUR)).hasSize(1);
        assertThat(order.wake(end + 1))
                .as("an answer due at the end is never due")
                .isEmpty();
    }

    @Test
    void aPlainOrderIsSmall() {
        OrderRecord order = new OrderRecord("2024030112345678", Policy.DEFAULT, CALENDAR);
        order.apply(plain(Status.PAID, noon(0)), noon(0));
        assertThat(QualityDriver.pack(order::write)).hasSizeLessThanOrEqualTo(96);
        order.apply(plain(Status.SHIPPED, noon(1)), noon(1));
        assertThat(QualityDriver.pack(order::write)).hasSizeLessThanOrEqualTo(64);
    }

    /** Ids as long as they are in the wild, the event's a UUID. */
    private static OrderEvent plain(Status status, long time) {
        return new OrderEvent(
                "123e4567-e89b-12d3-a456-426614174000",
                "2024030112345678",
                status,
                time,
                OrderEvent.Type.REGULAR,
                "factory-0421",
                "50012345",
                "yiwu",
                "buyer-881234",
                Segment.WHOLESALER,
                noon(0),
                noon(2),
                0,
                null,
                List.of());
    }

    @Test
    void refusesBytesOfANewerVersion() {
        DataInputStream newer = new DataInputStream(new ByteArrayInputStream(new byte[] {2, 0}));
        assertThatThrownBy(() -> OrderRecord.read(newer, ORDER, Policy.DEFAULT, CALENDAR))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2");
    }
}
