package io.touchstone.desk.forward;

import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.desk.alerts.Kind;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.Json;
import java.util.concurrent.atomic.AtomicLong;

/** Alerts to tell of; the clock of their publication is the test's. */
final class Story {
    static final long MIDNIGHT = 1_700_000_000_000L;
    static final String TOPIC = "alerts";

    private static final AtomicLong OFFSET = new AtomicLong();

    private Story() {}

    /** A revision of a factory's alert that was published at an instant; each lies behind the one made before. */
    static Message message(
            Kind kind, String factory, int revision, AlertStatus status, Severity severity, long published) {
        AlertMessage alert = alert(kind, factory, revision, status, severity);
        return new Message(alert, Json.of(alert), published, new Place(TOPIC, 0, OFFSET.getAndIncrement()));
    }

    static Message opened(Kind kind, String factory, long published) {
        return message(kind, factory, 1, AlertStatus.OPENED, Severity.WARN, published);
    }

    static Message escalated(Kind kind, String factory, int revision, long published) {
        return message(kind, factory, revision, AlertStatus.ESCALATED, Severity.CRITICAL, published);
    }

    static Message resolved(Kind kind, String factory, int revision, long published) {
        return message(kind, factory, revision, AlertStatus.RESOLVED, Severity.INFO, published);
    }

    private static AlertMessage alert(Kind kind, String factory, int revision, AlertStatus status, Severity severity) {
        String subject = kind == Kind.PRICE_BREACH
                ? factory + "-sku/WHOLESALE/CNY"
                : kind == Kind.COHORT_DISPARITY ? factory + "/CONSUMER" : factory;
        long at = MIDNIGHT + (revision - 1) * 86_400_000L;
        return new AlertMessage(
                status + " " + kind + " of " + factory + " <&>",
                "【" + status.inChinese() + "】" + factory,
                AlertId.of(kind.name(), subject, MIDNIGHT),
                revision,
                kind.name(),
                status,
                severity,
                subject,
                factory,
                kind == Kind.PRICE_BREACH ? null : "QUALITY",
                at,
                MIDNIGHT,
                status.closed() ? at : null,
                "default-1",
                "{\"policy_version\":\"default-1\",\"order_list\":[],\"clears_when\":{}}");
    }
}
