package io.touchstone.quality;

/** How clearly a class misses its standard over the window; each stronger signal implies the weaker ones. */
public enum Signal {
    WARN(3, 3, 1, 4219),
    FAIL(5, 4, 1, 9548),
    SEVERE(8, 5, 2, 9548);

    private static final long MIN_E_MILLI = 30_000;

    private final int minX;
    private final int minBuyers;
    private final int timesStandard;
    private final int z2m;

    Signal(int minX, int minBuyers, int timesStandard, int z2m) {
        this.minX = minX;
        this.minBuyers = minBuyers;
        this.timesStandard = timesStandard;
        this.z2m = z2m;
    }

    /** Whether there are enough effective orders, in thousandths, to say anything. */
    static boolean isRated(long eMilli) {
        return eMilli >= MIN_E_MILLI;
    }

    /** Fewer distinct buyers than these say nothing. */
    int minBuyers() {
        return minBuyers;
    }

    boolean fires(Tally tally, int standardBp) {
        return tally.buyers() >= minBuyers && firesAt(tally.x(), tally.eMilli(), standardBp);
    }

    /** As {@link #fires}, whoever the buyers are. */
    boolean firesAt(long x, long eMilli, int standardBp) {
        return isRated(eMilli) && x >= minX && Wilson.exceeds(x, eMilli, (long) timesStandard * standardBp, z2m);
    }

    /** The strongest signal that fires; null if none does. */
    static Signal strongest(Tally tally, int standardBp) {
        Signal strongest = null;
        for (Signal signal : values()) {
            strongest = signal.fires(tally, standardBp) ? signal : strongest;
        }
        return strongest;
    }
}
