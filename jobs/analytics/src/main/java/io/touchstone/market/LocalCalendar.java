package io.touchstone.market;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The local days of a time zone, as numbers: a day is its {@link LocalDate#toEpochDay() epoch day}, its midnight is the first
 * instant of that local date (in some zones not 00:00, on a day when clocks change). Days from 1998 to 2113 are tabulated,
 * so that both directions cost a few nanoseconds; instants of the contract lie in [2000, 2100).
 */
public final class LocalCalendar {
    private static final int FIRST = (int) LocalDate.of(1998, 1, 1).toEpochDay();
    private static final int LAST = (int) LocalDate.of(2114, 1, 1).toEpochDay();
    private static final long DAY_MS = 86_400_000L;

    /** By zone: 42,000 dates take a while, and every task asks for the same. */
    private static final Map<ZoneId, long[]> TABLES = new ConcurrentHashMap<>();

    private final ZoneId zone;
    private final long[] midnights;

    public LocalCalendar(ZoneId zone) {
        this.zone = zone;
        midnights = TABLES.computeIfAbsent(zone, LocalCalendar::tabulate);
    }

    private static long[] tabulate(ZoneId zone) {
        long[] midnights = new long[LAST - FIRST + 1];
        Arrays.setAll(
                midnights,
                i -> LocalDate.ofEpochDay(FIRST + (long) i)
                        .atStartOfDay(zone)
                        .toInstant()
                        .toEpochMilli());
        return midnights;
    }

    public ZoneId zone() {
        return zone;
    }

    /** The local day of an instant; a skipped date (a zone that crossed the date line) never comes out. */
    public int day(long instant) {
        int i = (int) Math.floorDiv(instant - midnights[0], DAY_MS);
        if (i < 0 || i >= midnights.length) {
            throw new IllegalArgumentException("instant " + instant + " is outside the years 1998 to 2113");
        }
        while (i + 1 < midnights.length && midnights[i + 1] <= instant) {
            i++;
        }
        while (midnights[i] > instant) {
            i--;
        }
        return FIRST + i;
    }

    /** The first instant of a local day. */
    public long midnight(int day) {
        if (day < FIRST || day > LAST) {
            throw new IllegalArgumentException("day " + day + " is outside the years 1998 to 2113");
        }
        return midnights[day - FIRST];
    }

    /** The first midnight at or after an instant. */
    public long midnightFrom(long instant) {
        int day = day(instant);
        return midnight(day) == instant ? instant : midnight(day + 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LocalCalendar that && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return zone.hashCode();
    }

    @Override
    public String toString() {
        return "LocalCalendar[" + zone + "]";
    }
}
