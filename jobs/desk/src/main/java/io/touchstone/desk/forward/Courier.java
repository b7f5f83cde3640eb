package io.touchstone.desk.forward;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Empties the outbox of one target on a thread of its own, so that a target that is slow holds up nobody else. */
final class Courier implements AutoCloseable {
    private static final long GRACE_MS = 3000;

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
                Optional<Delivery> next = outbox.next();
                if (next.isPresent()) {
                    deliver(next.get());
                } else if (target.type() == TargetType.ALERTMANAGER && clock.millis() >= resendAt) {
                    resend();
                } else {
                    outbox.await(target.type() == TargetType.ALERTMANAGER ? resendAt : Long.MAX_VALUE);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void deliver(Delivery delivery) throws InterruptedException {
        Outcome outcome = sender.send(delivery);
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

    private void resend() {
        resendAt = clock.millis() + target.resendEvery().toMillis();
        List<Message> all = open.get();
        over.retainAll(all.stream().map(message -> message.alert().alertId()).toList());
        List<Message> alerts = all.stream()
                .filter(message -> !over.contains(message.alert().alertId()))
                .toList();
        // While it is in trouble it has enough to do.
        if (alerts.isEmpty() || outbox.isTroubled()) {
            return;
        }
        Outcome outcome = sender.send(new Delivery(null, alerts, List.of(), 0));
        if (outcome.kind() != Outcome.Kind.DELIVERED) {
            remarks.accept(target.name() + ": " + outcome.detail() + "; open alerts will be sent again");
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
