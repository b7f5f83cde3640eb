package io.touchstone.oracle;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.DefectClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What became of one order, instant by instant: section 2 of the contract read aloud, every event looked at every time. */
final class OrderLife {
    private static final Set<ReturnEvent.Reason> FAULTS = EnumSet.of(
            ReturnEvent.Reason.QUALITY,
            ReturnEvent.Reason.NOT_AS_DESCRIBED,
            ReturnEvent.Reason.WRONG_ITEM,
            ReturnEvent.Reason.COUNTERFEIT);
    private static final Set<ReturnEvent.Stage> ANSWERS = EnumSet.of(
            ReturnEvent.Stage.ACCEPTED,
            ReturnEvent.Stage.REFUNDED,
            ReturnEvent.Stage.REJECTED,
            ReturnEvent.Stage.WITHDRAWN,
            ReturnEvent.Stage.JUDGED);
    private static final Comparator<ReturnEvent> NEWEST_LAST = Comparator.comparing(ReturnEvent::eventTime)
            .thenComparing(ReturnEvent::stage)
            .thenComparing(ReturnEvent::reason)
            .thenComparing(ReturnEvent::liable, Comparator.nullsFirst(Comparator.naturalOrder()));
    private static final Comparator<ReviewEvent> EARLIEST_FIRST =
            Comparator.comparing(ReviewEvent::eventTime).thenComparing(ReviewEvent::eventId, Ids.ORDER);

    /** The event whose attributes are the order's. */
    final OrderEvent first;

    final int cohortDay;
    private final List<OrderEvent> orders;
    private final Map<String, List<ReturnEvent>> returns = new LinkedHashMap<>();
    private final Map<String, List<ReviewEvent>> reviews = new LinkedHashMap<>();
    private final long slaMs;
    private final long end;
    private final List<State> states = new ArrayList<>();

    /**
     * The order from an instant on.
     *
     * @param knownAt for each class it is defective in, the start of that spell
     */
    record State(long from, boolean counts, Map<DefectClass, Long> knownAt) {}

    /**
     * All an order's matched events.
     *
     * @param first the earliest of {@code orders}
     * @param slaMs how long a return may stay unanswered
     * @param end the instant from which on nothing happens to the order
     */
    OrderLife(
            OrderEvent first,
            int cohortDay,
            List<OrderEvent> orders,
            List<ReturnEvent> returns,
            List<ReviewEvent> reviews,
            long slaMs,
            long end) {
        this.first = first;
        this.cohortDay = cohortDay;
        this.orders = orders;
        this.slaMs = slaMs;
        this.end = end;
        returns.forEach(event -> this.returns
                .computeIfAbsent(event.returnId(), id -> new ArrayList<>())
                .add(event));
        reviews.forEach(event -> this.reviews
                .computeIfAbsent(event.reviewId(), id -> new ArrayList<>())
                .add(event));
        live();
    }

    /** What is known of the order by its events before an instant; null before it exists. */
    State before(long instant) {
        State newest = null;
        for (State state : states) {
            if (state.from < instant) {
                newest = state;
            }
        }
        return newest;
    }

    private void live() {
        TreeSet<Long> instants = new TreeSet<>();
        orders.forEach(event -> instants.add(event.eventTime()));
        returns.values().forEach(events -> events.forEach(event -> instants.add(event.eventTime())));
        reviews.values().forEach(events -> events.forEach(event -> instants.add(event.eventTime())));
        returns.values().stream()
                .map(this::unansweredAt)
                .filter(Objects::nonNull)
                .forEach(instants::add);
        // Nothing happens to an order before it exists; what came earlier happens then.
        instants.add(first.eventTime());
        instants.headSet(first.eventTime()).clear();
        Map<DefectClass, Long> spells = new EnumMap<>(DefectClass.class);
        for (long t : instants) {
            for (DefectClass defectClass : DefectClass.values()) {
                if (!isDefective(defectClass, t)) {
                    spells.remove(defectClass);
                } else {
                    spells.putIfAbsent(defectClass, t);
                }
            }
            states.add(new State(t, counts(t), new EnumMap<>(spells)));
        }
    }

