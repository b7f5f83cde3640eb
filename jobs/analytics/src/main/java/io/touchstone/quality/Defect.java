package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/**
 * That a counting order is defective in some class.
 *
 * @param knownAt the start of its current spell of being so, epoch ms
 */
public record Defect(String orderId, String buyerId, Segment segment, long knownAt) {
    /** The order in which evidence lists them. */
    static final Comparator<Defect> NEWEST_FIRST =
            Comparator.comparingLong(Defect::knownAt).reversed().thenComparing(Defect::orderId, Ids.ORDER);

    /** Packs everything but the id of the order. */
    public void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(knownAt, out);
        out.writeByte(segment.ordinal());
        Packed.writeString(buyerId, out);
    }

    /** Reads what {@link #write} wrote. */
    public static Defect read(DataInput in, String orderId) throws IOException {
        long knownAt = Packed.readUnsigned(in);
        Segment segment = Segment.values()[in.readByte()];
        return new Defect(orderId, Packed.readString(in), segment, knownAt);
    }
}
