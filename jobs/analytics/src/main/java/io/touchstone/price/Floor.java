package io.touchstone.price;

/**
 * The floor of a key in one quantity tier at one instant.
 *
 * @param floorMicros the lowest price that enough distinct buyers paid no more than; null when THIN or NONE
 * @param literalMicros the lowest price of all candidates; null when there are none
 * @param buyers distinct buyers among the candidates, counted up to the policy's {@code min_buyers}
 */
public record Floor(Status status, Long floorMicros, Long literalMicros, int buyers) {

    /** No candidates, nothing carried. */
    public static final Floor NONE = new Floor(Status.NONE, null, null, 0);

    /** How much a floor can be trusted. */
    public enum Status {
        /** Enough distinct buyers within thirty days. */
        CURRENT,
        /** The last CURRENT value, while too few buyers are left. */
        CARRIED,
        /** Candidates, but never enough buyers: a literal floor only. */
        THIN,
        NONE
    }

    /** Prices are judged against it. */
    boolean binds() {
        return floorMicros != null;
    }

    /** A new row of the history is due when this changes; the number of buyers alone makes no row. */
    boolean sameRowAs(Floor other) {
        return status == other.status
                && java.util.Objects.equals(floorMicros, other.floorMicros)
                && java.util.Objects.equals(literalMicros, other.literalMicros);
    }
}
