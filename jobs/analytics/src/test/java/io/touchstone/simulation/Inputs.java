package io.touchstone.simulation;

import io.touchstone.oracle.QualityOracle.Delivery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** The partitions of the topics, and how far they are read. An order's events are in one partition, in any order. */
final class Inputs {
    private static final int PARTITIONS = 3;

    private final List<List<Delivery>> partitions = new ArrayList<>();
    /** Per partition and position: the earliest event time from there on. */
    private final List<long[]> earliest = new ArrayList<>();

    private final int[] positions;

    /** {@code disorder}: how much later than another an earlier event may arrive, in ms. */
    Inputs(List<Delivery> deliveries, long disorder, Random random) {
        record Arriving(Delivery delivery, long at) {}
        Map<String, List<Arriving>> byPartition = new TreeMap<>();
        for (Delivery delivery : deliveries) {
            String partition =
                    delivery.topic() + Math.floorMod(delivery.orderId().hashCode(), PARTITIONS);
            long at = delivery.time() + (disorder == 0 ? 0 : random.nextLong(disorder));
            byPartition.computeIfAbsent(partition, p -> new ArrayList<>()).add(new Arriving(delivery, at));
        }
        for (List<Arriving> arriving : byPartition.values()) {
            arriving.sort(Comparator.comparingLong(Arriving::at));
            partitions.add(arriving.stream().map(Arriving::delivery).toList());
            long[] times = new long[arriving.size() + 1];
            times[arriving.size()] = Long.MAX_VALUE;
            for (int i = arriving.size() - 1; i >= 0; i--) {
                times[i] = Math.min(times[i + 1], arriving.get(i).delivery().time());
            }
            earliest.add(times);
        }
        positions = new int[partitions.size()];
    }

    /** The next event of any partition; empty once all is read. */
    Optional<Delivery> next(Random random) {
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] < partitions.get(i).size()) {
                open.add(i);
            }
        }
        if (open.isEmpty()) {
            return Optional.empty();
        }
        int chosen = open.get(random.nextInt(open.size()));
        return Optional.of(partitions.get(chosen).get(positions[chosen]++));
    }

    /** The largest watermark that makes nothing late that is still to come. */
    long limit() {
        long limit = Long.MAX_VALUE;
        for (int i = 0; i < positions.length; i++) {
            limit = Math.min(limit, earliest.get(i)[positions[i]]);
        }
        return limit - 1;
    }

    /** How far every partition is read. */
    int[] positions() {
        return positions.clone();
    }

    /** Reads on from there. */
    void seek(int[] to) {
        System.arraycopy(to, 0, positions, 0, to.length);
    }

    /** The same, but one partition goes on an event too late. */
    int[] ahead(int[] of) {
        int[] ahead = Arrays.copyOf(of, of.length);
        for (int i = 0; i < ahead.length; i++) {
            if (ahead[i] < partitions.get(i).size()) {
                ahead[i]++;
                break;
            }
        }
        return ahead;
    }
}
