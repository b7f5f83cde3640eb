package io.touchstone.quality;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;

/**
 * Does a class get worse, slowly? A one-sided cumulative sum of log-likelihood ratios of the doubled against the usual rate, in
 * billionths of a nat (E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954) 100-115).
 */
final class Drift {
    /** From here on it fires. */
    static final long FIRES = 6_000_000_000L;
    /** Below this it lets a factory leave WATCH. */
    static final long CALM = 3_000_000_000L;

    private static final long CEILING = 12_000_000_000L;
    private static final long LN_2 = 693_147_181L;
    private static final int OLDEST_OF_USUAL = 89;
    private static final int YOUNGEST_OF_USUAL = 60;
    private static final int OLDEST = 59;

    private Drift() {}

    /** The sum after yesterday. */
    static long cusum(Cohorts cohorts, DefectClass defectClass, ClassPolicy policy) {
        long usual = usualBp(cohorts, defectClass, policy);
        long c = 0;
        for (int age = OLDEST; age >= 0; age--) {
            long expected = 100 * usual * cohorts.n(age) * policy.exposure().at(age);
            c = Math.min(CEILING, Math.max(0, c + LN_2 * cohorts.x(defectClass, age) - expected));
        }
        return c;
    }

    /** The usual rate before the window, shrunk to the prior, rounded, between half the standard and the standard. */
    private static long usualBp(Cohorts cohorts, DefectClass defectClass, ClassPolicy policy) {
        long x = cohorts.x(defectClass, OLDEST_OF_USUAL, YOUNGEST_OF_USUAL);
        long weight = cohorts.n(OLDEST_OF_USUAL, YOUNGEST_OF_USUAL) + policy.strength();
        long rounded = (2 * (10_000 * x + (long) policy.strength() * policy.meanBp()) + weight) / (2 * weight);
        return Math.max(policy.standardBp() / 2, Math.min(policy.standardBp(), rounded));
    }
}
