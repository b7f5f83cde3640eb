package io.touchstone.playground.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Liable;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.event.ReviewTopic;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How factories treat their buyers in the usual market. */
class ConductTest {
    private static final Set<ReturnReason> BAD = EnumSet.of(
            ReturnReason.QUALITY, ReturnReason.NOT_AS_DESCRIBED, ReturnReason.WRONG_ITEM, ReturnReason.COUNTERFEIT);
    private static final Set<ReturnStage> ANSWERS =
            EnumSet.of(ReturnStage.ACCEPTED, ReturnStage.REFUNDED, ReturnStage.REJECTED, ReturnStage.WITHDRAWN);

    private static final Market MARKET = Market.of(1, LocalDate.of(2026, 7, 25));
    private static final Map<String, Life> ORDERS = lives(MARKET);

    /** An order with all that became of it. */
    private record Life(List<Order> steps, List<OrderReturn> returned, List<Review> reviews) {
        Order paid() {
            return steps.get(0);
        }

        String factoryId() {
            return paid().getFactoryId();
        }

        long paidAt() {
            return paid().getPaidAt().toEpochMilli();
        }

        boolean isBad() {
            return returned.stream().anyMatch(step -> BAD.contains(step.getReason()));
        }

        boolean isLate() {
            return steps.stream()
                    .anyMatch(step -> step.getStatus() == OrderStatus.SHIPPED
                            && step.getEventTime().isAfter(step.getShipBy()));
        }

        boolean isCalledBad() {
            return reviews.stream()
                    .anyMatch(review -> review.getStage() == ReviewStage.POSTED
                            && review.getStars() <= 2
                            && !review.getTopics().equals(List.of(ReviewTopic.LOGISTICS)));
        }

        boolean isAnswered() {
            return returned.stream().anyMatch(step -> ANSWERS.contains(step.getStage()));
        }

        /** Old enough that all that may become of it has. */
        boolean isOld() {
            return paidAt() < MARKET.end() - 45 * Rhythm.DAY_MS;
        }
    }

    private static Map<String, Life> lives(Market market) {
        Map<String, Life> lives = new LinkedHashMap<>();
        for (Traffic traffic : market) {
            if (traffic.value() instanceof Order order) {
                lives.computeIfAbsent(
                                traffic.key(),
                                id -> new Life(new ArrayList<>(3), new ArrayList<>(0), new ArrayList<>(0)))
                        .steps
                        .add(order);
            } else if (traffic.value() instanceof OrderReturn step) {
                lives.get(traffic.key()).returned.add(step);
            } else {
                lives.get(traffic.key()).reviews.add((Review) traffic.value());
            }
        }
        return lives;
    }

    @Test
    void returnsAndReviewsFollowTheDeliveryOfTheirOrder() {
        Set<String> events = new HashSet<>();
        Set<ReturnStage> stages = EnumSet.noneOf(ReturnStage.class);
        Set<ReviewStage> reviewStages = EnumSet.noneOf(ReviewStage.class);
        ORDERS.forEach((orderId, life) -> {
            if (life.returned.isEmpty() && life.reviews.isEmpty()) {
                return;
            }
            Order delivered = life.steps.get(life.steps.size() - 1);
            assertThat(delivered.getStatus()).isEqualTo(OrderStatus.DELIVERED);
            for (OrderReturn step : life.returned) {
                assertThat(events.add(step.getEventId())).isTrue();
                assertThat(step.getOrderId()).isEqualTo(orderId);
                assertThat(step.getEventTime()).isAfter(delivered.getEventTime());
                assertThat(step.getReason()).isNotEqualTo(ReturnReason.UNKNOWN);
                assertThat(step.getLiable() != null).isEqualTo(step.getStage() == ReturnStage.JUDGED);
                stages.add(step.getStage());
            }
            if (!life.returned.isEmpty()) {
                assertThat(life.returned.get(0).getStage()).isEqualTo(ReturnStage.OPENED);
            }
            for (Review review : life.reviews) {
                assertThat(events.add(review.getEventId())).isTrue();
                assertThat(review.getOrderId()).isEqualTo(orderId);
                assertThat(review.getEventTime()).isAfter(delivered.getEventTime());
                assertThat(review.getStars()).isBetween(1, 5);
                reviewStages.add(review.getStage());
            }
            if (!life.reviews.isEmpty()) {
                assertThat(life.reviews.get(0).getStage()).isEqualTo(ReviewStage.POSTED);
            }
        });
        assertThat(stages).hasSize(6).doesNotContain(ReturnStage.UNKNOWN);
        assertThat(reviewStages).hasSize(3).doesNotContain(ReviewStage.UNKNOWN);
    }

