package io.touchstone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingTest {
    @Test
    void saysWhichInvariantIsBrokenAndWhatWasSeen() {
        Finding finding = new Finding();
        finding.measure("%,d events", 1_500_000);
        finding.measure("%d kills", 15);
        finding.check("V(a)", true, "never shown");
        finding.check("gap", false, "p95 %.1f s", 16.04);
        assertThat(finding.holds()).isFalse();
        assertThat(finding.broken()).containsExactly("gap: p95 16.0 s");
        assertThat(finding.measured()).isEqualTo("1,500,000 events, 15 kills");
    }

    @Test
    void doesNotHoldIfNothingWasChecked() {
        assertThat(new Finding().holds()).isFalse();
    }
}
