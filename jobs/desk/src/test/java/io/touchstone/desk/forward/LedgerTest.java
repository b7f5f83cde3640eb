package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The offsets never pass what is not done. */
class LedgerTest {
    private static final Ledger.Partition FIRST = new Ledger.Partition("t", 0);
    private static final Ledger.Partition SECOND = new Ledger.Partition("t", 1);
    private static final Set<String> TARGETS = Set.of("a", "b");

    private final Ledger ledger = new Ledger();

    private static Ledger.Done upTo(long offset) {
        return new Ledger.Done(offset, Set.of(), Map.of());
    }

    @Test
    void goesOnToTheOldestThatIsHeld() {
        ledger.begin(FIRST, 10);
        ledger.begin(SECOND, 0);
        ledger.hold(new Place("t", 0, 11));
        ledger.hold(new Place("t", 0, 12));
        ledger.hold(new Place("t", 0, 12));
        ledger.read(FIRST, 20);
        assertThat(ledger.done(TARGETS)).isEqualTo(Map.of(FIRST, upTo(11), SECOND, upTo(0)));

        ledger.release(new Place("t", 0, 12));
        ledger.release(new Place("t", 0, 11));
        assertThat(ledger.done(TARGETS)).as("one of two deliveries is over").containsEntry(FIRST, upTo(12));
        ledger.release(new Place("t", 0, 12));
        assertThat(ledger.done(TARGETS)).containsEntry(FIRST, upTo(20));
        assertThat(ledger.held()).isZero();
    }

    @Test
    void saysWhichTargetsAreFurther() {
        ledger.begin(FIRST, 10);
        ledger.hold("a", new Place("t", 0, 11));
        ledger.hold("b", new Place("t", 0, 15));
        ledger.read(FIRST, 20);
        assertThat(ledger.done(TARGETS)).containsEntry(FIRST, new Ledger.Done(11, Set.of(), Map.of("b", 15L)));
        ledger.hold(new Place("t", 0, 12));
        assertThat(ledger.done(TARGETS))
                .as("who gets what lies at 12 is not decided")
                .containsEntry(FIRST, new Ledger.Done(11, Set.of(), Map.of("b", 12L)));
    }

    @Test
    void saysWhoLacksSomethingFromBeforeTheStart() {
        ledger.begin(FIRST, 10);
        ledger.hold("a", new Place("t", 0, 3));
        assertThat(ledger.done(TARGETS)).isEqualTo(Map.of(FIRST, new Ledger.Done(10, Set.of("a"), Map.of())));
        ledger.release("a", new Place("t", 0, 3));
        assertThat(ledger.done(TARGETS)).isEqualTo(Map.of(FIRST, upTo(10)));
    }
}