    private boolean isDefective(DefectClass defectClass, long t) {
        return switch (defectClass) {
            case QUALITY -> returns.values().stream().anyMatch(events -> isActiveFault(events, t));
            case NEGATIVE_REVIEW ->
                reviews.values().stream()
                        .anyMatch(events -> stands(events, t)
                                && posted(events, t).stars() <= 2
                                && !posted(events, t).topics().equals(EnumSet.of(ReviewEvent.Topic.LOGISTICS)));
            case FULFILMENT -> failedToDeliver(t);
            case AFTER_SALES ->
                returns.values().stream().anyMatch(events -> isLost(events, t) || isUnanswered(events, t))
                        || reviews.values().stream()
                                .anyMatch(events -> stands(events, t)
                                        && posted(events, t).topics().contains(ReviewEvent.Topic.UNREACHABLE));
        };
    }

    private static boolean isActiveFault(List<ReturnEvent> events, long t) {
        ReturnEvent newest = events.stream()
                .filter(event -> event.eventTime() <= t)
                .max(NEWEST_LAST)
                .orElse(null);
        return newest != null
                && FAULTS.contains(newest.reason())
                && newest.stage() != ReturnEvent.Stage.WITHDRAWN
                && (newest.stage() != ReturnEvent.Stage.JUDGED || newest.liable() == ReturnEvent.Liable.FACTORY);
    }

    private static boolean isLost(List<ReturnEvent> events, long t) {
        return events.stream()
                .filter(event -> event.eventTime() <= t && event.stage() == ReturnEvent.Stage.JUDGED)
                .max(NEWEST_LAST)
                .filter(newest -> newest.liable() == ReturnEvent.Liable.FACTORY)
                .isPresent();
    }

    private boolean isUnanswered(List<ReturnEvent> events, long t) {
        Long instant = unansweredAt(events);
        return instant != null && instant <= t;
    }

    /** The instant at which a return had waited too long for an answer, null if it got one in time. */
    private Long unansweredAt(List<ReturnEvent> events) {
        Long opened = events.stream()
                .filter(event -> event.stage() == ReturnEvent.Stage.OPENED)
                .map(ReturnEvent::eventTime)
                .min(Comparator.naturalOrder())
                .orElse(null);
        if (opened == null || opened + slaMs >= end) {
            return null;
        }
        boolean answered = events.stream()
                .anyMatch(event -> ANSWERS.contains(event.stage()) && event.eventTime() <= opened + slaMs);
        return answered ? null : opened + slaMs;
    }

    private static ReviewEvent posted(List<ReviewEvent> events, long t) {
        return events.stream()
                .filter(event -> event.eventTime() <= t && event.stage() == ReviewEvent.Stage.POSTED)
                .min(EARLIEST_FIRST)
                .orElse(null);
    }

    private static boolean stands(List<ReviewEvent> events, long t) {
        return posted(events, t) != null
                && events.stream()
                        .noneMatch(event -> event.eventTime() <= t && event.stage() == ReviewEvent.Stage.REMOVED);
    }

    private Long shippedAt(long t) {
        return orders.stream()
                .filter(event -> event.eventTime() <= t && event.status() == Status.SHIPPED)
                .map(OrderEvent::eventTime)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** The order's cancellation, null if there is none that means something. */
    private OrderEvent cancelled(long t) {
        OrderEvent earliest = orders.stream()
                .filter(event -> event.eventTime() <= t && event.status() == Status.CANCELLED)
                .min(Comparator.comparing(OrderEvent::eventTime).thenComparing(OrderEvent::cancelledBy))
                .orElse(null);
        Long shippedAt = shippedAt(t);
        return earliest == null || (shippedAt != null && shippedAt < earliest.eventTime()) ? null : earliest;
    }

    private boolean counts(long t) {
        OrderEvent cancelled = cancelled(t);
        return cancelled == null
                || cancelled.cancelledBy() == CancelledBy.FACTORY
                || cancelled.eventTime() > first.shipBy();
    }

    private boolean failedToDeliver(long t) {
        Long shippedAt = shippedAt(t);
        OrderEvent cancelled = cancelled(t);
        return (shippedAt != null && shippedAt > first.shipBy())
                || (cancelled != null
                        && (cancelled.cancelledBy() == CancelledBy.FACTORY || cancelled.eventTime() > first.shipBy()));
    }
}
