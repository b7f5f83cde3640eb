package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/**
 * That a counting order is defective in some class. There is no byte for a version: an instant takes more than one byte, so the
 * first is negative. A later form begins with its version.
 *
 * @param knownAt the start of its current spell of being so, epoch ms
 */
public record Defect(String orderId, String buyerId, Segment segment, long knownAt) {
    private static final int VERSION = 1;
    private static final int ONE_BYTE = 0x80;

    /** The order in which evidence lists them. */
    static final Comparator<Defect> NEWEST_FIRST =
            Comparator.comparingLong(Defect::knownAt).reversed().thenComparing(Defect::orderId, Ids.ORDER);

    /** Packs everything but the id of the order. */
    public void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(knownAt, out);
        out.writeByte(segment.ordinal());
        Packed.writeString(buyerId, out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static Defect read(DataInput in, String orderId) throws IOException {
        long knownAt = Packed.readUnsigned(in);
        if (knownAt < ONE_BYTE) {
            throw Versions.unknown("a defect", (int) knownAt, VERSION);
        }
        Segment segment = Segment.values()[in.readByte()];
        return new Defect(orderId, Packed.readString(in), segment, knownAt);
    }
}
