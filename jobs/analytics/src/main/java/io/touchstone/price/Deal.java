package io.touchstone.price;

/**
 * A line of a shipped order, as far as floors need it.
 *
 * @param paidDay the local day on which it was paid, as an epoch day
 * @param tier the index of its quantity tier
 */
record Deal(String buyerId, int paidDay, int tier, long priceMicros) {

    /** Whenever {@code other} is a candidate so is this one, at a price that is no higher. */
    boolean covers(Deal other) {
        return paidDay >= other.paidDay && tier <= other.tier && priceMicros <= other.priceMicros;
    }
}
