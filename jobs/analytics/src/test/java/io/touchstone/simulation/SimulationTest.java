package io.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.simulation.Simulations.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few seeds of what scripts/chaos --only R27 does with thousands: -Dsimulation.seeds=200 -Dsimulation.first=1000 for more. */
class SimulationTest {
    private static final int STEPS = 500;
    private static final long FIRST = Long.getLong("simulation.first", 0);
    private static final long SEEDS = Long.getLong("simulation.seeds", 8);

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
        assertThat(crashes).isGreaterThan(20);
        assertThat(alerts).isGreaterThan(20);
    }

    @Test
    void qualityIsThatOfTheOracleWhateverHappens() throws Exception {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            assertThat(Simulations.quality(seed, STEPS, Mutant.NONE).differences())
                    .as("seed %d", seed)
                    .isEmpty();
        }
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
    void playsASeedAlikeEachTime() throws Exception {
        assertThat(Simulations.prices(3, STEPS, Mutant.NONE)).isEqualTo(Simulations.prices(3, STEPS, Mutant.NONE));
    }
}
