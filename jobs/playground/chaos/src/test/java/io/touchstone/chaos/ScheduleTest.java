package io.touchstone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(25);
    private static final Duration SPREAD = Duration.ofSeconds(5);

    private static Round round(long seed, double scale) {
        return new Round("R01", Path.of("run"), seed, scale, 4000, false, new PrintWriter(new StringWriter()));
    }

    private static List<Duration> schedule(long seed) {
        return Schedule.of(round(seed, 1).random("kills"), 15, FIRST, EVERY, SPREAD);
    }

    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        assertThat(schedule(7)).isEqualTo(schedule(7)).isNotEqualTo(schedule(8));
    }

    @Test
    void keepsItsRhythmWithinTheSpread() {
        List<Duration> kills = schedule(7);
        assertThat(kills).hasSize(15).isSorted();
        for (int i = 0; i < kills.size(); i++) {
            Duration even = FIRST.plus(SPREAD).plus(EVERY.multipliedBy(i));
            assertThat(kills.get(i)).isBetween(even.minus(SPREAD), even.plus(SPREAD));
        }
    }

    @Test
    void hasAtLeastTwoFaultsHoweverSmallTheScale() {
        assertThat(round(1, 0.01).scaled(15)).isEqualTo(2);
        assertThat(round(1, 0.01).scaled(1)).isEqualTo(1);
        assertThat(round(1, 0.4).scaled(15)).isEqualTo(6);
        assertThat(round(1, 1).scaled(15)).isEqualTo(15);
    }
}
