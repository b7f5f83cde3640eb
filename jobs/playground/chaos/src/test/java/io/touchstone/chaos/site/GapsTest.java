package io.touchstone.chaos.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GapsTest {
    private static List<Long> seconds(double... at) {
        return Stream.of(at)
                .flatMap(all -> java.util.Arrays.stream(all).boxed())
                .map(s -> (long) (s * 1e9))
                .toList();
    }

    private static Gaps gaps(List<Long> visible, List<Long> faults, double end) {
        return Gaps.of(visible, faults, (long) (end * 1e9));
    }

    @Test
    void isTheLongestSilenceThatAFaultHasPartIn() {
        Gaps gaps = gaps(seconds(1, 2, 4, 13, 15, 17), seconds(5, 14), 18);
        assertThat(gaps.max()).isEqualTo(9);
        assertThat(gaps.percentile(50)).isEqualTo(2);
    }

    @Test
    void countsASilenceForEachFaultThatItOutlives() {
        Gaps gaps = gaps(seconds(1, 21, 22, 40), seconds(2, 12, 30), 40);
        assertThat(gaps.percentile(34)).isEqualTo(20);
        assertThat(gaps.percentile(33)).isEqualTo(18);
    }

    @Test
    void lastsUntilTheEndIfNothingComesAnyMore() {
        assertThat(gaps(seconds(1, 2), seconds(3), 33).max()).isEqualTo(31);
    }

    @Test
    void isNoneWithoutFaults() {
        assertThat(gaps(seconds(1, 100), List.of(), 100).max()).isZero();
    }
}
