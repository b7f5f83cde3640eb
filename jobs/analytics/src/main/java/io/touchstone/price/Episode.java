package io.touchstone.price;

import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An open PRICE_BREACH alert of one key: what it holds, when it is revised, what ends it. */
final class Episode {
    /** How many orders an alert lists; older ones are only counted. */
    static final int LISTED = 20;

    private static final int CONFORMING_TO_RESOLVE = 3;
    private static final long QUIET_TO_RESOLVE_MS = 7 * 24 * 3_600_000L;

    private final String factoryId;
    private final long openedAt;
    private final List<BreachingOrder> listed = new ArrayList<>();
    private long orders;
    private long maxExcessBp;
    private long publishedExcessBp;
    private long lastBreach;
    private int conforming;
    private int revision;

    /** Made from the rest when first asked for. */
    private String alertId;

    private Episode(String factoryId, long openedAt) {
        this.factoryId = factoryId;
        this.openedAt = openedAt;
    }

    /** Opens at an order; {@code earlier} is the other buyer's breach it was paired with, or null. */
    static Episode open(String factoryId, BreachingOrder opening, BreachingOrder earlier) {
        Episode episode = new Episode(factoryId, opening.paidAt());
        if (earlier != null) {
            episode.hold(earlier);
        }
        episode.hold(opening);
        return episode;
    }

    private void hold(BreachingOrder order) {
        orders++;
        maxExcessBp = Math.max(maxExcessBp, order.excessBp());
        lastBreach = order.paidAt();
        conforming = 0;
        int at = 0;
        while (at < listed.size() && BreachingOrder.NEWEST_FIRST.compare(listed.get(at), order) <= 0) {
            at++;
        }
        listed.add(at, order);
        if (listed.size() > LISTED) {
            listed.remove(LISTED);
        }
    }

    /** Takes a further breaching order; true if that makes a revision. */
    boolean escalatesWith(BreachingOrder order) {
        hold(order);
        return Long.bitCount(orders) == 1 || order.excessBp() >= 2 * publishedExcessBp;
    }

    /** Takes a conforming order; true if that ends the episode. */
    boolean resolvesWithConforming() {
        return ++conforming == CONFORMING_TO_RESOLVE;
    }

    /** The midnight that ends the episode if no further order breaches. */
    long expiresAt(LocalCalendar calendar) {
        return calendar.midnightFrom(lastBreach + QUIET_TO_RESOLVE_MS);
    }

    String alertId(String subject) {
        if (alertId == null) {
            alertId = AlertId.of(PriceAlert.KIND, subject, openedAt);
        }
        return alertId;
    }

    /** Makes the next revision. */
    PriceAlert revise(AlertStatus status, String subject, long at, Policy policy, LocalCalendar calendar) {
        revision++;
        publishedExcessBp = maxExcessBp;
        Severity severity = status.closed()
                ? Severity.INFO
                : maxExcessBp >= policy.price().spikePercent() * 100L ? Severity.CRITICAL : Severity.WARN;
        return new PriceAlert(
                alertId(subject),
                revision,
                status,
                severity,
                subject,
                factoryId,
                at,
                openedAt,
                orders,
                maxExcessBp,
                List.copyOf(listed),
                CONFORMING_TO_RESOLVE - conforming,
                expiresAt(calendar),
                policy.version());
    }

    void write(DataOutput out) throws IOException {
        Packed.writeString(factoryId, out);
        Packed.writeUnsigned(openedAt, out);
        Packed.writeUnsigned(orders, out);
        Packed.writeUnsigned(maxExcessBp, out);
        Packed.writeUnsigned(publishedExcessBp, out);
        Packed.writeUnsigned(lastBreach, out);
        Packed.writeUnsigned(conforming, out);
        Packed.writeUnsigned(revision, out);
        Packed.writeUnsigned(listed.size(), out);
        for (BreachingOrder order : listed) {
            order.write(out);
        }
    }

    static Episode read(DataInput in) throws IOException {
        Episode episode = new Episode(Packed.readString(in), Packed.readUnsigned(in));
        episode.orders = Packed.readUnsigned(in);
        episode.maxExcessBp = Packed.readUnsigned(in);
        episode.publishedExcessBp = Packed.readUnsigned(in);
        episode.lastBreach = Packed.readUnsigned(in);
        episode.conforming = Packed.readSmall(in);
        episode.revision = Packed.readSmall(in);
        int size = Packed.readSmall(in);
        for (int i = 0; i < size; i++) {
            episode.listed.add(BreachingOrder.read(in));
        }
        return episode;
    }
}
