package io.touchstone.quality;

import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/** That an order was cancelled, and by whom. */
record Cancellation(long time, long actsAt, CancelledBy by) implements Step {
    static final Comparator<Cancellation> ORDER =
            Comparator.comparingLong(Cancellation::time).thenComparing(Cancellation::by);

    void write(long base, DataOutput out) throws IOException {
        writeTimes(base, out);
        out.writeByte(by.ordinal());
    }

    static Cancellation read(long base, DataInput in) throws IOException {
        long time = base + Packed.readSigned(in);
        return new Cancellation(time, time + Packed.readUnsigned(in), CancelledBy.values()[in.readByte()]);
    }
}
