package io.touchstone.oracle;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What can be counted about a factory at midnight(D): sections 2 to 4 of the contract, up to the signals. */
final class FactoryDay {
    private static final int SPAN = 90;
    private static final long DRIFT_CAP = 12_000_000_000L;

    /** A buyer's day in a cell, the unit of every count. */
    private record Unit(int day, Segment segment, String category, String buyer) {}

    /** An order that counts, with its current defects. */
    record Seen(OrderLife order, OrderLife.State state) {}

    /** DISPARITY of a segment. */
    record Disparity(long n, long x, Double z, Double rr, boolean fires) {}

    final int day;
    final String category;
    private final Map<DefectClass, ClassPolicy> classes;
    private final int window;
    private final Collection<Seen> seen;
    private final Set<Unit> units = new HashSet<>();
    private final Map<DefectClass, Set<Unit>> defective = new EnumMap<>(DefectClass.class);
    private final Map<DefectClass, int[]> exposures = new EnumMap<>(DefectClass.class);
    private final long[] n = new long[SPAN + 1];
    private final Map<DefectClass, long[]> x = new EnumMap<>(DefectClass.class);

    /** {@code seen} are the counting orders of cohort days D-90 to D-1. */
    FactoryDay(int day, Collection<Seen> seen, Policy policy) {
        this.day = day;
        this.seen = seen;
        this.window = policy.quality().windowDays();
        for (DefectClass defectClass : DefectClass.values()) {
            defective.put(defectClass, new HashSet<>());
            x.put(defectClass, new long[SPAN + 1]);
        }
        for (Seen one : seen) {
            Unit unit = new Unit(
                    one.order().cohortDay,
                    one.order().first.segment(),
                    one.order().first.categoryId(),
                    one.order().first.buyerId());
            units.add(unit);
            one.state()
                    .knownAt()
                    .keySet()
                    .forEach(defectClass -> defective.get(defectClass).add(unit));
        }
        units.forEach(unit -> n[day - unit.day()]++);
        defective.forEach((defectClass, bad) -> bad.forEach(unit -> x.get(defectClass)[day - unit.day()]++));
        this.category = largestCategory();
        this.classes = category == null
                ? policy.quality().classes()
                : policy.quality()
                        .categories()
                        .getOrDefault(category, policy.quality().classes());
    }

    int windowStart() {
        return day - window;
    }

    private String largestCategory() {
        TreeMap<String, Long> sizes = new TreeMap<>(Ids.ORDER);
        units.stream()
                .filter(unit -> unit.day() >= windowStart())
                .forEach(unit -> sizes.merge(unit.category(), 1L, Long::sum));
        String largest = null;
        for (Map.Entry<String, Long> size : sizes.entrySet()) {
            if (largest == null || size.getValue() > sizes.get(largest)) {
                largest = size.getKey();
            }
        }
        return largest;
    }

    ClassPolicy policy(DefectClass defectClass) {
        return classes.get(defectClass);
    }

    int standard(DefectClass defectClass) {
        return policy(defectClass).standardBp();
    }

    private int exposure(DefectClass defectClass, int cohortDay) {
        return exposures.computeIfAbsent(defectClass, this::exposures)[day - 1 - cohortDay];
    }

    /** By age in days. */
    private int[] exposures(DefectClass defectClass) {
        int[] values = new int[SPAN];
        policy(defectClass)
                .exposure()
                .steps()
                .forEach((from, value) -> Arrays.fill(values, Math.min(from, SPAN), SPAN, value));
        return values;
    }

    private long n(int cohortDay) {
        return n[day - cohortDay];
    }

    private long x(DefectClass defectClass, int cohortDay) {
        return x.get(defectClass)[day - cohortDay];
    }

    /** Sums over cohort days, both inclusive. */
    long n(int from, int to) {
        long sum = 0;
        for (int d = from; d <= to; d++) {
            sum += n(d);
        }
        return sum;
    }

    long x(DefectClass defectClass, int from, int to) {
        long sum = 0;
        for (int d = from; d <= to; d++) {
            sum += x(defectClass, d);
        }
        return sum;
    }

    long e(DefectClass defectClass, int from) {
        long sum = 0;
        for (int d = from; d < day; d++) {
            sum += n(d) * exposure(defectClass, d);
        }
        return Math.max(sum, 1000 * x(defectClass, from, day - 1));
    }

    long buyers(DefectClass defectClass, int from) {
        return defective.get(defectClass).stream()
                .filter(unit -> unit.day() >= from)
                .map(Unit::buyer)
                .distinct()
                .count();
    }

    long windowX(DefectClass defectClass) {
        return x(defectClass, windowStart(), day - 1);
    }

    long windowE(DefectClass defectClass) {
        return e(defectClass, windowStart());
    }

    /** Whether a defect of the window became known at or after an instant. */
    boolean hasDefectSince(DefectClass defectClass, long instant) {
        return seen.stream()
                .filter(one -> one.order().cohortDay >= windowStart())
                .map(one -> one.state().knownAt().get(defectClass))
                .anyMatch(knownAt -> knownAt != null && knownAt >= instant);
    }

    static boolean exceeds(long x, long e, long t, long z2m) {
        return squareSuffices(
                BigInteger.valueOf(10_000_000L)
                        .multiply(BigInteger.valueOf(x))
                        .subtract(BigInteger.valueOf(e).multiply(BigInteger.valueOf(t))),
                e,
                t,
                z2m);
    }

