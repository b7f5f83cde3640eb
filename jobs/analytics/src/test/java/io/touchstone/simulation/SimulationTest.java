package io.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.simulation.Simulations.Outcome;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A few seeds of what scripts/chaos --only R27 does with thousands: -Dsimulation.seeds=200 -Dsimulation.first=1000 for more. */
class SimulationTest {
    private static final int STEPS = 500;
    private static final long FIRST = Long.getLong("simulation.first", 0);
    private static final long SEEDS = Long.getLong("simulation.seeds", 5);

    @Test
    void pricesAreThoseOfTheOracleWhateverHappens() throws Exception {
        int crashes = 0;
        int alerts = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Outcome outcome = Simulations.prices(seed, STEPS, Mutant.NONE);
            assertThat(outcome.differences()).as("seed %d", seed).isEmpty();
            crashes += outcome.crashes() + outcome.rescales();
            alerts += outcome.alerts();
        }
        assertThat(crashes).isPositive();
        assertThat(alerts).isPositive();
    }

    @Test
    void qualityIsThatOfTheOracleWhateverHappens() throws Exception {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            assertThat(Simulations.quality(seed, STEPS, Mutant.NONE).differences())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    /** 5: an overdue answer and a delivery in one step of event time; 2047: an overdue answer and a repeated payment. */
    @ParameterizedTest
    @ValueSource(longs = {5, 2047})
    void keepsWhatSeedsHaveTaught(long seed) throws Exception {
        assertThat(Simulations.quality(seed, STEPS, Mutant.NONE).differences()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void noticesWhatIsWrong(Mutant mutant) throws Exception {
        int noticed = 0;
        for (long seed = 0; seed < 4; seed++) {
            noticed += Simulations.prices(seed, STEPS, mutant).differences().isEmpty() ? 0 : 1;
        }
        assertThat(noticed).isPositive();
    }

    @Test
    void findsTheSameInWhateverOrderEventsArrive() throws Exception {
        Set<String> digests = new HashSet<>();
        for (long arrival = 0; arrival < 4; arrival++) {
            digests.add(Simulations.prices(1, arrival, STEPS, Mutant.NONE).digest());
        }
        assertThat(digests).hasSize(1);
    }

    @Test
    void playsASeedAlikeEachTime() throws Exception {
        assertThat(Simulations.prices(3, STEPS, Mutant.NONE)).isEqualTo(Simulations.prices(3, STEPS, Mutant.NONE));
    }
}
