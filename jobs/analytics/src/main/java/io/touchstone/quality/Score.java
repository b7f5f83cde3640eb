package io.touchstone.quality;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import java.util.List;
import java.util.Map;

/**
 * How good a factory is, 0 to 100.
 *
 * @param value the weighted mean of the sub-scores
 * @param band what it is called
 */
record Score(double value, Band band) {
    private static final double PASS = 60;

    /** A factory by its classes, in listed order; {@code rated}: there is enough to put it in a band. */
    static Score of(List<ClassFinding> classes, Map<DefectClass, ClassPolicy> policies, boolean rated) {
        double weighted = 0;
        boolean passes = true;
        for (ClassFinding finding : classes) {
            weighted += policies.get(finding.defectClass()).weight() * finding.subScore();
            passes &= finding.subScore() >= PASS;
        }
        double value = weighted / 1000;
        return new Score(value, rated ? band(value, passes) : Band.UNRATED);
    }

    private static Band band(double value, boolean passes) {
        if (value < PASS) {
            return Band.D;
        }
        return value < 70 || !passes ? Band.C : value < 80 ? Band.B : Band.A;
    }

    /** Defects per effective order; null if there is none. */
    static Double rate(Tally tally) {
        return tally.eMilli() == 0 ? null : tally.x() / tally.effective();
    }

    /** The rate drawn towards the prior mean, the more so the fewer orders there are. */
    static double shrunkRate(Tally tally, ClassPolicy policy) {
        double mean = policy.meanBp() / 10_000.0;
        return (tally.x() + policy.strength() * mean) / (tally.effective() + policy.strength());
    }

    /** 100 without defects, 60 at the standard, 0 at two and a half times it. */
    static double subScore(double shrunkRate, ClassPolicy policy) {
        double standard = policy.standardBp() / 10_000.0;
        return Math.max(0, 100 - 40 * shrunkRate / standard);
    }
}