    @Test
    void ordinaryFactoriesKeepWellBelowTheStandards() {
        Set<String> stories = Stream.concat(
                        MARKET.faults().stream().map(PlantedFault::factoryId),
                        MARKET.blameless().stream().map(Blameless::factoryId))
                .collect(Collectors.toSet());
        List<Life> ordinary = orders(life -> !stories.contains(life.factoryId()) && life.isOld());
        assertThat(share(ordinary, Life::isBad)).isBetween(0.2 * 0.03, 0.8 * 0.03);
        assertThat(share(ordinary, Life::isCalledBad)).isBetween(0.2 * 0.03, 0.8 * 0.03);
        assertThat(share(ordinary, Life::isLate)).isBetween(0.2 * 0.05, 0.8 * 0.05);
        assertThat(share(ordinary, life -> !life.returned.isEmpty() && !life.isAnswered()))
                .isBetween(0.001, 0.8 * 0.01);
        assertThat(share(ordinary, life -> life.returned.stream().anyMatch(step -> step.getLiable() == Liable.FACTORY)))
                .isLessThan(0.5 * 0.01);
        assertThat(share(ordinary, life -> !life.reviews.isEmpty())).isBetween(0.2, 0.4);
    }

    @Test
    void aFactoryCollapsesAtOnceAndForGood() {
        for (PlantedFault fault : faults(PlantedFault.Kind.COLLAPSE)) {
            assertThat(share(before(fault), Life::isBad)).isLessThan(0.02);
            assertThat(share(after(fault), Life::isBad)).isBetween(0.15, 0.3);
        }
    }

