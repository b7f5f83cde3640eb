package io.touchstone.chaos.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.apache.avro.specific.SpecificRecord;

/**
 * The records of a load in the order of their arrival: each event at its time or, some, a little later; some twice; and poison
 * among them. None is late: what comes after its time comes within the four and a half minutes that the clock waits.
 */
final class Events {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final int LATEST_MS = 240_000;
    private static final int AGAIN_MS = 30_000;

    private final Load load;
    private final Market market;
    private final PriorityQueue<Item> coming = new PriorityQueue<>();
    private final SplittableRandom random;
    private long orders;
    private long number;
    private volatile long newestTime;
    private long firstLive = Long.MAX_VALUE;
    private long liveFrom;

    Events(Load load) {
        this.load = load;
        market = new Market(load);
        random = new SplittableRandom(load.seed());
        newestTime = market.begin();
    }

    /** The next one; null if the load has ended. */
    Item next() {
        while (coming.isEmpty() || coming.peek().arrival() >= paidAt(orders)) {
            market.order(orders, paidAt(orders), this::add);
            orders++;
        }
        Item item = coming.poll();
        if (item.arrival() >= load.end()) {
            return null;
        }
        newestTime = Math.max(newestTime, item.arrival());
        return item;
    }

    private long paidAt(long order) {
        if (order >= firstLive) {
            return liveFrom + (order - firstLive) * 1000 / load.rate();
        }
        long time = market.begin() + order * DAY_MS / market.ordersPerDay();
        if (load.end() < Long.MAX_VALUE && time >= System.currentTimeMillis()) {
            firstLive = order;
            liveFrom = time;
        }
        return time;
    }

    private void add(int topic, String orderId, long time, SpecificRecord value) {
        long arrival = time + (random.nextDouble() < load.disorder() ? random.nextInt(LATEST_MS) : 0);
        coming.add(new Item(arrival, number++, topic, orderId, value, null));
        if (random.nextDouble() < load.repeats()) {
            coming.add(new Item(arrival + random.nextInt(AGAIN_MS), number++, topic, orderId, value, null));
        }
        if (random.nextDouble() < load.poison()) {
            SpecificRecord invalid = random.nextBoolean() ? market.spoil(value, random) : null;
            coming.add(new Item(arrival, number++, topic, orderId, invalid, invalid == null ? garbage() : null));
        }
    }

    /** Bytes that are no record, in Avro or JSON. */
    private byte[] garbage() {
        byte[] bytes = new byte[1 + random.nextInt(200)];
        random.nextBytes(bytes);
        // Never the marker of a record, and as a line of a file neither blank nor two lines.
        bytes[0] = 'x';
        return random.nextInt(4) == 0 ? "{\"no\": \"record\"".getBytes(StandardCharsets.UTF_8) : bytes;
    }

    /** No event is of an earlier time. */
    long begin() {
        return market.begin();
    }

    /** No event so far is of a later time. */
    long newestTime() {
        return newestTime;
    }

    /** An order that was paid and shipped early on. */
    String someOrder() {
        return Market.orderId(0);
    }
}
