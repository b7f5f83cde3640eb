package io.touchstone.desk.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void liesAboveTheStandardFromTheCountOnThatWarns() {
        // The contract's own example: E = 352400, standard 3 %: 17 not yet, 18 WARN.
        assertThat(Interval.of(17, 352_400).low()).isLessThan(0.03);
        assertThat(Interval.of(18, 352_400).low()).isGreaterThan(0.03);
    }

    @Test
    void staysWithinNoneAndAll() {
        assertThat(Interval.of(0, 40_000).low()).isZero();
        assertThat(Interval.of(40, 40_000).high()).isEqualTo(1);
        assertThat(Interval.of(0, 0)).isNull();
    }
}
