package io.touchstone.playground.traffic;

import java.time.Instant;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.List;

/**
 * When people buy: by the hour, the weekday, the season and the festival. Festivals move demand, not prices: their
 * coupons are funded by the platform, and a price before such coupons stays what it was.
 */
final class Rhythm {
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    static final long HOUR_MS = 3_600_000L;
    static final long DAY_MS = 24 * HOUR_MS;

    private static final List<Integer> HOURS =
            List.of(8, 4, 2, 1, 1, 2, 6, 14, 32, 55, 66, 58, 38, 44, 58, 62, 56, 42, 36, 44, 56, 58, 42, 20);
    private static final List<Double> WEEKDAYS = List.of(1.1, 1.1, 1.1, 1.05, 1.05, 0.85, 0.75);
    private static final List<MonthDay> FESTIVALS = List.of(
            MonthDay.of(1, 8),
            MonthDay.of(3, 8),
            MonthDay.of(5, 20),
            MonthDay.of(6, 18),
            MonthDay.of(8, 18),
            MonthDay.of(9, 9),
            MonthDay.of(11, 11),
            MonthDay.of(12, 12));

    private Rhythm() {}

    /** How much is bought on a day, compared with an average one. */
    static double demand(LocalDate day, int peakDay) {
        double season = 1 + 0.2 * StrictMath.cos(2 * Math.PI * (day.getDayOfYear() - peakDay) / 365);
        return WEEKDAYS.get(day.getDayOfWeek().getValue() - 1) * season * festival(day);
    }

    /** Demand of a festival: it builds up, breaks out and leaves a lull. */
    static double festival(LocalDate day) {
        for (MonthDay festival : FESTIVALS) {
            long days = day.toEpochDay() - festival.atYear(day.getYear()).toEpochDay();
            if (days == 0) {
                return 2.4;
            } else if (days == -1 || days == -2) {
                return 1.4;
            } else if (days > 0 && days <= 3) {
                return 0.8;
            }
        }
        return 1;
    }

    /** An instant of the day at which somebody may buy. */
    static long instant(LocalDate day, Dice dice) {
        return midnight(day) + (long) ((dice.pick(HOURS) + dice.share()) * HOUR_MS);
    }

    /** The same instant if parcels are picked up then, else the next morning's round. */
    static long pickUp(long at) {
        long midnight = midnight(day(at));
        long hour = (at - midnight) / HOUR_MS;
        if (hour < 9) {
            return at + 9 * HOUR_MS;
        }
        return hour < 21 ? at : at + 12 * HOUR_MS;
    }

    static LocalDate day(long at) {
        return Instant.ofEpochMilli(at).atZone(ZONE).toLocalDate();
    }

    static long midnight(LocalDate day) {
        return day.atStartOfDay(ZONE).toInstant().toEpochMilli();
    }
}
