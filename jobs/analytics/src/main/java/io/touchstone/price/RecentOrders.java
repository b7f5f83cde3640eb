package io.touchstone.price;

import io.touchstone.market.LocalCalendar;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The orders that acted on a key within the last minutes. A producer that sends an order's event again with other content,
 * though it should not, is taken at its first word while that is remembered; no state per order is kept beyond.
 */
final class RecentOrders {
    private static final long REMEMBERED_MS = 10 * 60_000L;
    private static final int REMEMBERED_ORDERS = 16;

    /** Oldest first; most keys have one or none. */
    private final Deque<Seen> seen = new ArrayDeque<>(1);

    private record Seen(String orderId, long at) {}

    /** Whether this is the order's first event, as far as remembered; then it is remembered too. */
    boolean isFirst(String orderId, long at) {
        forget(at);
        for (Seen other : seen) {
            if (other.orderId.equals(orderId)) {
                return false;
            }
        }
        if (seen.size() == REMEMBERED_ORDERS) {
            seen.removeFirst();
        }
        seen.addLast(new Seen(orderId, at));
        return true;
    }

    void forget(long now) {
        while (!seen.isEmpty() && now - seen.getFirst().at > REMEMBERED_MS) {
            seen.removeFirst();
        }
    }

    /** The midnight by which everything can be forgotten; {@link Long#MAX_VALUE} if nothing is remembered. */
    long nextMidnight(LocalCalendar calendar) {
        return seen.isEmpty() ? Long.MAX_VALUE : calendar.midnightFrom(seen.getLast().at + REMEMBERED_MS + 1);
    }

    boolean isEmpty() {
        return seen.isEmpty();
    }

    void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(seen.size(), out);
        long before = 0;
        for (Seen order : seen) {
            Packed.writeString(order.orderId, out);
            Packed.writeUnsigned(order.at - before, out);
            before = order.at;
        }
    }

    static RecentOrders read(DataInput in) throws IOException {
        RecentOrders recent = new RecentOrders();
        int size = Packed.readSmall(in);
        long at = 0;
        for (int i = 0; i < size; i++) {
            String orderId = Packed.readString(in);
            at += Packed.readUnsigned(in);
            recent.seen.addLast(new Seen(orderId, at));
        }
        return recent;
    }
}
