package io.touchstone.desk.forward;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Empties the outbox of one target on a thread of its own, so that a target that is slow holds up nobody else. */
final class Courier implements AutoCloseable {
    private static final long GRACE_MS = 3000;

    /** How many open alerts go in a request when they are sent again. */
    private static final int MOST_AT_ONCE = 200;

    /** When open alerts are sent again after that failed. */
    private static final long SOON_MS = 10_000;

    private final Target target;
    private final Outbox outbox;
    private final Sender sender;
    private final InstantSource clock;
    private final Supplier<List<Message>> open;
    private final Consumer<Outbox.Ended> ended;
    private final Consumer<String> remarks;
    private final Thread thread;
    private volatile boolean closed;
    private long resendAt;
    /** Alerts whose end was delivered while they may still be among the open ones. */
    private final Set<String> over = new HashSet<>();

    /**
     * Begins at once.
     *
     * @param open what a target that forgets has to be told again and again
     * @param ended told of each delivery that is over, on the courier's thread
     * @param remarks told of what fails
     */
    Courier(
            Target target,
            Outbox outbox,
            InstantSource clock,
            Supplier<List<Message>> open,
            Consumer<Outbox.Ended> ended,
            Consumer<String> remarks) {
        this.target = target;
        this.outbox = outbox;
        this.clock = clock;
        this.open = open;
        this.ended = ended;
        this.remarks = remarks;
        sender = new Sender(target, clock);
        thread = new Thread(this::run, "courier-" + target.name());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                // Before what waits: it may wait for long, and what is not told again is over for the receiver.
                long reminder = target.type() == TargetType.ALERTMANAGER
                        ? Math.max(resendAt, outbox.quietUntil())
                        : Long.MAX_VALUE;
                if (clock.millis() >= reminder) {
                    resend();
                }
                Optional<Delivery> next = outbox.next();
                if (next.isPresent()) {
                    deliver(next.get());
                } else if (reminder == Long.MAX_VALUE || clock.millis() < reminder) {
                    outbox.await(reminder);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void deliver(Delivery delivery) throws InterruptedException {
        Outcome outcome = send(delivery);
        if (Thread.interrupted()) {
            // Whether it arrived nobody knows: it is sent again after the next start, under the same key.
            throw new InterruptedException();
        }
        Optional<Outbox.Ended> end = outbox.tried(outcome);
        end.ifPresent(ended);
        if (outcome.kind() == Outcome.Kind.DELIVERED) {
            delivery.messages().stream()
                    .filter(Message::closes)
                    .forEach(message -> over.add(message.alert().alertId()));
        }
        if (end.isEmpty()) {
            remarks.accept(target.name() + ": " + outcome.detail() + "; " + delivery.key() + " will be tried again");
        }
    }

    /** However it goes wrong, the next one has its turn. */
    private Outcome send(Delivery delivery) {
        try {
            return sender.send(delivery);
        } catch (RuntimeException e) {
            return Outcome.failed(e.getClass().getSimpleName());
        }
    }

    private void resend() throws InterruptedException {
        resendAt = clock.millis() + target.resendEvery().toMillis();
        List<Message> all = open.get();
        over.retainAll(all.stream().map(message -> message.alert().alertId()).collect(Collectors.toSet()));
        List<Message> alerts = all.stream()
                .filter(message -> !over.contains(message.alert().alertId()))
                .toList();
        for (int i = 0; i < alerts.size() && !closed; i += MOST_AT_ONCE) {
            List<Message> some = alerts.subList(i, Math.min(i + MOST_AT_ONCE, alerts.size()));
            Outcome outcome = send(new Delivery(null, some, List.of(), 0));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (outcome.kind() != Outcome.Kind.DELIVERED) {
                remarks.accept(target.name() + ": " + outcome.detail() + "; open alerts will be sent again");
                resendAt = clock.millis() + Math.min(target.resendEvery().toMillis(), SOON_MS);
            }
            if (outcome.kind() == Outcome.Kind.FAILED) {
                return;
            }
        }
    }

    /** Begins nothing more. */
    void finish() {
        closed = true;
        outbox.wake();
    }

    /** Ends; what is under way has a moment to come to its end. */
    @Override
    public void close() {
        finish();
        try {
            thread.join(GRACE_MS);
            thread.interrupt();
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
