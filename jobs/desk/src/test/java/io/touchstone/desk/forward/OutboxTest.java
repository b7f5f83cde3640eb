package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.desk.alerts.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a target still has to be told is told in order per alert, with pauses, and not for ever. */
class OutboxTest {
    private final HandClock clock = new HandClock();
    private final Outbox outbox = new Outbox(
            clock, new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(8), new Random(7)), 3, Duration.ofMinutes(10));

    private static Delivery delivery(Message... messages) {
        return new Delivery(null, List.of(messages), List.of(), 0);
    }

    private static Delivery opened(String factory) {
        return delivery(Story.opened(Kind.DEMOTION, factory, 0));
    }

    @Test
    void holdsBackWhatFollowsOnARevisionThatFails() {
        Delivery first = opened("f");
        Delivery second = delivery(Story.escalated(Kind.DEMOTION, "f", 2, 0));
        Delivery other = opened("g");
        outbox.add(first);
        outbox.add(second);
        outbox.add(other);

        assertThat(outbox.next()).contains(first);
        assertThat(outbox.next()).as("one at a time").isEmpty();
        assertThat(outbox.tried(Outcome.of(422, 0))).isEmpty();
        assertThat(outbox.next())
                .as("another alert overtakes, the next revision does not")
                .contains(other);
        assertThat(outbox.tried(Outcome.delivered(""))).isPresent();
        assertThat(outbox.next()).isEmpty();

        clock.forward(1000);
        assertThat(outbox.next()).contains(first);
        assertThat(outbox.tried(Outcome.delivered(""))).get().satisfies(ended -> {
            assertThat(ended.delivered()).isTrue();
            assertThat(ended.tries()).isEqualTo(2);
        });
        assertThat(outbox.next()).contains(second);
    }

    @Test
    void leavesAFailingReceiverAloneForLongerAndLonger() {
        outbox.add(opened("f"));
        outbox.add(opened("g"));
        long pause = 0;
        for (int tries = 1; tries <= 6; tries++) {
            assertThat(outbox.next()).isPresent();
            outbox.tried(Outcome.of(503, 0));
            long longest = Math.min(1000L << (tries - 1), 8000);
            pause = outbox.wakeAt() - clock.millis();
            assertThat(pause).isBetween(longest / 2, longest);
            assertThat(outbox.next()).as("not even another alert").isEmpty();
            clock.forward(8000);
        }
        assertThat(outbox.next()).isPresent();
        outbox.tried(Outcome.delivered(""));
        assertThat(outbox.next()).as("it is well again").isPresent();
    }

    @Test
    void waitsAsLongAsTheReceiverAsksFor() {
        outbox.add(opened("f"));
        outbox.next();
        outbox.tried(Outcome.of(429, 60_000));
        assertThat(outbox.wakeAt() - clock.millis()).isEqualTo(60_000);
    }

    @Test
    void givesUpWhatIsRefusedAfterAFewTriesAndGoesOn() {
        Delivery bad = opened("f");
        Delivery good = delivery(Story.resolved(Kind.DEMOTION, "f", 2, 0));
        outbox.add(bad);
        outbox.add(good);
        Optional<Outbox.Ended> ended = Optional.empty();
        for (int tries = 1; tries <= 3; tries++) {
            assertThat(ended).isEmpty();
            assertThat(outbox.next()).contains(bad);
            ended = outbox.tried(Outcome.of(400, 0));
            clock.forward(10_000);
        }
        assertThat(ended).get().satisfies(end -> {
            assertThat(end.delivered()).isFalse();
            assertThat(end.delivery()).isEqualTo(bad);
            assertThat(end.detail()).isEqualTo("HTTP 400");
        });
        assertThat(outbox.next()).contains(good);
    }

    @Test
    void triesAgainWhateverDoesNotSpeakOfTheMessage() {
        for (int status : new int[] {301, 401, 403, 404, 409}) {
            assertThat(Outcome.of(status, 0).kind()).isEqualTo(Outcome.Kind.FAILED);
        }
        for (int status : new int[] {400, 413, 422}) {
            assertThat(Outcome.of(status, 0).kind()).isEqualTo(Outcome.Kind.REFUSED);
        }
    }

    private Optional<Outbox.Ended> refuseForGood() {
        Optional<Outbox.Ended> ended = Optional.empty();
        for (int tries = 1; tries <= 3; tries++) {
            assertThat(outbox.next()).isPresent();
            ended = outbox.tried(Outcome.of(413, 0));
            clock.forward(10_000);
        }
        return ended;
    }

    @Test
    void sendsAlertsOfARefusedGroupOneByOne() {
        Message good = Story.opened(Kind.DEMOTION, "f", 0);
        Message bad = Story.opened(Kind.DEMOTION, "g", 0);
        outbox.add(new Delivery("yiwu", List.of(good, bad), List.of(good.place(), bad.place()), 7));
        outbox.add(delivery(Story.escalated(Kind.DEMOTION, "g", 2, 0)));
        assertThat(refuseForGood()).isEmpty();

        assertThat(outbox.next()).get().extracting(Delivery::key).isEqualTo(good.key());
        assertThat(outbox.tried(Outcome.delivered(""))).get().satisfies(ended -> {
            assertThat(ended.delivered()).isTrue();
            assertThat(ended.delivery().held()).as("the group is not over").isEmpty();
        });
        assertThat(refuseForGood()).get().satisfies(ended -> {
            assertThat(ended.delivered()).isFalse();
            assertThat(ended.delivery().messages()).containsExactly(bad);
            assertThat(ended.delivery().held()).containsExactly(good.place(), bad.place());
            assertThat(ended.delivery().releasedAt()).isEqualTo(7);
        });
        assertThat(outbox.next()).get().extracting(Delivery::key).asString().endsWith("/2");
        outbox.tried(Outcome.delivered(""));
        assertThat(outbox.chars()).isZero();
    }

    @Test
    void givesUpWhatFailsForTooLong() {
        outbox.add(opened("f"));
        int tries = 0;
        Optional<Outbox.Ended> ended = Optional.empty();
        while (ended.isEmpty()) {
            clock.forward(60_000);
            assertThat(outbox.next()).isPresent();
            ended = outbox.tried(Outcome.of(500, 0));
            tries++;
        }
        assertThat(tries).isEqualTo(10);
        assertThat(outbox.size()).isZero();
        assertThat(outbox.wakeAt()).isEqualTo(Long.MAX_VALUE);
    }
}
