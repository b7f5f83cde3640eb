package io.touchstone.quality;

import io.touchstone.market.Ids;
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
record Defect(String orderId, String buyerId, long knownAt) {
    /** The order in which evidence lists them. */
    static final Comparator<Defect> NEWEST_FIRST =
            Comparator.comparingLong(Defect::knownAt).reversed().thenComparing(Defect::orderId, Ids.ORDER);

    void write(DataOutput out) throws IOException {
        Packed.writeString(orderId, out);
        Packed.writeString(buyerId, out);
        Packed.writeUnsigned(knownAt, out);
    }

    static Defect read(DataInput in) throws IOException {
        return new Defect(Packed.readString(in), Packed.readString(in), Packed.readUnsigned(in));
    }
}
