package io.touchstone.quality;

import static io.touchstone.quality.Orders.CALENDAR;
import static io.touchstone.quality.Orders.DAY_0;
import static io.touchstone.quality.Orders.HOUR;
import static io.touchstone.quality.Orders.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Reason;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.quality.QualityDriver.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of one order on a coarse grid of instants, so that ties are frequent: the record against the definitions of
 * the contract, section 2, written down once more without any cleverness.
 */
class OrderHistoriesTest {
    private static final long STEP = 6 * HOUR;
    private static final int STEPS = 48;
    private static final long START = CALENDAR.midnight(DAY_0);

    /** Every instant of the grid, long past the last event, and the one after it. */
    private static final NavigableSet<Long> INSTANTS = LongStream.range(0, 2 * STEPS)
            .flatMap(step -> LongStream.of(START + step * STEP, START + step * STEP + 1))
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aRecordIsAFunctionOfTheSetOfItsEvents(int seed) {
        for (int round = 0; round < 40; round++) {
            History history = new History(new Random(seed * 1000L + round));
            List<Input> arrivals = new ArrayList<>(history.events);
            arrivals.addAll(history.events.subList(0, history.events.size() / 2));
            byte[] once = null;
            for (int shuffle = 0; shuffle < 3; shuffle++) {
                Collections.shuffle(arrivals, history.random);
                OrderRecord record = new OrderRecord(ORDER, history.policy, CALENDAR);
                arrivals.forEach(input -> history.merge(input, record));
                byte[] packed = QualityDriver.pack(record::write);
                assertThat(packed).isEqualTo(once == null ? packed : once);
                once = packed;
                OrderRecord read =
                        QualityDriver.read(packed, in -> OrderRecord.read(in, ORDER, history.policy, CALENDAR));
                for (long t : INSTANTS) {
                    assertThat(record.at(t)).as("%s at %s", history, t).isEqualTo(history.at(t));
                    assertThat(read.at(t)).isEqualTo(record.at(t));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theFactsAddUpToTheRecordAtEveryInstant(int seed) {
        for (int round = 0; round < 40; round++) {
            History history = new History(new Random(seed * 2000L + round));
            List<Input> arrivals = new ArrayList<>(history.events);
            arrivals.addAll(history.events.subList(0, history.events.size() / 2));
            Collections.shuffle(arrivals, history.random);
            arrivals.sort(Comparator.comparingLong(Input::time));

            List<Fact> facts = new ArrayList<>();
            byte[] packed = QualityDriver.pack(new OrderRecord(ORDER, history.policy, CALENDAR)::write);
            for (Input input : arrivals) {
                OrderRecord record =
                        QualityDriver.read(packed, in -> OrderRecord.read(in, ORDER, history.policy, CALENDAR));
                if (history.random.nextBoolean()) {
                    facts.addAll(record.wake(input.time()));
                }
                facts.addAll(apply(input, record));
                packed = QualityDriver.pack(record::write);
            }
            OrderRecord last = QualityDriver.read(packed, in -> OrderRecord.read(in, ORDER, history.policy, CALENDAR));
            facts.addAll(last.wake(START + 400 * STEP));

            assertThat(facts).isSortedAccordingTo(Comparator.comparingLong(Fact::instant));
            for (long t : INSTANTS) {
                List<Fact> seen =
                        facts.stream().filter(fact -> fact.instant() < t).toList();
                assertThat(sum(seen)).as("%s at %s", history, t).isEqualTo(history.at(t));
            }
            for (Fact fact : facts) {
                assertThat(QualityDriver.read(QualityDriver.pack(fact::write), Fact::read))
                        .isEqualTo(fact);
            }
        }
    }

    private static List<Fact> apply(Input input, OrderRecord record) {
        if (input.event() instanceof OrderEvent event) {
            return record.apply(event, input.time());
        }
        return input.event() instanceof ReturnEvent event
                ? record.apply(event, input.time())
                : record.apply((ReviewEvent) input.event(), input.time());
    }

    /** What a factory knows of an order after some facts. */
    private static Optional<Contribution> sum(List<Fact> facts) {
        BuyerDay unit = null;
        Map<DefectClass, Long> since = new EnumMap<>(DefectClass.class);
        for (Fact fact : facts) {
            fact.ended().forEach(ended -> assertThat(since.remove(ended)).isNotNull());
            fact.begun()
                    .since()
                    .forEach((begun, start) ->
                            assertThat(since.put(begun, start)).isNull());
            if (fact.orders() != 0) {
                assertThat(unit == null).isEqualTo(fact.orders() > 0);
                unit = fact.orders() > 0 ? fact.buyerDay() : null;
            }
            assertThat(unit == null || fact.belt() != null ? fact.buyerDay() : unit)
                    .isEqualTo(fact.buyerDay());
        }
        return unit == null ? Optional.empty() : Optional.of(new Contribution(unit, new Spells(since)));
    }

    /** A random history, and what the contract says of it. */
    private static final class History {
        final Random random;
        final Policy policy;
        final List<Input> events = new ArrayList<>();
        private final long paidAt = START + 8 * STEP;
        private final Map<Long, Set<DefectClass>> defects = new HashMap<>();
        private final long matchTimeout;
        private final long returnSla;

        History(Random random) {
            this.random = random;
            QualityPolicy numbers = QualityPolicy.DEFAULT;
            QualityPolicy quality = new QualityPolicy(
                    numbers.windowDays(),
                    6 * (1 + random.nextInt(12)),
                    8,
                    6 * (1 + random.nextInt(12)),
                    numbers.classes(),
                    numbers.categories());
            policy = new Policy("random", Policy.DEFAULT.timeZone(), Policy.DEFAULT.price(), quality);
            matchTimeout = quality.matchTimeoutHours() * HOUR;
            returnSla = quality.returnSlaHours() * HOUR;
            OrderEvent.Type type = random.nextInt(8) > 0 ? OrderEvent.Type.REGULAR : OrderEvent.Type.GIFT;
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                Object event = switch (random.nextInt(4)) {
                    case 0 -> order(type);
                    case 1 -> review();
                    default -> returned();
                };
                events.add(new Input("any", i, event));
            }
        }

        private long time(int from) {
            return START + (from + random.nextInt(STEPS - from)) * STEP;
        }

        private <E> E pick(List<E> values) {
            return values.get(random.nextInt(values.size()));
        }

        private OrderEvent order(OrderEvent.Type type) {
            Status status = pick(List.of(Status.values()));
            long time = status == Status.PAID ? paidAt : time(random.nextInt(3) > 0 ? 8 : 0);
            CancelledBy by = status == Status.CANCELLED ? pick(List.of(CancelledBy.values())) : null;
            String id = "e" + random.nextInt(100);
            String buyer = random.nextInt(4) > 0 ? "buyer" : "other";
            long shipBy = paidAt + 4 * STEP;
            return new OrderEvent(
                    id,
                    ORDER,
                    status,
                    time,
                    type,
                    "f1",
                    "c1",
                    "b1",
                    buyer,
                    Segment.CONSUMER,
                    paidAt,
                    shipBy,
                    0,
                    by,
                    List.of());
        }

        private ReturnEvent returned() {
            ReturnEvent.Stage stage = pick(List.of(ReturnEvent.Stage.values()));
            Liable liable = random.nextBoolean() || stage == ReturnEvent.Stage.JUDGED
                    ? pick(List.of(Liable.FACTORY, Liable.FACTORY, Liable.BUYER))
                    : null;
            Reason reason = pick(List.of(Reason.QUALITY, Reason.QUALITY, Reason.COUNTERFEIT, Reason.OTHER));
            String id = random.nextInt(3) > 0 ? "r1" : "r2";
            return new ReturnEvent("e", id, ORDER, stage, time(0), reason, liable);
        }

        private ReviewEvent review() {
            Set<Topic> topics = EnumSet.noneOf(Topic.class);
            for (Topic topic : Topic.values()) {
                if (random.nextInt(3) == 0) {
                    topics.add(topic);
                }
            }
            ReviewEvent.Stage stage = pick(List.of(
                    ReviewEvent.Stage.POSTED,
                    ReviewEvent.Stage.POSTED,
                    ReviewEvent.Stage.EDITED,
                    ReviewEvent.Stage.REMOVED));
            String id = random.nextInt(3) > 0 ? "v1" : "v2";
            return new ReviewEvent("e" + random.nextInt(100), id, ORDER, stage, time(0), 1 + random.nextInt(4), topics);
        }

        void merge(Input input, OrderRecord record) {
            if (input.event() instanceof OrderEvent event) {
                if (event.status() != Status.DELIVERED && event.eventTime() < end()) {
                    record.merge(event, event.eventTime());
                }
            } else if (input.event() instanceof ReturnEvent event) {
                record.merge(event, event.eventTime());
            } else {
                record.merge((ReviewEvent) input.event(), input.time());
            }
        }

        private long end() {
            return CALENDAR.midnight(CALENDAR.day(paidAt) + policy.quality().orderRetentionDays());
        }

        private List<OrderEvent> orderEvents(long t) {
            return events.stream()
                    .map(Input::event)
                    .filter(OrderEvent.class::isInstance)
                    .map(OrderEvent.class::cast)
                    .filter(e -> e.status() != Status.DELIVERED && e.eventTime() < Math.min(t, end()))
                    .sorted(Comparator.comparingLong(OrderEvent::eventTime)
                            .thenComparing(OrderEvent::status)
                            .thenComparing(OrderEvent::eventId))
                    .toList();
        }

        /** The contribution at T, a spell's start found by asking at every instant before. */
        Optional<Contribution> at(long t) {
            List<OrderEvent> orders = orderEvents(t);
            if (orders.isEmpty() || !counts(orders)) {
                return Optional.empty();
            }
            Map<DefectClass, Long> since = new EnumMap<>(DefectClass.class);
            for (DefectClass defectClass : DefectClass.values()) {
                for (long instant : INSTANTS.headSet(t, false).descendingSet()) {
                    if (!isDefectiveAfter(instant).contains(defectClass)) {
                        break;
                    }
                    since.put(defectClass, instant);
                }
            }
            OrderEvent first = orders.get(0);
            BuyerDay unit = new BuyerDay("f1", CALENDAR.day(paidAt), Segment.CONSUMER, "c1", first.buyerId());
            return Optional.of(new Contribution(unit, new Spells(since)));
        }

        private static OrderEvent earliest(List<OrderEvent> orders, Status status) {
            return orders.stream()
                    .filter(e -> e.status() == status)
                    .min(Comparator.comparingLong(OrderEvent::eventTime)
                            .thenComparing(e -> e.cancelledBy() == null ? CancelledBy.BUYER : e.cancelledBy()))
                    .orElse(null);
        }

        /** The cancellation that means something, or null. */
        private static OrderEvent cancellation(List<OrderEvent> orders) {
            OrderEvent shipped = earliest(orders, Status.SHIPPED);
            OrderEvent cancelled = earliest(orders, Status.CANCELLED);
            boolean means = cancelled != null && (shipped == null || shipped.eventTime() >= cancelled.eventTime());
            return means ? cancelled : null;
        }

        private static boolean counts(List<OrderEvent> orders) {
            OrderEvent cancelled = cancellation(orders);
            return orders.get(0).type() == OrderEvent.Type.REGULAR
                    && (cancelled == null
                            || cancelled.cancelledBy() == CancelledBy.FACTORY
                            || cancelled.eventTime() > orders.get(0).shipBy());
        }

        private Set<DefectClass> isDefectiveAfter(long instant) {
            return defects.computeIfAbsent(
                    instant,
                    i -> Stream.of(DefectClass.values())
                            .filter(defectClass -> isDefective(defectClass, instant + 1))
                            .collect(Collectors.toSet()));
        }

        private boolean isDefective(DefectClass defectClass, long t) {
            List<OrderEvent> orders = orderEvents(t);
            if (orders.isEmpty()) {
                return false;
            }
            return switch (defectClass) {
                case QUALITY -> List.of("r1", "r2").stream().anyMatch(id -> hasBadGoods(returns(id, t)));
                case NEGATIVE_REVIEW ->
                    List.of("v1", "v2").stream()
                            .map(id -> rating(id, t))
                            .anyMatch(e ->
                                    e != null && e.stars() <= 2 && !e.topics().equals(Set.of(Topic.LOGISTICS)));
                case FULFILMENT -> {
                    OrderEvent shipped = earliest(orders, Status.SHIPPED);
                    OrderEvent cancelled = cancellation(orders);
                    long shipBy = orders.get(0).shipBy();
                    boolean late = shipped != null && shipped.eventTime() > shipBy;
                    yield late
                            || (cancelled != null
                                    && (cancelled.cancelledBy() == CancelledBy.FACTORY
                                            || cancelled.eventTime() > shipBy));
                }
                case AFTER_SALES ->
                    List.of("r1", "r2").stream()
                                    .anyMatch(id -> isLost(returns(id, t)) || isUnanswered(returns(id, t), t))
                            || List.of("v1", "v2").stream()
                                    .map(id -> rating(id, t))
                                    .anyMatch(e -> e != null && e.topics().contains(Topic.UNREACHABLE));
            };
        }

        private boolean isMatched(long time, long t) {
            return time < t && orderEvents(t).get(0).eventTime() <= time + matchTimeout && time < end();
        }

        private List<ReturnEvent> returns(String id, long t) {
            return events.stream()
                    .map(Input::event)
                    .filter(ReturnEvent.class::isInstance)
                    .map(ReturnEvent.class::cast)
                    .filter(e -> e.returnId().equals(id) && isMatched(e.eventTime(), t))
                    .sorted(Comparator.comparingLong(ReturnEvent::eventTime)
                            .thenComparing(ReturnEvent::stage)
                            .thenComparing(ReturnEvent::reason)
                            .thenComparing(ReturnEvent::liable, Comparator.nullsFirst(Comparator.naturalOrder())))
                    .toList();
        }

        private static boolean hasBadGoods(List<ReturnEvent> steps) {
            if (steps.isEmpty()) {
                return false;
            }
            ReturnEvent newest = steps.get(steps.size() - 1);
            boolean active = switch (newest.stage()) {
                case OPENED, ACCEPTED, REFUNDED, REJECTED -> true;
                case WITHDRAWN -> false;
                case JUDGED -> newest.liable() == Liable.FACTORY;
            };
            return active && newest.reason() != Reason.OTHER;
        }

        private static boolean isLost(List<ReturnEvent> steps) {
            List<ReturnEvent> judged = steps.stream()
                    .filter(e -> e.stage() == ReturnEvent.Stage.JUDGED)
                    .toList();
            return !judged.isEmpty() && judged.get(judged.size() - 1).liable() == Liable.FACTORY;
        }

        private boolean isUnanswered(List<ReturnEvent> steps, long t) {
            Optional<ReturnEvent> opened = steps.stream()
                    .filter(e -> e.stage() == ReturnEvent.Stage.OPENED)
                    .findFirst();
            if (opened.isEmpty()) {
                return false;
            }
            long due = opened.get().eventTime() + returnSla;
            return due < t
                    && due < end()
                    && steps.stream().noneMatch(e -> e.stage() != ReturnEvent.Stage.OPENED && e.eventTime() <= due);
        }

        /** The first rating of a review that was not removed; else null. */
        private ReviewEvent rating(String id, long t) {
            List<ReviewEvent> steps = events.stream()
                    .map(Input::event)
                    .filter(ReviewEvent.class::isInstance)
                    .map(ReviewEvent.class::cast)
                    .filter(e -> e.reviewId().equals(id) && isMatched(e.eventTime(), t))
                    .sorted(Comparator.comparingLong(ReviewEvent::eventTime).thenComparing(ReviewEvent::eventId))
                    .toList();
            boolean removed = steps.stream().anyMatch(e -> e.stage() == ReviewEvent.Stage.REMOVED);
            return removed
                    ? null
                    : steps.stream()
                            .filter(e -> e.stage() == ReviewEvent.Stage.POSTED)
                            .findFirst()
                            .orElse(null);
        }

        @Override
        public String toString() {
            return policy.quality() + " " + events;
        }
    }
}
