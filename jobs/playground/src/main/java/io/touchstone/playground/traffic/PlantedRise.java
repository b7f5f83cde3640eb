package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;

/**
 * A price rise that must be caught.
 *
 * @param from when the first raised price is asked, in epoch milliseconds
 * @param description one line for people
 */
public record PlantedRise(
        Kind kind, String factoryId, String skuId, Channel channel, String currency, long from, String description) {

    /** How a price rises. */
    public enum Kind {
        /** A lot at once. */
        SPIKE,
        /** A little every day. */
        CREEP,
        /** In one channel only. */
        CHANNEL_HIKE
    }

    /** The subject of the alert that catches it. */
    public String subject() {
        return skuId + "/" + channel + "/" + currency;
    }
}
