package io.touchstone.quality;

/**
 * What is known of one class over a span of cohort days.
 *
 * @param x buyer-days with a defect
 * @param n buyer-days
 * @param eMilli effective orders, in thousandths: each buyer-day weighed by its age, at least x of them in all
 * @param buyers distinct buyers with a defect
 */
record Tally(long x, long n, long eMilli, long buyers) {

    /** Effective orders. */
    double effective() {
        return eMilli / 1000.0;
    }

    /** The rate of defects is not above a standard, in basis points; exactly. */
    boolean meets(int standardBp) {
        return 10_000_000 * x <= eMilli * standardBp;
    }
}
