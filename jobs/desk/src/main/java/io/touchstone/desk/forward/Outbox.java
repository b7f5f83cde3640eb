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
        final long since;
        int tries;
        int refusals;
        long next;

        Waiting(Delivery delivery, long now) {
            this.delivery = delivery;
            since = now;
            delivery.messages().forEach(message -> alerts.add(message.alert().alertId()));
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
    private int failures;
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
        waiting.add(new Waiting(delivery, clock.millis()));
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

    private Ended end(Waiting one, boolean delivered, String detail) {
        waiting.remove(one);
        return new Ended(one.delivery, delivered, one.tries, detail);
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

    /** Whether the last try failed, so that there is no point in sending what is not needed. */
    synchronized boolean isTroubled() {
        return failures > 0 || !waiting.isEmpty();
    }
}
