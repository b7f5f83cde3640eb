package io.touchstone.bench;

import io.touchstone.event.OrderStatus;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Payments at twice the floor of their sku, one per sku: each opens an alert. A spike is released by the record that makes the least
 * newest event time of all partitions pass its own by the watermark's delay; when the broker appended that one is when the alert
 * could be known at the earliest.
 */
final class Spikes {
    private static final String SKU = "spike-";
    private static final long FLOOR_MICROS = 1_000_000;
    private static final int BUYERS = 3;

    private final long[] paidAt;
    private final long delayMs;
    private final int[] releasedOn;
    private final AtomicLongArray releasedAt;
    private int sent;

    /**
     * Plans them at random instants, in this order.
     *
     * @param from event time at which the first may be paid, in ms
     * @param gapMs mean time from one to the next
     * @param delayMs how far the watermark trails
     */
    Spikes(int count, long from, double gapMs, long delayMs, int partitions) {
        SplittableRandom random = new SplittableRandom(1);
        paidAt = new long[count];
        for (int i = 0; i < count; i++) {
            paidAt[i] = from + (long) ((i + random.nextDouble()) * gapMs);
        }
        this.delayMs = delayMs;
        releasedOn = new int[partitions];
        releasedAt = new AtomicLongArray(count);
    }

    int count() {
        return paidAt.length;
    }

    /** Enough shipments for a floor of each sku. */
    void sendFloors(LiveOrders orders, long eventTime) {
        for (int i = 0; i < paidAt.length; i++) {
            for (int buyer = 0; buyer < BUYERS; buyer++) {
                orders.send(sku(i), OrderStatus.SHIPPED, eventTime, buyer, FLOOR_MICROS, null);
            }
        }
    }

    /** Sends those that were paid by an instant. */
    void sendThrough(long eventTime, LiveOrders orders) {
        for (; sent < paidAt.length && paidAt[sent] <= eventTime; sent++) {
            orders.send(sku(sent), OrderStatus.PAID, paidAt[sent], BUYERS, 2 * FLOOR_MICROS, null);
        }
    }

    /** Notes what a record of this event time releases, once it was appended. */
    Callback watch(long eventTime) {
        return (RecordMetadata record, Exception failure) -> {
            int partition = record.partition();
            // One thread calls, in the order of each partition.
            while (releasedOn[partition] < paidAt.length && paidAt[releasedOn[partition]] + delayMs < eventTime) {
                int spike = releasedOn[partition]++;
                releasedAt.set(spike, Math.max(releasedAt.get(spike), record.timestamp()));
            }
        };
    }

    /** How many are released: every partition has gone past them. */
    int released() {
        int least = paidAt.length;
        for (int on : releasedOn) {
            least = Math.min(least, on);
        }
        return least;
    }

    /** When a spike was released, by the broker's clock. */
    long releasedAt(int spike) {
        return releasedAt.get(spike);
    }

    private static String sku(int spike) {
        return SKU + String.format("%010d", spike);
    }

    /** Which spike the alert is of that has this subject. */
    static int of(String subject) {
        return Integer.parseInt(subject.substring(SKU.length(), subject.indexOf('/')));
    }
}
