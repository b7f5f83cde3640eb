package io.touchstone.chaos.load;

import io.touchstone.io.History;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where each line of the history went: partition and offset of every record, by topic, in the order of the lines. Written by the
 * producer's thread, read when everything was acknowledged.
 */
public final class Sent {
    private static final int OFFSET_BITS = 48;
    private static final long NOT_YET = -1;

    private final List<long[]> positions = new ArrayList<>();
    private final int[] lines = new int[History.TOPICS.size()];

    Sent() {
        History.TOPICS.forEach(topic -> positions.add(new long[1 << 16]));
    }

    /** A new line; its number. */
    synchronized int line(int topic) {
        int line = lines[topic]++;
        if (line == positions.get(topic).length) {
            positions.set(topic, Arrays.copyOf(positions.get(topic), 2 * line));
        }
        positions.get(topic)[line] = NOT_YET;
        return line;
    }

    synchronized void acknowledged(int topic, int line, int partition, long offset) {
        positions.get(topic)[line] = ((long) partition << OFFSET_BITS) | offset;
    }

    /** How many lines of a topic were sent; the topic is one of {@link History#TOPICS}. */
    public synchronized long lines(String topic) {
        return lines[History.TOPICS.indexOf(topic)];
    }

    /** Where a line went: {@code partition/offset}. */
    public synchronized String position(String topic, long line) {
        long position = positions.get(History.TOPICS.indexOf(topic))[Math.toIntExact(line)];
        if (position == NOT_YET) {
            throw new IllegalStateException("line " + line + " of " + topic + " was never acknowledged");
        }
        return (position >> OFFSET_BITS) + "/" + (position & ((1L << OFFSET_BITS) - 1));
    }
}
