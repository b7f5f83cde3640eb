package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The offsets never pass what is not done. */
class LedgerTest {
    private static final Ledger.Partition FIRST = new Ledger.Partition("t", 0);
    private static final Ledger.Partition SECOND = new Ledger.Partition("t", 1);

    private final Ledger ledger = new Ledger();

    @Test
    void goesOnToTheOldestThatIsHeld() {
        ledger.begin(FIRST, 10);
        ledger.begin(SECOND, 0);
        ledger.hold(new Place("t", 0, 11));
        ledger.hold(new Place("t", 0, 12));
        ledger.hold(new Place("t", 0, 12));
        ledger.read(FIRST, 20);
        assertThat(ledger.done()).isEqualTo(Map.of(FIRST, 11L, SECOND, 0L));

        ledger.release(new Place("t", 0, 12));
        ledger.release(new Place("t", 0, 11));
        assertThat(ledger.done()).as("one of two deliveries is over").containsEntry(FIRST, 12L);
        ledger.release(new Place("t", 0, 12));
        assertThat(ledger.done()).containsEntry(FIRST, 20L);
        assertThat(ledger.held()).isZero();
    }

    @Test
    void saysNothingOfAPartitionWhileSomethingFromBeforeTheStartIsHeld() {
        ledger.begin(FIRST, 10);
        ledger.hold(new Place("t", 0, 3));
        assertThat(ledger.done()).isEmpty();
        ledger.release(new Place("t", 0, 3));
        assertThat(ledger.done()).isEqualTo(Map.of(FIRST, 10L));
    }
}
