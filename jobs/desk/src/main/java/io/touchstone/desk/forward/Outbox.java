package io.touchstone.desk.forward;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one target still has to be told. A revision waits for the earlier ones of its alert, and for nothing else: a message that the
 * receiver cannot stomach holds up no other. A receiver that fails is left alone for a while. Safe to use by several threads.
 */
final class Outbox {
    /** A delivery and how it fared; known to this class only. */
    private static final class Waiting {
        final Delivery delivery;
        final Set<String> alerts = new HashSet<>();
        /** The group that it was a part of; null if none was refused. */
        final Group group;

        final long since;
        int tries;
        int refusals;
        long next;

        Waiting(Delivery delivery, Group group, long now) {
            this.delivery = delivery;
            this.group = group;
            since = now;
            delivery.messages().forEach(message -> alerts.add(message.alert().alertId()));
        }
    }

    /** A group that was refused as a whole; what it held is done when all of its alerts are over. */
    private static final class Group {
        final Delivery whole;
        int left;

        Group(Delivery whole) {
            this.whole = whole;
            left = whole.messages().size();
        }
    }

    /**
     * A delivery that is over.
     *
     * @param delivered false if it was given up
     * @param detail how it ended
     */
    record Ended(Delivery delivery, boolean delivered, int tries, String detail) {}

    private final InstantSource clock;
    private final BackOff backOff;
    private final int triesIfRefused;
    private final Duration giveUpAfter;
    private final List<Waiting> waiting = new ArrayList<>();
    private Waiting underWay;
    /** What a message takes beside its text, about. */
    private static final int OVERHEAD = 500;

    private int failures;
    private long chars;
    private long quietUntil;

    /**
     * An empty one.
     *
     * @param triesIfRefused how often a delivery is tried that the receiver does not want
     * @param giveUpAfter how long a delivery is tried that fails
     */
    Outbox(InstantSource clock, BackOff backOff, int triesIfRefused, Duration giveUpAfter) {
        this.clock = clock;
        this.backOff = backOff;
        this.triesIfRefused = triesIfRefused;
        this.giveUpAfter = giveUpAfter;
    }

    synchronized void add(Delivery delivery) {
        waiting.add(new Waiting(delivery, null, clock.millis()));
        chars += chars(delivery);
        notifyAll();
    }

    /** The next delivery to try now, if any; it is under way until {@link #tried}. */
    synchronized Optional<Delivery> next() {
        long now = clock.millis();
        if (underWay != null || now < quietUntil) {
            return Optional.empty();
        }
        Set<String> behind = new HashSet<>();
        for (Waiting one : waiting) {
            boolean first = one.alerts.stream().noneMatch(behind::contains);
            if (first && one.next <= now) {
                underWay = one;
                return Optional.of(one.delivery);
            }
            behind.addAll(one.alerts);
        }
        return Optional.empty();
    }

    /** What came of the delivery that was under way; the delivery if that ended it. */
    synchronized Optional<Ended> tried(Outcome outcome) {
        Waiting one = underWay;
        underWay = null;
        one.tries++;
        long now = clock.millis();
        failures = outcome.kind() == Outcome.Kind.FAILED ? failures + 1 : 0;
        if (outcome.kind() == Outcome.Kind.DELIVERED) {
            return Optional.of(end(one, true, outcome.detail()));
        }
        if (outcome.kind() == Outcome.Kind.REFUSED) {
            one.refusals++;
            if (one.refusals >= triesIfRefused && one.delivery.messages().size() > 1) {
                split(one, now);
                return Optional.empty();
            }
            if (one.refusals >= triesIfRefused) {
                return Optional.of(end(one, false, outcome.detail()));
            }
        } else {
            if (now - one.since >= giveUpAfter.toMillis()) {
                return Optional.of(end(one, false, outcome.detail()));
            }
            quietUntil = now + Math.max(backOff.after(failures), outcome.retryAfterMs());
        }
        one.next = now + Math.max(backOff.after(one.tries), outcome.retryAfterMs());
        return Optional.empty();
    }

    /** One that the receiver does not take is not to take the others along: from now on they go one by one, in its place. */
    private void split(Waiting one, long now) {
        Group group = new Group(one.delivery);
        List<Waiting> parts = one.delivery.messages().stream()
                .map(message ->
                        new Waiting(new Delivery(one.delivery.belt(), List.of(message), List.of(), 0), group, now))
                .toList();
        int at = waiting.indexOf(one);
        waiting.remove(at);
        waiting.addAll(at, parts);
    }

    private Ended end(Waiting one, boolean delivered, String detail) {
        waiting.remove(one);
        chars -= chars(one.delivery);
        Delivery delivery = one.delivery;
        if (one.group != null && --one.group.left == 0) {
            Delivery whole = one.group.whole;
            delivery = new Delivery(whole.belt(), delivery.messages(), whole.held(), whole.releasedAt());
        }
        return new Ended(delivery, delivered, one.tries, detail);
    }

    private static long chars(Delivery delivery) {
        return delivery.messages().stream()
                .mapToLong(message -> OVERHEAD + message.json().length())
                .sum();
    }

    /** Waits until there may be something to try, or until the clock shows {@code until}, a minute at most. */
    // The caller looks again whatever woke it.
    @SuppressWarnings("WaitNotInLoop")
    synchronized void await(long until) throws InterruptedException {
        long ms = Math.min(Math.min(wakeAt(), until) - clock.millis(), 60_000);
        if (ms > 0) {
            wait(ms);
        }
    }

    /** Ends a wait. */
    synchronized void wake() {
        notifyAll();
    }

    /** When something can be tried again, epoch ms; {@link Long#MAX_VALUE} if nothing waits. */
    synchronized long wakeAt() {
        if (underWay != null) {
            return Long.MAX_VALUE;
        }
        long wake = Long.MAX_VALUE;
        Set<String> behind = new HashSet<>();
        for (Waiting one : waiting) {
            if (one.alerts.stream().noneMatch(behind::contains)) {
                wake = Math.min(wake, one.next);
            }
            behind.addAll(one.alerts);
        }
        return wake == Long.MAX_VALUE ? wake : Math.max(wake, quietUntil);
    }

    synchronized int size() {
        return waiting.size();
    }

    /** How long the messages are that wait, in chars. */
    synchronized long chars() {
        return chars;
    }

    /** Until when the receiver is left alone, epoch ms; in the past if it is well. */
    synchronized long quietUntil() {
        return quietUntil;
    }
}
