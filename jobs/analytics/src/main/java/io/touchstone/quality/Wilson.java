package io.touchstone.quality;

import java.math.BigInteger;

/**
 * Is a rate above, or below, a standard by more than chance? Exact in integers: E. B. Wilson, "Probable inference, the law of
 * succession, and statistical inference", J. Amer. Statist. Assoc. 22 (1927) 209-212, solved for the standard.
 *
 * <p>In all methods {@code eMilli} is in thousandths of an order, {@code standardBp} in basis points, and {@code z2m} is 1000 times
 * the square of the quantile: 4219 stands for z = 2.054.
 */
final class Wilson {
    private static final long BP = 10_000;

    private Wilson() {}

    /** The lower bound of the rate exceeds the standard. */
    static boolean exceeds(long x, long eMilli, long standardBp, long z2m) {
        return isFar(BP * 1000 * x - eMilli * standardBp, eMilli, standardBp, z2m);
    }

    /** The upper bound of the rate is below the standard. */
    static boolean below(long x, long eMilli, long standardBp, long z2m) {
        return isFar(eMilli * standardBp - BP * 1000 * x, eMilli, standardBp, z2m);
    }

    private static boolean isFar(long distance, long eMilli, long standardBp, long z2m) {
        // Twice the bits of a distance do not fit into a long.
        BigInteger square = BigInteger.valueOf(distance).pow(2);
        BigInteger variance = BigInteger.valueOf(eMilli).multiply(BigInteger.valueOf(standardBp * (BP - standardBp)));
        return distance > 0 && square.compareTo(variance.multiply(BigInteger.valueOf(z2m))) >= 0;
    }
}
