package io.touchstone.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Days and midnights as {@code java.time} has them, in zones with every kind of trouble. */
class LocalCalendarTest {
    private static final long FROM = Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();
    private static final long TO = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

    private static LocalCalendar calendar(String zone) {
        return new LocalCalendar(ZoneId.of(zone));
    }

    private static int day(String date) {
        return (int) LocalDate.parse(date).toEpochDay();
    }

    private static long instant(String utc) {
        return Instant.parse(utc).toEpochMilli();
    }

    private static void agrees(LocalCalendar calendar, long instant) {
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochMilli(instant), calendar.zone());
        int day = calendar.day(instant);
        assertThat(LocalDate.ofEpochDay(day))
                .as("%s in %s", Instant.ofEpochMilli(instant), calendar)
                .isEqualTo(date);
        assertThat(calendar.midnight(day))
                .as("midnight of %s in %s", date, calendar)
                .isEqualTo(date.atStartOfDay(calendar.zone()).toInstant().toEpochMilli())
                .isLessThanOrEqualTo(instant);
        assertThat(calendar.midnight(day + 1)).isGreaterThan(instant);
        long next = calendar.midnightFrom(instant);
        assertThat(next).isGreaterThanOrEqualTo(instant);
        assertThat(calendar.midnight(calendar.day(next))).isEqualTo(next);
        assertThat(next == instant ? day : day + 1).isLessThanOrEqualTo(calendar.day(next));
        assertThat(calendar.day(next - 1)).isLessThan(calendar.day(next));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Asia/Shanghai",
                "America/New_York",
                "Australia/Lord_Howe",
                "America/Sao_Paulo",
                "Asia/Kathmandu",
                "Pacific/Apia",
                "America/Havana",
                "Asia/Beirut",
                "Africa/Cairo",
                "Pacific/Kiritimati",
                "Antarctica/Troll",
                "UTC",
                "+14:00",
                "-12:00"
            })
    void agreesWithTheJavaPlatform(String zone) {
        LocalCalendar calendar = calendar(zone);
        Random random = new Random(zone.hashCode());
        for (int i = 0; i < 20_000; i++) {
            agrees(calendar, FROM + (long) (random.nextDouble() * (TO - FROM)));
        }
        ZoneOffsetTransition change = calendar.zone().getRules().nextTransition(Instant.ofEpochMilli(FROM));
        for (; change != null && change.getInstant().toEpochMilli() < TO; ) {
            for (long hours = -30; hours <= 30; hours++) {
                for (long ms = -1; ms <= 1; ms++) {
                    agrees(calendar, change.getInstant().toEpochMilli() + hours * 1_800_000 + ms);
                }
            }
            change = calendar.zone().getRules().nextTransition(change.getInstant());
        }
        for (int day = day("2000-01-02"); day < day("2099-12-31"); day++) {
            long midnight = calendar.midnight(day);
            assertThat(midnight).isGreaterThanOrEqualTo(calendar.midnight(day - 1));
            agrees(calendar, midnight);
            agrees(calendar, midnight - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Asia/Shanghai, 2024-03-01, 2024-02-29T16:00:00Z",
        "Asia/Kathmandu, 2024-03-01, 2024-02-29T18:15:00Z",
        // Spring and autumn: the days after have another offset.
        "America/New_York, 2024-03-10, 2024-03-10T05:00:00Z",
        "America/New_York, 2024-03-11, 2024-03-11T04:00:00Z",
        "America/New_York, 2024-11-03, 2024-11-03T04:00:00Z",
        "America/New_York, 2024-11-04, 2024-11-04T05:00:00Z",
        // Half an hour of summer time.
        "Australia/Lord_Howe, 2024-10-06, 2024-10-05T13:30:00Z",
        "Australia/Lord_Howe, 2024-10-07, 2024-10-06T13:00:00Z",
        // The day begins at 01:00, as midnight does not exist.
        "America/Sao_Paulo, 2018-11-04, 2018-11-04T03:00:00Z",
        "America/Sao_Paulo, 2018-11-05, 2018-11-05T02:00:00Z",
        // Midnight comes twice: the first counts.
        "America/Havana, 2024-11-03, 2024-11-03T04:00:00Z",
        // The day that was skipped begins and ends with the next.
        "Pacific/Apia, 2011-12-29, 2011-12-29T10:00:00Z",
        "Pacific/Apia, 2011-12-30, 2011-12-30T10:00:00Z",
        "Pacific/Apia, 2011-12-31, 2011-12-30T10:00:00Z",
        "Pacific/Apia, 2012-01-01, 2011-12-31T10:00:00Z",
    })
    void knowsTheFirstInstantOfADay(String zone, String date, String midnight) {
        assertThat(Instant.ofEpochMilli(calendar(zone).midnight(day(date)))).isEqualTo(Instant.parse(midnight));
    }

    @Test
    void aSkippedDayNeverComesOut() {
        LocalCalendar apia = calendar("Pacific/Apia");
        long change = instant("2011-12-30T10:00:00Z");
        assertThat(apia.day(change - 1)).isEqualTo(day("2011-12-29"));
        assertThat(apia.day(change)).isEqualTo(day("2011-12-31"));
        assertThat(apia.midnightFrom(change)).isEqualTo(change);
        assertThat(apia.midnightFrom(change - 1)).isEqualTo(change);
    }

    @Test
    void theNextMidnightIsNowIfItIsMidnight() {
        LocalCalendar shanghai = calendar("Asia/Shanghai");
        long midnight = instant("2024-02-29T16:00:00Z");
        assertThat(shanghai.midnightFrom(midnight)).isEqualTo(midnight);
        assertThat(shanghai.midnightFrom(midnight - 1)).isEqualTo(midnight);
        assertThat(shanghai.midnightFrom(midnight + 1)).isEqualTo(midnight + 86_400_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Shanghai", "+14:00", "-12:00"})
    void reachesBeyondTheContractAndSaysWhereItEnds(String zone) {
        LocalCalendar calendar = calendar(zone);
        assertThat(calendar.day(calendar.midnight(day("2113-12-31")))).isEqualTo(day("2113-12-31"));
        assertThat(calendar.day(calendar.midnight(day("1998-01-01")))).isEqualTo(day("1998-01-01"));
        // The longest retention of the last order that the contract knows.
        assertThat(calendar.midnight(day("2099-12-31") + 365 + 400)).isPositive();
        for (long outside : new long[] {
            calendar.midnight(day("1998-01-01")) - 1, instant("2114-01-03T00:00:00Z"), Long.MAX_VALUE / 2
        }) {
            assertThatThrownBy(() -> calendar.day(outside))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("instant " + outside);
        }
        for (int outside : new int[] {day("1997-12-31"), day("2114-01-02"), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> calendar.midnight(outside))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("day " + outside);
        }
    }

    @Test
    void isItsZone() {
        assertThat(calendar("Asia/Shanghai"))
                .isEqualTo(calendar("Asia/Shanghai"))
                .hasSameHashCodeAs(calendar("Asia/Shanghai"))
                .isNotEqualTo(calendar("Asia/Kathmandu"));
    }
}
