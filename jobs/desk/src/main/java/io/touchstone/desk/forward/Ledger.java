package io.touchstone.desk.forward;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far everything is done: up to which offset of each partition nothing is left to deliver, in all and per target. A place may be held
 * by several deliveries; it is done when all of them are.
 */
final class Ledger {
    /** A partition. */
    record Partition(String topic, int number) {
        static Partition of(Place place) {
            return new Partition(place.topic(), place.partition());
        }
    }

    /**
     * How far a partition is done.
     *
     * @param offset of the first message that is not done for somebody
     * @param pending targets for which something before the start is not done
     * @param targets the same offset for those targets that are further
     */
    record Done(long offset, Set<String> pending, Map<String, Long> targets) {}

    /** Who holds what nobody was chosen for yet. */
    private static final String UNDECIDED = "";

    private static final class Progress {
        final long start;
        long read;
        final Map<String, TreeMap<Long, Integer>> held = new HashMap<>();

        Progress(long start) {
            this.start = start;
            read = start;
        }

        /** What was pending at the start is told apart, so that it holds nothing else up. */
        long done(String owner) {
            TreeMap<Long, Integer> places = held.get(owner);
            Long first = places == null ? null : places.ceilingKey(start);
            return first == null ? read : first;
        }

        boolean pending(String owner) {
            TreeMap<Long, Integer> places = held.get(owner);
            return places != null && places.firstKey() < start;
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

    /** Holds for all targets, until it is decided who gets it. */
    void hold(Place place) {
        hold(UNDECIDED, place);
    }

    void release(Place place) {
        release(UNDECIDED, place);
    }

    /** Holds for one target. */
    void hold(String target, Place place) {
        partitions
                .get(Partition.of(place))
                .held
                .computeIfAbsent(target, key -> new TreeMap<>())
                .merge(place.offset(), 1, Integer::sum);
    }

    void release(String target, Place place) {
        partitions.get(Partition.of(place)).held.computeIfPresent(target, (key, places) -> {
            places.computeIfPresent(place.offset(), (offset, times) -> times == 1 ? null : times - 1);
            return places.isEmpty() ? null : places;
        });
    }

    /** What may be committed, of all partitions. */
    Map<Partition, Done> done(Set<String> targets) {
        Map<Partition, Done> done = new HashMap<>();
        partitions.forEach((partition, progress) -> {
            long undecided = progress.done(UNDECIDED);
            Map<String, Long> each = new HashMap<>();
            Set<String> pending = new HashSet<>();
            long offset = undecided;
            for (String target : targets) {
                each.put(target, Math.min(undecided, progress.done(target)));
                offset = Math.min(offset, each.get(target));
                if (progress.pending(UNDECIDED) || progress.pending(target)) {
                    pending.add(target);
                }
            }
            long slowest = offset;
            each.values().removeIf(one -> one == slowest);
            done.put(partition, new Done(offset, pending, each));
        });
        return done;
    }

    /** How many places are held. */
    int held() {
        return partitions.values().stream()
                .flatMap(progress -> progress.held.values().stream())
                .mapToInt(TreeMap::size)
                .sum();
    }
}
