package io.touchstone.quality;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;

/**
 * What an evaluation finds out about one class over the window.
 *
 * @param x buyer-days with a defect
 * @param n buyer-days
 * @param eMilli effective orders, in thousandths
 * @param rate defects per effective order; null if there is none
 * @param shrunkRate the rate drawn towards the prior mean
 * @param standardBp the rate that is just good enough, in basis points
 * @param subScore 0 to 100; 60 is just good enough
 * @param buyers distinct buyers with a defect
 * @param cusum evidence of a drift, in billionths of a nat
 * @param signal the strongest that fires; null if none does
 * @param drift whether DRIFT fires
 */
public record ClassFinding(
        DefectClass defectClass,
        long x,
        long n,
        long eMilli,
        Double rate,
        double shrunkRate,
        int standardBp,
        double subScore,
        long buyers,
        long cusum,
        Signal signal,
        boolean drift) {

    static ClassFinding of(DefectClass defectClass, ClassPolicy policy, Tally tally, long cusum) {
        double shrunkRate = Score.shrunkRate(tally, policy);
        return new ClassFinding(
                defectClass,
                tally.x(),
                tally.n(),
                tally.eMilli(),
                Score.rate(tally),
                shrunkRate,
                policy.standardBp(),
                Score.subScore(shrunkRate, policy),
                tally.buyers(),
                cusum,
                Signal.strongest(tally, policy.standardBp()),
                cusum >= Drift.FIRES);
    }

    Tally tally() {
        return new Tally(x, n, eMilli, buyers);
    }

    boolean fails() {
        return Signal.FAIL.fires(tally(), standardBp);
    }

    boolean meets() {
        return tally().meets(standardBp);
    }
}
