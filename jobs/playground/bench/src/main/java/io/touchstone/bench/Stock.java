package io.touchstone.bench;

import io.touchstone.bench.Events.Encoder;
import io.touchstone.event.OrderStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * What was shipped on the morning before {@link Events#BEGIN}: of every sku a few orders, paid on different days of the weeks before,
 * so that nothing of it expires on the same day. Made one by one, since all of it may not fit on the heap.
 */
final class Stock {
    /** Enough for 5 M skus to outgrow the managed memory, compressed as they are. */
    private static final int ORDERS_PER_SKU = 5;

    /** From one sku to the next, a prime: what lies side by side in RocksDB is not written one after the other. */
    private static final long STRIDE = 1_000_003;

    /** No order of the measured events has such a number. */
    private static final long FIRST_ORDER = 100_000_000_000L;

    private static final Instant MORNING = Events.BEGIN.minus(Duration.ofHours(7));
    private static final Duration TO_SHIP = Duration.ofHours(6);

    private final int keys;
    private final Encoder encoder;

    Stock(int keys, int factories) {
        this.keys = keys;
        encoder = new Encoder(factories);
    }

    long size() {
        return (long) ORDERS_PER_SKU * keys;
    }

    /** Record number {@code i}; a sku's come together, so that its state is written but once. Time rises. */
    byte[] record(long i) {
        SplittableRandom random = new SplittableRandom(FIRST_ORDER + i);
        Instant shippedAt = MORNING.plusMillis((long) (i * (double) TO_SHIP.toMillis() / size()));
        Instant paidAt = shippedAt.minus(Duration.ofDays(5 * (1 + i % ORDERS_PER_SKU)));
        int sku = (int) (i / ORDERS_PER_SKU * STRIDE % keys);
        return encoder.order(FIRST_ORDER + i, OrderStatus.SHIPPED, shippedAt, paidAt, sku, random);
    }

    /** Moves the clock behind all of it, and does nothing else. */
    byte[] delivered() {
        SplittableRandom random = new SplittableRandom(FIRST_ORDER);
        return encoder.order(FIRST_ORDER, OrderStatus.DELIVERED, Events.BEGIN, MORNING, 0, random);
    }
}
