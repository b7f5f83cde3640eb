package io.touchstone.desk.forward;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far everything is done: up to which offset of each partition nothing is left to deliver. A place may be held by several
 * deliveries; it is done when all of them are.
 */
final class Ledger {
    /** A partition. */
    record Partition(String topic, int number) {
        static Partition of(Place place) {
            return new Partition(place.topic(), place.partition());
        }
    }

    private static final class Progress {
        /** Where the first message that was not done before lay at the start: nothing before it is ever said to be the position. */
        final long start;

        long read;
        final TreeMap<Long, Integer> held = new TreeMap<>();

        Progress(long start) {
            this.start = start;
            read = start;
        }
    }

    private final Map<Partition, Progress> partitions = new HashMap<>();

    /** {@code offset}: of the first message that is not done yet. */
    void begin(Partition partition, long offset) {
        partitions.put(partition, new Progress(offset));
    }

    /** Everything before the offset was handed over. */
    void read(Partition partition, long offset) {
        Progress progress = partitions.get(partition);
        progress.read = Math.max(progress.read, offset);
    }

    void hold(Place place) {
        partitions.get(Partition.of(place)).held.merge(place.offset(), 1, Integer::sum);
    }

    void release(Place place) {
        partitions
                .get(Partition.of(place))
                .held
                .computeIfPresent(place.offset(), (offset, times) -> times == 1 ? null : times - 1);
    }

    /** The offsets that may be committed. Partitions where something from before the start is still to deliver are left out. */
    Map<Partition, Long> done() {
        Map<Partition, Long> done = new HashMap<>();
        partitions.forEach((partition, progress) -> {
            long offset = progress.held.isEmpty() ? progress.read : progress.held.firstKey();
            if (offset >= progress.start) {
                done.put(partition, offset);
            }
        });
        return done;
    }

    /** How many places are held. */
    int held() {
        return partitions.values().stream()
                .mapToInt(progress -> progress.held.size())
                .sum();
    }
}
