package io.touchstone.price;

import io.touchstone.market.Ids;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/**
 * An order that breached a key, with its worst line: the evidence an operator needs to recompute the breach by hand.
 *
 * @param tier in pieces
 * @param buyers distinct buyers behind the floor, counted up to the policy's {@code min_buyers}
 * @param excessBp the largest excess among its lines of the key, in basis points, rounded down
 */
public record BreachingOrder(
        String orderId,
        String buyerId,
        long paidAt,
        long quantity,
        long tier,
        long priceMicros,
        long floorMicros,
        Floor.Status floorStatus,
        int buyers,
        long excessBp) {

    /** Newest first, then by id: the order in which alerts list them. */
    static final Comparator<BreachingOrder> NEWEST_FIRST = Comparator.comparingLong(BreachingOrder::paidAt)
            .reversed()
            .thenComparing(BreachingOrder::orderId, Ids.ORDER);

    static BreachingOrder of(Breach worst) {
        return new BreachingOrder(
                worst.orderId(),
                worst.buyerId(),
                worst.paidAt(),
                worst.quantity(),
                worst.tier(),
                worst.priceMicros(),
                worst.floor().floorMicros(),
                worst.floor().status(),
                worst.floor().buyers(),
                worst.excessBp());
    }

    void write(DataOutput out) throws IOException {
        Packed.writeString(orderId, out);
        Packed.writeString(buyerId, out);
        Packed.writeUnsigned(paidAt, out);
        Packed.writeUnsigned(quantity, out);
        Packed.writeUnsigned(tier, out);
        Packed.writeUnsigned(priceMicros, out);
        Packed.writeUnsigned(floorMicros, out);
        out.writeByte(floorStatus.ordinal());
        out.writeByte(buyers);
        Packed.writeUnsigned(excessBp, out);
    }

    static BreachingOrder read(DataInput in) throws IOException {
        return new BreachingOrder(
                Packed.readString(in),
                Packed.readString(in),
                Packed.readUnsigned(in),
                Packed.readUnsigned(in),
                Packed.readUnsigned(in),
                Packed.readUnsigned(in),
                Packed.readUnsigned(in),
                Floor.Status.values()[in.readByte()],
                in.readByte(),
                Packed.readUnsigned(in));
    }
}
