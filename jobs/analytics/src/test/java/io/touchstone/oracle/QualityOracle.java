package io.touchstone.oracle;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.OrderEvent.Type;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.Policy;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The quality tables, the alerts about factories and the UNMATCHED dead letters, recomputed from the whole history by brute
 * force: sections 0 to 4, 6 to 8 of the contract read aloud. Every midnight looks at all orders of every factory again; the only
 * memory is what the contract calls history: the standing, the streaks, the episodes, and what a forgotten factory leaves behind.
 */
public final class QualityOracle {
    private static final long HOUR_MS = 3_600_000L;

    /**
     * A valid event and the line it came with.
     *
     * @param topic orders, returns or reviews
     * @param event an {@link OrderEvent}, a {@link ReturnEvent} or a {@link ReviewEvent}
     */
    public record Delivery(String topic, long line, Object event) {
        /** When the event happened. */
        public long time() {
            return event instanceof OrderEvent order
                    ? order.eventTime()
                    : event instanceof ReturnEvent step ? step.eventTime() : ((ReviewEvent) event).eventTime();
        }

        /** The order it speaks of. */
        public String orderId() {
            return event instanceof OrderEvent order
                    ? order.orderId()
                    : event instanceof ReturnEvent step ? step.orderId() : ((ReviewEvent) event).orderId();
        }
    }

    private final Policy policy;
    private final int untilDay;
    private final QualityRows rows = new QualityRows();
    private final Map<String, FactoryLife> factories = new TreeMap<>();

    private QualityOracle(Policy policy, int untilDay) {
        this.policy = policy;
        this.untilDay = untilDay;
    }

    /**
     * What has to come out of a history.
     *
     * @param history in any order, with repeats; events at or after {@code midnight(untilDay)} do not act
     * @param untilDay an epoch day; midnights up to its own happen
     */
    public static QualityRows compute(List<Delivery> history, Policy policy, int untilDay) {
        return new QualityOracle(policy, untilDay).compute(history);
    }

    /** The local date of an instant, as an epoch day. */
    static int day(long instant, Policy policy) {
        return (int) Instant.ofEpochMilli(instant)
                .atZone(policy.timeZone())
                .toLocalDate()
                .toEpochDay();
    }

    /** The first instant of a local date. */
    static long midnight(int day, Policy policy) {
        return LocalDate.ofEpochDay(day)
                .atStartOfDay(policy.timeZone())
                .toInstant()
                .toEpochMilli();
    }

    private long midnight(int day) {
        return midnight(day, policy);
    }

    private int cohortDay(OrderEvent event) {
        return day(event.paidAt(), policy) + event.leadDays();
    }

    private long endOf(OrderEvent event) {
        return midnight(cohortDay(event) + policy.quality().orderRetentionDays());
    }

    private QualityRows compute(List<Delivery> history) {
        Map<String, List<Delivery>> byOrder = new TreeMap<>();
        int firstDay = untilDay;
        for (Delivery delivery : history) {
            if (delivery.time() < midnight(untilDay)) {
                byOrder.computeIfAbsent(delivery.orderId(), id -> new ArrayList<>())
                        .add(delivery);
                firstDay = Math.min(firstDay, day(delivery.time(), policy));
            }
        }
        byOrder.values().forEach(this::order);
        for (FactoryLife factory : factories.values()) {
            for (int day = firstDay; day <= untilDay; day++) {
                factory.midnight(day);
            }
        }
        return rows;
    }

    private FactoryLife factory(String id) {
        return factories.computeIfAbsent(id, unknown -> new FactoryLife(id, policy, rows));
    }

    /** All deliveries of one order id: the order's life, its dead letters, and what it says about belts. */
    private void order(List<Delivery> deliveries) {
        List<OrderEvent> orders = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (delivery.event() instanceof OrderEvent event && event.status() != Status.DELIVERED) {
                if (event.eventTime() >= endOf(event)) {
                    rows.unmatched(delivery.topic(), delivery.line());
                } else {
                    orders.add(event);
                }
            }
        }
        OrderEvent first = orders.stream()
                .min(Comparator.comparing(OrderEvent::eventTime)
                        .thenComparing(OrderEvent::status)
                        .thenComparing(OrderEvent::eventId, Ids.ORDER))
                .orElse(null);
        List<ReturnEvent> returns = new ArrayList<>();
        List<ReviewEvent> reviews = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (delivery.event() instanceof OrderEvent) {
                continue;
            }
            long waitsUntil = delivery.time() + policy.quality().matchTimeoutHours() * HOUR_MS;
            if (first != null && first.eventTime() <= waitsUntil && delivery.time() < endOf(first)) {
                if (delivery.event() instanceof ReturnEvent event) {
                    returns.add(event);
                } else {
                    reviews.add((ReviewEvent) delivery.event());
                }
            } else if (first != null || waitsUntil < midnight(untilDay)) {
                rows.unmatched(delivery.topic(), delivery.line());
            }
        }
        if (first != null && first.type() == Type.REGULAR) {
            factory(first.factoryId())
                    .orders
                    .computeIfAbsent(cohortDay(first), day -> new ArrayList<>())
                    .add(new OrderLife(
                            first,
                            cohortDay(first),
                            orders,
                            returns,
                            reviews,
                            policy.quality().returnSlaHours() * HOUR_MS,
                            endOf(first)));
        }
        orders.stream()
                .filter(event -> event.status() == Status.PAID && event.type() == Type.REGULAR)
                .forEach(event -> factory(event.factoryId()).paid.add(event));
    }
}
