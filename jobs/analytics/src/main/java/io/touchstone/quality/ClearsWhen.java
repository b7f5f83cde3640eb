package io.touchstone.quality;

import java.util.function.LongPredicate;

/**
 * What would end an alert. A DEMOTION names its class: either number alone would end its WARN; the other kinds end by themselves.
 *
 * @param largestX the largest x that would not WARN at today's effective orders; null for other kinds
 * @param cleanOrders how many more effective orders without a defect would end the WARN at today's x; null for other kinds
 * @param quietEvaluations how many more evaluations without the signal end it; null for a DEMOTION
 * @param notBefore the earliest day of the next step upwards, an epoch day; null for other kinds
 */
public record ClearsWhen(Long largestX, Long cleanOrders, Integer quietEvaluations, Integer notBefore) {

    static ClearsWhen of(ClassFinding finding, int notBefore) {
        long x = finding.x();
        long eMilli = finding.eMilli();
        int standardBp = finding.standardBp();
        long largestX = largest(eMilli / 1000, fewer -> !Signal.WARN.firesAt(fewer, eMilli, standardBp));
        // So many orders bring the rate below the strictest standard, one basis point.
        long enough = 10_000 * x;
        long tooFew = Signal.WARN.firesAt(x, eMilli, standardBp)
                ? largest(enough, more -> Signal.WARN.firesAt(x, eMilli + 1000 * more, standardBp))
                : -1;
        return new ClearsWhen(largestX, tooFew + 1, null, notBefore);
    }

    static ClearsWhen after(int quietEvaluations) {
        return new ClearsWhen(null, null, quietEvaluations, null);
    }

    /** The largest number from 0 to a limit for which a condition holds that, once it fails, fails for all larger ones; -1 if none. */
    private static long largest(long limit, LongPredicate condition) {
        long holds = -1;
        long fails = limit + 1;
        while (fails - holds > 1) {
            long middle = (holds + fails) / 2;
            if (condition.test(middle)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return holds;
    }
}
