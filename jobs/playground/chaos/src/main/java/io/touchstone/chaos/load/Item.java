package io.touchstone.chaos.load;

import org.apache.avro.specific.SpecificRecord;

/**
 * One record of a topic.
 *
 * @param arrival when it comes, in event time, epoch ms; at most four and a half minutes after its own time
 * @param number in the order of their making; of two that come at once the smaller comes first
 * @param topic index among {@link io.touchstone.io.History#TOPICS}
 * @param key of the record: the order's id
 * @param value the event; null for bytes that are none
 * @param bytes what is sent instead of an event; null if it is one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Item(long arrival, long number, int topic, String key, SpecificRecord value, byte[] bytes)
        implements Comparable<Item> {
    @Override
    public int compareTo(Item other) {
        int order = Long.compare(arrival, other.arrival);
        return order != 0 ? order : Long.compare(number, other.number);
    }
}
