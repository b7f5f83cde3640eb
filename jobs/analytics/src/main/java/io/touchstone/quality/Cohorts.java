package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
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

    private final int day;
    private final FactoryEntries entries;
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

    Cohorts(NavigableMap<Integer, CohortDay> days, int day, FactoryEntries entries) {
        this.day = day;
        this.entries = entries;
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

    /** The days from an oldest age to yesterday, in which {@code buyers} had a defect. */
    Tally tally(DefectClass defectClass, ClassPolicy policy, int oldest, long buyers) {
        Exposure exposure = policy.exposure();
        long exposed = IntStream.rangeClosed(0, oldest)
                .mapToLong(age -> n(age) * exposure.at(age))
                .sum();
        long defective = x(defectClass, oldest, 0);
        return new Tally(defective, n(oldest, 0), Math.max(exposed, 1000 * defective), buyers);
    }

    /** Distinct buyers with a defect from an oldest age to yesterday; whoever has found {@code enough} looks no further. */
    long buyers(DefectClass defectClass, int oldest, int enough) {
        Set<String> buyers = new HashSet<>();
        for (int age : defectiveAges(defectClass, oldest, 0)) {
            for (Defect defect : defects(defectClass, age)) {
                buyers.add(defect.buyerId());
                if (buyers.size() == enough) {
                    return enough;
                }
            }
        }
        return buyers.size();
    }

    /** Whether some defect from an oldest age to yesterday became known on a local day or later. */
    boolean hasDefectSince(int knownOn, DefectClass defectClass, int oldest, LocalCalendar calendar) {
        for (int age : defectiveAges(defectClass, oldest, 0)) {
            CohortDay cohort = byAge[age];
            if (cohort.knownBy(defectClass) >= knownOn) {
                int newest = 0;
                for (Defect defect : defects(defectClass, age)) {
                    newest = Math.max(newest, calendar.day(defect.knownAt()));
                }
                // The newest may have ended: the next evaluation need not look again.
                cohort.knownBy(defectClass, newest);
                if (newest >= knownOn) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The defects of a span that became known last, newest first; {@code segment}: of this one, of all if null. */
    List<Defect> newestDefects(
            DefectClass defectClass, Segment segment, int oldest, int youngest, int limit, LocalCalendar calendar) {
        List<Integer> ages = new ArrayList<>(defectiveAges(defectClass, oldest, youngest));
        ages.sort(Comparator.comparingInt((Integer age) -> byAge[age].knownBy(defectClass))
                .reversed());
        List<Defect> newest = new ArrayList<>();
        for (int age : ages) {
            // Defects of the days that follow are all older than the last one wanted.
            if (newest.size() == limit
                    && calendar.day(newest.get(limit - 1).knownAt()) > byAge[age].knownBy(defectClass)) {
                break;
            }
            for (Defect defect : defects(defectClass, age)) {
                if (segment == null || defect.segment() == segment) {
                    newest.add(defect);
                }
            }
            newest.sort(Defect.NEWEST_FIRST);
            newest = new ArrayList<>(newest.subList(0, Math.min(limit, newest.size())));
        }
        return newest;
    }

    private List<Integer> defectiveAges(DefectClass defectClass, int oldest, int youngest) {
        return IntStream.rangeClosed(youngest, oldest)
                .filter(age -> x(defectClass, age) > 0)
                .boxed()
                .toList();
    }

    private Iterable<Defect> defects(DefectClass defectClass, int age) {
        return entries.defects(day - 1 - age, defectClass);
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
