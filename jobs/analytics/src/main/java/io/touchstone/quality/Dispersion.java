package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.DefectClass;
import java.util.ArrayList;
import java.util.List;

/**
 * Does quality swing from batch to batch, whatever its mean? Eight whole weeks compared by Pearson's chi-square.
 *
 * @param weeks the oldest first
 * @param chiSquare over the weeks that are large enough; null if there is too little to compare
 * @param kept how many weeks are large enough
 * @param fires whether weeks differ by more than chance lets them do once in a thousand times
 */
public record Dispersion(List<Week> weeks, Double chiSquare, int kept, boolean fires) {
    private static final int OLDEST = 85;
    private static final int WEEKS = 8;
    private static final int DAYS = 7;
    private static final int MIN_X = 16;
    private static final int MIN_KEPT = 6;
    /** The 0.999 quantiles at 5, 6 and 7 degrees of freedom. */
    private static final double[] QUANTILES = {20.515, 22.458, 24.322};

    /** Seven cohort days: buyer-days, and those with a defect of class QUALITY. */
    public record Week(long n, long x) {}

    /** The newest of the defects it looks at. */
    static List<Defect> newestDefects(Cohorts cohorts, int limit, LocalCalendar calendar) {
        int youngest = OLDEST - WEEKS * DAYS + 1;
        return cohorts.newestDefects(DefectClass.QUALITY, null, OLDEST, youngest, limit, calendar);
    }

    static Dispersion of(Cohorts cohorts) {
        List<Week> weeks = new ArrayList<>();
        for (int week = 0; week < WEEKS; week++) {
            int oldest = OLDEST - week * DAYS;
            int youngest = oldest - DAYS + 1;
            weeks.add(new Week(cohorts.n(oldest, youngest), cohorts.x(DefectClass.QUALITY, oldest, youngest)));
        }
        return of(weeks);
    }

    static Dispersion of(List<Week> weeks) {
        long n = weeks.stream().mapToLong(Week::n).sum();
        long x = weeks.stream().mapToLong(Week::x).sum();
        List<Week> kept = weeks.stream().filter(week -> week.n() * x >= n).toList();
        if (x < MIN_X || x >= n || kept.size() < MIN_KEPT) {
            return new Dispersion(weeks, null, kept.size(), false);
        }
        double sum = 0;
        for (Week week : kept) {
            double difference = week.x() * n - week.n() * x;
            sum += difference * difference / week.n();
        }
        double chiSquare = sum / ((double) x * (n - x));
        return new Dispersion(weeks, chiSquare, kept.size(), chiSquare >= QUANTILES[kept.size() - MIN_KEPT]);
    }
}
