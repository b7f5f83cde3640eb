package io.touchstone.playground.traffic;

import org.apache.avro.specific.SpecificRecord;

/**
 * One event of the market, ready to be sent.
 *
 * @param topic which kind of topic it belongs to, by its default name
 * @param key the Kafka key: the order's id
 * @param eventTime when it happens, in epoch milliseconds
 */
public record Traffic(String topic, String key, long eventTime, SpecificRecord value) {
    /** The default name of the topic of orders. */
    public static final String ORDERS = "orders";

    /** The default name of the topic of returns. */
    public static final String RETURNS = "returns";

    /** The default name of the topic of reviews. */
    public static final String REVIEWS = "reviews";
}
