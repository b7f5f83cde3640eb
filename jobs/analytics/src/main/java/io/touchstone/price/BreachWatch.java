package io.touchstone.price;

import io.touchstone.alert.AlertStatus;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides when breaches of one key become an alert: at once for a spike, else when two buyers breach within a day. One episode
 * is open at a time, at most one opens per instant.
 */
final class BreachWatch {
    private static final long PAIR_MS = 24 * 3_600_000L;

    private final String subject;
    private final LocalCalendar calendar;

    private Episode open;

    /**
     * While no episode is open: the newest breaching order since the last one ended and, behind it, the newest of another buyer.
     * Whoever breaches next, the newest order of somebody else is one of the two.
     */
    private final List<BreachingOrder> recent = new ArrayList<>(2);

    /** Not part of the packed value: everything of an instant is folded at once. */
    private long lastOpenedAt = Long.MIN_VALUE;

    BreachWatch(String subject, LocalCalendar calendar) {
        this.subject = subject;
        this.calendar = calendar;
    }

    /** Takes an order that breached; {@code spike} if one of its lines did by {@code spike_percent} or more. */
    void breached(BreachingOrder order, String factoryId, boolean spike, Policy policy, Consumer<PriceAlert> alerts) {
        long at = order.paidAt();
        if (open != null) {
            if (open.escalatesWith(order)) {
                alerts.accept(open.revise(AlertStatus.ESCALATED, subject, at, policy, calendar));
            }
            return;
        }
        BreachingOrder earlier = newestOfAnotherBuyer(order);
        if (lastOpenedAt == at || (!spike && earlier == null)) {
            remember(order);
            return;
        }
        open = Episode.open(factoryId, order, earlier);
        lastOpenedAt = at;
        recent.clear();
        alerts.accept(open.revise(AlertStatus.OPENED, subject, at, policy, calendar));
    }

    private BreachingOrder newestOfAnotherBuyer(BreachingOrder order) {
        for (BreachingOrder other : recent) {
            if (!other.buyerId().equals(order.buyerId())) {
                return order.paidAt() - other.paidAt() < PAIR_MS ? other : null;
            }
        }
        return null;
    }

    private void remember(BreachingOrder order) {
        BreachingOrder other = recent.stream()
                .filter(r -> !r.buyerId().equals(order.buyerId()))
                .findFirst()
                .orElse(null);
        recent.clear();
        recent.add(order);
        if (other != null) {
            recent.add(other);
        }
    }

    /** Takes an order that conformed. */
    void conformed(long at, Policy policy, Consumer<PriceAlert> alerts) {
        if (open != null && open.resolvesWithConforming()) {
            resolve(at, policy, alerts);
        }
    }

    /** At a midnight: a quiet episode ends, breaches too old to be paired are forgotten. */
    void midnight(long at, Policy policy, Consumer<PriceAlert> alerts) {
        if (open != null && at >= open.expiresAt(calendar)) {
            resolve(at, policy, alerts);
        }
        recent.removeIf(order -> at - order.paidAt() >= PAIR_MS);
    }

    private void resolve(long at, Policy policy, Consumer<PriceAlert> alerts) {
        alerts.accept(open.revise(AlertStatus.RESOLVED, subject, at, policy, calendar));
        open = null;
    }

    /** The id of the open alert, or null. */
    String openAlertId() {
        return open == null ? null : open.alertId(subject);
    }

    /** The next midnight at which {@link #midnight} changes something; {@link Long#MAX_VALUE} if none is to come. */
    long nextMidnight() {
        long next = open == null ? Long.MAX_VALUE : open.expiresAt(calendar);
        for (BreachingOrder order : recent) {
            next = Math.min(next, calendar.midnightFrom(order.paidAt() + PAIR_MS));
        }
        return next;
    }

    boolean isEmpty() {
        return open == null && recent.isEmpty();
    }

    void write(DataOutput out) throws IOException {
        out.writeBoolean(open != null);
        if (open != null) {
            open.write(out);
        }
        Packed.writeUnsigned(recent.size(), out);
        for (BreachingOrder order : recent) {
            order.write(out);
        }
    }

    static BreachWatch read(DataInput in, String subject, LocalCalendar calendar) throws IOException {
        BreachWatch watch = new BreachWatch(subject, calendar);
        if (in.readBoolean()) {
            watch.open = Episode.read(in);
        }
        int size = Packed.readSmall(in);
        for (int i = 0; i < size; i++) {
            watch.recent.add(BreachingOrder.read(in));
        }
        return watch;
    }
}
