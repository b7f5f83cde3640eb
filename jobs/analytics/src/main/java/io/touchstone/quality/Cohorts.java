package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The cohort days of a factory as one evaluation sees them, by age: age a is the cohort day a + 1 days before the day of the
 * evaluation. Spans are given as their oldest and youngest age.
 */
final class Cohorts {
    /** Cohort days an evaluation looks back. */
    static final int DAYS = 90;

    private static final DefectClass[] CLASSES = DefectClass.values();

    private final CohortDay[] byAge = new CohortDay[DAYS];
    private final long[] n = new long[DAYS];
    private final long[][] x = new long[CLASSES.length][DAYS];

    /** What counts in a category of a segment over a span, in class QUALITY. */
    record Stratum(long n, long x) {
        static final Stratum EMPTY = new Stratum(0, 0);

        Stratum plus(Stratum other) {
            return new Stratum(n + other.n, x + other.x);
        }
    }

    Cohorts(NavigableMap<Integer, CohortDay> days, int day) {
        days.subMap(day - DAYS, true, day - 1, true).forEach((cohortDay, cohort) -> {
            int age = day - 1 - cohortDay;
            byAge[age] = cohort;
            for (CohortDay.Counts counts : cohort.cells().values()) {
                n[age] += counts.n();
                for (DefectClass defectClass : CLASSES) {
                    x[defectClass.ordinal()][age] += counts.x(defectClass);
                }
            }
        });
    }

    /** Buyer-days of one cohort day. */
    long n(int age) {
        return n[age];
    }

    /** Buyer-days of one cohort day with a defect. */
    long x(DefectClass defectClass, int age) {
        return x[defectClass.ordinal()][age];
    }

    long n(int oldest, int youngest) {
        return IntStream.rangeClosed(youngest, oldest).mapToLong(this::n).sum();
    }

    long x(DefectClass defectClass, int oldest, int youngest) {
        return IntStream.rangeClosed(youngest, oldest)
                .mapToLong(age -> x(defectClass, age))
                .sum();
    }

    /** The days from an oldest age to yesterday. */
    Tally tally(DefectClass defectClass, ClassPolicy policy, int oldest) {
        Exposure exposure = policy.exposure();
        long exposed = IntStream.rangeClosed(0, oldest)
                .mapToLong(age -> n(age) * exposure.at(age))
                .sum();
        long defective = x(defectClass, oldest, 0);
        long buyers =
                defects(defectClass, oldest).map(Defect::buyerId).distinct().count();
        return new Tally(defective, n(oldest, 0), Math.max(exposed, 1000 * defective), buyers);
    }

    /** The defects of the days from an oldest age to yesterday. */
    Stream<Defect> defects(DefectClass defectClass, int oldest) {
        return days(oldest, 0).flatMap(day -> day.defects(defectClass));
    }

    private Stream<CohortDay> days(int oldest, int youngest) {
        return IntStream.rangeClosed(youngest, oldest)
                .mapToObj(age -> byAge[age])
                .filter(day -> day != null);
    }

    /** The category with the most buyer-days from an oldest age to yesterday, the smallest id of several; null if there is none. */
    String category(int oldest) {
        Map<String, Long> counts = new HashMap<>();
        days(oldest, 0)
                .forEach(day -> day.cells()
                        .forEach((cell, cohort) -> counts.merge(cell.categoryId(), (long) cohort.n(), Long::sum)));
        String largest = null;
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            long lead = largest == null ? 1 : count.getValue() - counts.get(largest);
            if (lead > 0 || (lead == 0 && Ids.compare(count.getKey(), largest) < 0)) {
                largest = count.getKey();
            }
        }
        return largest;
    }

    /** The cells of a span in class QUALITY, by category in ascending order and by segment. */
    SortedMap<String, Map<Segment, Stratum>> strata(int oldest, int youngest) {
        SortedMap<String, Map<Segment, Stratum>> strata = new TreeMap<>(Ids.ORDER);
        days(oldest, youngest)
                .forEach(day -> day.cells()
                        .forEach((cell, cohort) -> strata.computeIfAbsent(cell.categoryId(), id -> new HashMap<>())
                                .merge(
                                        cell.segment(),
                                        new Stratum(cohort.n(), cohort.x(DefectClass.QUALITY)),
                                        Stratum::plus)));
        return strata;
    }
}