    static boolean below(long x, long e, long t, long z2m) {
        return squareSuffices(
                BigInteger.valueOf(e)
                        .multiply(BigInteger.valueOf(t))
                        .subtract(BigInteger.valueOf(10_000_000L).multiply(BigInteger.valueOf(x))),
                e,
                t,
                z2m);
    }

    private static boolean squareSuffices(BigInteger d, long e, long t, long z2m) {
        BigInteger right = BigInteger.valueOf(z2m)
                .multiply(BigInteger.valueOf(e))
                .multiply(BigInteger.valueOf(t))
                .multiply(BigInteger.valueOf(10_000 - t));
        return d.signum() > 0 && d.multiply(d).compareTo(right) >= 0;
    }

    boolean warns(DefectClass c) {
        return windowE(c) >= 30_000
                && windowX(c) >= 3
                && buyers(c, windowStart()) >= 3
                && exceeds(windowX(c), windowE(c), standard(c), 4219);
    }

    boolean fails(DefectClass c) {
        return fails(c, windowStart());
    }

    /** FAIL, computed over the cohort days from one on. */
    boolean fails(DefectClass c, int from) {
        long sum = x(c, from, day - 1);
        return e(c, from) >= 30_000 && sum >= 5 && buyers(c, from) >= 4 && exceeds(sum, e(c, from), standard(c), 9548);
    }

    boolean isSevere(DefectClass c) {
        return windowE(c) >= 30_000
                && windowX(c) >= 8
                && buyers(c, windowStart()) >= 5
                && exceeds(windowX(c), windowE(c), 2L * standard(c), 9548);
    }

    boolean meets(DefectClass c, int from) {
        return 10_000_000L * x(c, from, day - 1) <= e(c, from) * standard(c);
    }

    boolean meets(DefectClass c) {
        return meets(c, windowStart());
    }

    long cusum(DefectClass c) {
        long t = standard(c);
        long k = policy(c).strength();
        long n0 = n(day - 90, day - 61);
        long x0 = x(c, day - 90, day - 61);
        long t0 = (2 * (10_000 * x0 + k * policy(c).meanBp()) + (n0 + k)) / (2 * (n0 + k));
        t0 = Math.min(t, Math.max(t / 2, t0));
        long sum = 0;
        for (int d = day - 60; d < day; d++) {
            sum += 693_147_181L * x(c, d) - 100 * t0 * n(d) * exposure(c, d);
            sum = Math.min(DRIFT_CAP, Math.max(0, sum));
        }
        return sum;
    }

    boolean drifts(DefectClass c) {
        return cusum(c) >= 6_000_000_000L;
    }

    boolean disperses() {
        long bigN = 0;
        long bigX = 0;
        for (int b = 0; b < 8; b++) {
            bigN += weekN(b);
            bigX += weekX(b);
        }
        if (bigX < 16 || bigX >= bigN) {
            return false;
        }
        int kept = 0;
        double sum = 0;
        for (int b = 0; b < 8; b++) {
            long weekN = weekN(b);
            long weekX = weekX(b);
            if (weekN * bigX >= bigN) {
                kept++;
                double deviation = (double) weekX * bigN - (double) weekN * bigX;
                sum += deviation * deviation / weekN;
            }
        }
        double statistic = sum / ((double) bigX * (bigN - bigX));
        return kept >= 6 && statistic >= Map.of(5, 20.515, 6, 22.458, 7, 24.322).get(kept - 1);
    }

    private long weekN(int week) {
        return n(day - 86 + 7 * week, day - 80 + 7 * week);
    }

    private long weekX(int week) {
        return x(DefectClass.QUALITY, day - 86 + 7 * week, day - 80 + 7 * week);
    }

    Disparity disparity(Segment segment) {
        // By category: a, n1 of the segment, b, n2 of all others.
        TreeMap<String, long[]> strata = new TreeMap<>(Ids.ORDER);
        Map<Boolean, Set<Unit>> sides = new HashMap<>();
        sides.put(true, units);
        sides.put(false, defective.get(DefectClass.QUALITY));
        sides.forEach((all, counted) -> counted.stream()
                .filter(unit -> unit.day() <= day - 8)
                .forEach(unit -> strata.computeIfAbsent(unit.category(), id -> new long[4])[
                        (unit.segment() == segment ? 0 : 2) + (all ? 1 : 0)]++));
        long n = 0;
        long x = 0;
        double difference = 0;
        double variance = 0;
        double up = 0;
        double down = 0;
        long sum1 = 0;
        long sum2 = 0;
        long sumM = 0;
        for (long[] stratum : List.copyOf(strata.values())) {
            double a = stratum[0];
            double n1 = stratum[1];
            double b = stratum[2];
            double n2 = stratum[3];
            n += stratum[1];
            x += stratum[0];
            if (n1 >= 1 && n2 >= 1) {
                double total = n1 + n2;
                double m = a + b;
                difference += a - n1 * m / total;
                variance += n1 * n2 * m * (total - m) / (total * total * (total - 1));
                up += a * n2 / total;
                down += b * n1 / total;
                sum1 += stratum[1];
                sum2 += stratum[3];
                sumM += stratum[0] + stratum[2];
            }
        }
        Double z = variance == 0 ? null : difference / Math.sqrt(variance);
        Double rr = down != 0 ? Double.valueOf(up / down) : up == 0 ? null : Double.valueOf(Double.POSITIVE_INFINITY);
        boolean fires = z != null && z >= 3.09 && rr != null && rr >= 1.5 && sum1 >= 50 && sum2 >= 50 && sumM >= 10;
        return new Disparity(n, x, z, rr, fires);
    }
}
