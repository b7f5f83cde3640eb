package io.touchstone.quality;

import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.IOException;
import java.util.Comparator;

/** That an order was shipped. */
record Shipment(long time, long actsAt) implements Step {
    static final Comparator<Shipment> ORDER = Comparator.comparingLong(Shipment::time);

    static Shipment read(long base, DataInput in) throws IOException {
        long time = base + Packed.readSigned(in);
        return new Shipment(time, time + Packed.readUnsigned(in));
    }
}
