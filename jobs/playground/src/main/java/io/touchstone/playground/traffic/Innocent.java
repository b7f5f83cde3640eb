package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;

/**
 * Something that looks like a price rise, or could spoil a floor, and must raise no alert.
 *
 * @param at when it happens or begins, in epoch milliseconds
 * @param description one line for people
 */
public record Innocent(
        Kind kind, String factoryId, String skuId, Channel channel, String currency, long at, String description) {

    /** What happens. */
    public enum Kind {
        /** Large lots are much cheaper than small ones. */
        QUANTITY_DISCOUNT,
        /** One order of one buyer is too dear by mistake: a breach, but none that another buyer confirms. */
        MISTAKE,
        /** One buyer gets a price that nobody else gets: it must not become the floor. */
        FRIENDLY_SALE,
        /** A price falls and stays low. */
        PRICE_CUT
    }

    /** The subject of the alert that must not be. */
    public String subject() {
        return skuId + "/" + channel + "/" + currency;
    }
}
