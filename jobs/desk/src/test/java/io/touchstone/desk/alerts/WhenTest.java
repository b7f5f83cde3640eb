package io.touchstone.desk.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instants are read as people write them, in the zone of the business days. */
class WhenTest {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final long NOW = Instant.parse("2027-01-31T00:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource({
        "2h, 2027-01-30T22:00:00Z",
        "30 min, 2027-01-30T23:30:00Z",
        "30m, 2027-01-30T23:30:00Z",
        "90 s, 2027-01-30T23:58:30Z",
        "3d, 2027-01-28T00:00:00Z",
        "2027-01-30, 2027-01-29T16:00:00Z",
        "2027-01-30T08:00+08:00, 2027-01-30T00:00:00Z",
        "2027-01-30T08:00:00Z, 2027-01-30T08:00:00Z",
    })
    void readsAgesDatesAndTimes(String text, Instant instant) {
        assertThat(Instant.ofEpochMilli(When.since(text, ZONE, NOW))).isEqualTo(instant);
    }

    @Test
    void saysWhatATimeLooksLike() {
        assertThatThrownBy(() -> When.since("yesterday", ZONE, NOW))
                .hasMessageStartingWith(
                        "yesterday is no time: it has to be how long ago, in s, min, h or d, a local date");
    }

    @Test
    void writesThemToTheMinute() {
        assertThat(When.local(NOW, ZONE)).isEqualTo("2027-01-31 08:00");
        assertThat(When.length(3 * 86_400_000L + 5)).isEqualTo("3 d");
        assertThat(When.length(59_000)).isEqualTo("0 min");
    }
}
