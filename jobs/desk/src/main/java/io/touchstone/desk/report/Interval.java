package io.touchstone.desk.report;

/**
 * Where a rate may well be, given what was seen: E. B. Wilson's interval, at the quantile at which a factory is warned. So WARN
 * means, small numbers apart, that the whole interval lies above the standard.
 *
 * @param low 0 to 1
 * @param high 0 to 1
 */
record Interval(double low, double high) {
    /** The square of the quantile, as in the signal WARN. */
    private static final double Z2 = 4.219;

    /** The interval of x among effective orders, in thousandths of an order; null if there are none. */
    static Interval of(long x, long eMilli) {
        if (eMilli <= 0) {
            return null;
        }
        double e = eMilli / 1000.0;
        double rate = x / e;
        double center = (rate + Z2 / (2 * e)) / (1 + Z2 / e);
        double half = Math.sqrt(Z2 * (rate * (1 - rate) / e + Z2 / (4 * e * e))) / (1 + Z2 / e);
        return new Interval(Math.max(0, center - half), Math.min(1, center + half));
    }
}
