package io.touchstone.chaos.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.chaos.faults.MixedFaults.Fault;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixedFaultsTest {
    private static List<Fault> schedule(long seed) {
        return MixedFaults.schedule(new SplittableRandom(seed), 25);
    }

    @Test
    void areTheSameForTheSameSeed() {
        assertThat(schedule(3)).isEqualTo(schedule(3)).isNotEqualTo(schedule(4));
    }

    @Test
    void neverBefallTheSameTwiceWithinFifteenSeconds() {
        List<Fault> faults = schedule(3);
        for (int i = 0; i < faults.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (faults.get(i).victim() == faults.get(j).victim()) {
                    assertThat(faults.get(i).at().minus(faults.get(j).at()))
                            .isGreaterThanOrEqualTo(Duration.ofSeconds(15));
                }
            }
        }
    }
}