    @Test
    void aFactoryErodesADayAtATime() {
        PlantedFault fault = faults(PlantedFault.Kind.EROSION).get(0);
        List<Double> fortnights = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long from = fault.from() + i * (14 * Rhythm.DAY_MS);
            fortnights.add(share(orders(fault.factoryId(), from, from + 14 * Rhythm.DAY_MS), Life::isBad));
        }
        assertThat(share(before(fault), Life::isBad)).isLessThan(0.02);
        assertThat(fortnights).isSorted();
        assertThat(fortnights.get(2)).isBetween(0.05, 0.1);
    }

    @Test
    void batchesSwingAroundAnAcceptableMean() {
        PlantedFault fault = faults(PlantedFault.Kind.SWINGS).get(0);
        List<Life> bad = new ArrayList<>();
        List<Life> good = new ArrayList<>();
        for (Life life : after(fault)) {
            boolean third = (life.paidAt() - fault.from()) / (7 * Rhythm.DAY_MS) % 3 == 2;
            (third ? bad : good).add(life);
        }
        assertThat(share(bad, Life::isBad)).isBetween(0.045, 0.09);
        assertThat(share(good, Life::isBad)).isLessThan(0.01);
        assertThat(share(after(fault), Life::isBad)).isLessThan(0.03);
    }

    @Test
    void oneSegmentGetsWhatOthersWouldNotTake() {
        PlantedFault fault = faults(PlantedFault.Kind.SECOND_CHOICE).get(0);
        Map<Boolean, List<Life>> small = after(fault).stream()
                .collect(Collectors.partitioningBy(
                        life -> life.paid().getBuyerSegment() == BuyerSegment.SMALL_BUSINESS));
        assertThat(share(small.get(true), Life::isBad)).isBetween(0.045, 0.1);
        assertThat(share(small.get(false), Life::isBad)).isLessThan(0.02);
        assertThat(share(after(fault), Life::isBad)).isLessThan(0.03);
    }

    @Test
    void aSilentFactoryAnswersNothing() {
        PlantedFault fault = faults(PlantedFault.Kind.SILENCE).get(0);
        List<Life> returned = orders(life -> life.factoryId().equals(fault.factoryId()) && !life.returned.isEmpty());
        Map<Boolean, List<Life>> silent = returned.stream()
                .collect(Collectors.partitioningBy(
                        life -> life.returned.get(0).getEventTime().toEpochMilli() >= fault.from()));
        assertThat(silent.get(true)).hasSizeGreaterThan(40).noneMatch(Life::isAnswered);
        assertThat(share(silent.get(false), Life::isAnswered)).isGreaterThan(0.85);
    }

    @Test
    void aFactoryIsLateForThreeWeeks() {
        PlantedFault fault = faults(PlantedFault.Kind.DELAY).get(0);
        long until = fault.from() + 21 * Rhythm.DAY_MS;
        assertThat(share(before(fault), Life::isLate)).isLessThan(0.03);
        assertThat(share(orders(fault.factoryId(), fault.from(), until), Life::isLate))
                .isBetween(0.4, 0.6);
        assertThat(share(orders(fault.factoryId(), until, MARKET.end()), Life::isLate))
                .isLessThan(0.03);
    }

    @Test
    void badLuckIsRareAndShort() {
        for (Blameless blameless : MARKET.blameless()) {
            List<Life> bad = orders(life -> life.factoryId().equals(blameless.factoryId()) && life.isBad());
            switch (blameless.kind()) {
                case TERRIBLE_DAY ->
                    assertThat(bad.stream()
                                    .filter(life -> Rhythm.day(life.paidAt()).equals(Rhythm.day(blameless.at()))))
                            .hasSizeGreaterThanOrEqualTo(3);
                case TINY_SELLER ->
                    assertThat(bad)
                            .singleElement()
                            .satisfies(life -> assertThat(life.paidAt()).isEqualTo(blameless.at()));
                case SHRINKING -> {
                    long shrunk = blameless.at() + 42 * Rhythm.DAY_MS;
                    List<Life> first = orders(blameless.factoryId(), MARKET.begin(), blameless.at());
                    List<Life> last = orders(blameless.factoryId(), shrunk, MARKET.end());
                    assertThat(last).hasSizeBetween(30, first.size() / 4);
                    assertThat(bad).hasSizeLessThan(first.size() / 30);
                }
            }
        }
    }

    private static List<PlantedFault> faults(PlantedFault.Kind kind) {
        List<PlantedFault> faults =
                MARKET.faults().stream().filter(fault -> fault.kind() == kind).toList();
        assertThat(faults).isNotEmpty();
        return faults;
    }

    private static List<Life> before(PlantedFault fault) {
        return orders(fault.factoryId(), MARKET.begin(), fault.from());
    }

    /** What was bought since, as far as it is old enough to be known. */
    private static List<Life> after(PlantedFault fault) {
        return orders(fault.factoryId(), fault.from(), MARKET.end() - 28 * Rhythm.DAY_MS);
    }

    private static List<Life> orders(String factoryId, long from, long until) {
        return orders(life -> life.factoryId().equals(factoryId) && from <= life.paidAt() && life.paidAt() < until);
    }

    private static List<Life> orders(Predicate<Life> which) {
        List<Life> orders = ORDERS.values().stream().filter(which).toList();
        assertThat(orders).isNotEmpty();
        return orders;
    }

    private static double share(Collection<Life> of, Predicate<Life> which) {
        return (double) of.stream().filter(which).count() / of.size();
    }
}
