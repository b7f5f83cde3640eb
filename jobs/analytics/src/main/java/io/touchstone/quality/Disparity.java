package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.Cohorts.Stratum;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Does one segment of buyers get worse goods than the others, category by category? The Mantel-Haenszel test and risk ratio
 * (N. Mantel, W. Haenszel, J. Natl. Cancer Inst. 22 (1959) 719-748), class QUALITY.
 *
 * @param n buyer-days of the segment over all categories, at least 1
 * @param x those with a defect
 * @param z how far the segment is above its expectation, in standard deviations; null where nothing varies
 * @param rr risk ratio of the segment against all others; infinite if only it has defects, null if nobody has
 * @param fires whether the difference is neither chance nor trifle
 */
public record Disparity(Segment segment, long n, long x, Double z, Double rr, boolean fires) {
    private static final int OLDEST = 89;
    private static final int YOUNGEST = 7;
    private static final double MIN_Z = 3.09;
    private static final double MIN_RR = 1.5;
    private static final int MIN_N = 50;
    private static final int MIN_X = 10;

    /** A category: the segment's n and x, and those of all others. */
    record Split(long n1, long a, long n2, long b) {}

    /** Every segment that has bought, in listed order. */
    static List<Disparity> of(Cohorts cohorts) {
        SortedMap<String, Map<Segment, Stratum>> strata = cohorts.strata(OLDEST, YOUNGEST);
        List<Disparity> disparities = new ArrayList<>();
        for (Segment segment : Segment.values()) {
            Disparity disparity = of(
                    segment,
                    strata.values().stream().map(s -> split(segment, s)).toList());
            if (disparity.n > 0) {
                disparities.add(disparity);
            }
        }
        return disparities;
    }

    /** The newest of the defects it looks at in a segment. */
    static List<Defect> newestDefects(Cohorts cohorts, Segment segment, int limit, LocalCalendar calendar) {
        return cohorts.newestDefects(DefectClass.QUALITY, segment, OLDEST, YOUNGEST, limit, calendar);
    }

    private static Split split(Segment segment, Map<Segment, Stratum> stratum) {
        Stratum own = stratum.getOrDefault(segment, Stratum.EMPTY);
        Stratum all = sum(stratum.values());
        return new Split(own.n(), own.x(), all.n() - own.n(), all.x() - own.x());
    }

    private static Stratum sum(Collection<Stratum> strata) {
        return strata.stream().reduce(Stratum.EMPTY, Stratum::plus);
    }

    /** Categories in ascending order. */
    static Disparity of(Segment segment, List<Split> categories) {
        double excess = 0;
        double variance = 0;
        double own = 0;
        double others = 0;
        long sumN1 = 0;
        long sumN2 = 0;
        long sumM = 0;
        for (Split split : categories) {
            if (split.n1 >= 1 && split.n2 >= 1) {
                double n1 = split.n1;
                double n2 = split.n2;
                double total = n1 + n2;
                double m = split.a + split.b;
                excess += split.a - n1 * m / total;
                variance += n1 * n2 * m * (total - m) / (total * total * (total - 1));
                own += split.a * n2 / total;
                others += split.b * n1 / total;
                sumN1 += split.n1;
                sumN2 += split.n2;
                sumM += split.a + split.b;
            }
        }
        Double z = variance == 0 ? null : excess / Math.sqrt(variance);
        Double rr = others == 0 && own == 0 ? null : own / others;
        boolean fires = z != null && z >= MIN_Z && rr >= MIN_RR && sumN1 >= MIN_N && sumN2 >= MIN_N && sumM >= MIN_X;
        long n = categories.stream().mapToLong(Split::n1).sum();
        long x = categories.stream().mapToLong(Split::a).sum();
        return new Disparity(segment, n, x, z, rr, fires);
    }
}
