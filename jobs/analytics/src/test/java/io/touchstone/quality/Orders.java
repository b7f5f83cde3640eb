package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Reason;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.market.Segment;
import io.touchstone.policy.Policy;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/** Words for tests about one order, "o1", paid at noon of day 0 and to be shipped by noon of day 2. */
final class Orders {
    static final LocalCalendar CALENDAR = new LocalCalendar(Policy.DEFAULT.timeZone());
    static final long HOUR = 3_600_000L;
    /** The local day of day 0. */
    static final int DAY_0 = (int) LocalDate.of(2024, 3, 1).toEpochDay();

    static final String ORDER = "o1";

    private Orders() {}

    static long midnight(int day) {
        return CALENDAR.midnight(DAY_0 + day);
    }

    static long noon(int day) {
        return midnight(day) + 12 * HOUR;
    }

    static OrderRecord newOrder() {
        return new OrderRecord(ORDER, Policy.DEFAULT, CALENDAR);
    }

    static OrderEvent paid() {
        return order(Status.PAID, noon(0), null);
    }

    static OrderEvent shipped(long time) {
        return order(Status.SHIPPED, time, null);
    }

    static OrderEvent cancelled(long time, CancelledBy by) {
        return order(Status.CANCELLED, time, by);
    }

    static OrderEvent order(Status status, long time, CancelledBy by) {
        return order("e-" + status + '-' + time, status, time, by, OrderEvent.Type.REGULAR, "f1");
    }

    static OrderEvent order(
            String eventId, Status status, long time, CancelledBy by, OrderEvent.Type type, String factoryId) {
        return new OrderEvent(
                eventId,
                ORDER,
                status,
                time,
                type,
                factoryId,
                "c1",
                "b1",
                "buyer",
                Segment.CONSUMER,
                noon(0),
                noon(2),
                0,
                by,
                List.of());
    }

    static ReturnEvent opened(long time) {
        return returned(ReturnEvent.Stage.OPENED, time);
    }

    static ReturnEvent returned(ReturnEvent.Stage stage, long time) {
        return returned(stage, time, Reason.QUALITY, null);
    }

    static ReturnEvent judged(long time, Liable liable) {
        return returned(ReturnEvent.Stage.JUDGED, time, Reason.QUALITY, liable);
    }

    static ReturnEvent returned(ReturnEvent.Stage stage, long time, Reason reason, Liable liable) {
        return new ReturnEvent("e", "r1", ORDER, stage, time, reason, liable);
    }

    static ReviewEvent posted(long time, int stars, Topic... topics) {
        return new ReviewEvent("e" + time, "v1", ORDER, ReviewEvent.Stage.POSTED, time, stars, Set.of(topics));
    }

    static ReviewEvent removed(long time) {
        return new ReviewEvent("e" + time, "v1", ORDER, ReviewEvent.Stage.REMOVED, time, 5, Set.of());
    }
}
