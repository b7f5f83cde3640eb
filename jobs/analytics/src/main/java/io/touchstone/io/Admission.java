package io.touchstone.io;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;

/** Refuses events that are sound in themselves but come from the future, or long after their order ceased to matter. */
final class Admission {
    private final LocalCalendar calendar;
    private final int retentionDays;

    Admission(Policy policy) {
        calendar = new LocalCalendar(policy.timeZone());
        retentionDays = policy.quality().orderRetentionDays();
    }

    /** {@code latest}: the largest event time that is believed; {@link Long#MAX_VALUE} where nothing arrives, as in a file. */
    void check(OrderEvent order, long latest) throws Refusal {
        check(order.eventTime(), latest);
        // A DELIVERED order moves the clock and changes nothing else, however late.
        if (order.status() != OrderEvent.Status.DELIVERED && order.eventTime() >= end(order)) {
            throw new Refusal(DeadLetter.Reason.UNMATCHED, "event_time");
        }
    }

    /** What holds for events of every topic. */
    static void check(long eventTime, long latest) throws Refusal {
        if (eventTime > latest) {
            throw new Refusal(DeadLetter.Reason.FUTURE, "event_time");
        }
    }

    private long end(OrderEvent order) {
        return calendar.midnight(calendar.day(order.paidAt()) + order.leadDays() + retentionDays);
    }
}
