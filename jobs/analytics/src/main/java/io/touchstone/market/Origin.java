package io.touchstone.market;

/**
 * Where an event came from.
 *
 * @param partition of the topic; 0 for a file
 * @param offset in the partition; for a file the number of the line, from 0
 * @param value the original bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody on the hot path
public record Origin(String topic, int partition, long offset, byte[] value) {}
