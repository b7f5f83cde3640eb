package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.Segment;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;

/**
 * An order as one of its events describes it; the earliest one decides its attributes.
 *
 * @param eventId settles ties; empty, and so before all others, once no other event of that instant can come
 */
record Snapshot(
        long time, long actsAt, Status status, String eventId, OrderEvent.Type type, BuyerDay buyerDay, long shipBy)
        implements Step {
    static final Comparator<Snapshot> ORDER = Comparator.comparingLong(Snapshot::time)
            .thenComparing(Snapshot::status)
            .thenComparing(Snapshot::eventId, Ids.ORDER);

    private static final long DAY_MS = 86_400_000L;

    static Snapshot of(OrderEvent event, int cohortDay, long actsAt) {
        return new Snapshot(
                event.eventTime(),
                actsAt,
                event.status(),
                event.eventId(),
                event.type(),
                BuyerDay.of(event, cohortDay),
                event.shipBy());
    }

    Snapshot beyondTies() {
        return new Snapshot(time, actsAt, status, "", type, buyerDay, shipBy);
    }

    void write(DataOutput out) throws IOException {
        writeTimes(0, out);
        out.writeByte(status.ordinal());
        Packed.writeString(eventId, out);
        out.writeByte(type.ordinal());
        Packed.writeString(buyerDay.factoryId(), out);
        Packed.writeSigned(buyerDay.cohortDay() - time / DAY_MS, out);
        out.writeByte(buyerDay.segment().ordinal());
        Packed.writeString(buyerDay.categoryId(), out);
        Packed.writeString(buyerDay.buyerId(), out);
        Packed.writeSigned(shipBy - time, out);
    }

    static Snapshot read(DataInput in) throws IOException {
        long time = Packed.readSigned(in);
        return new Snapshot(
                time,
                time + Packed.readUnsigned(in),
                Status.values()[in.readByte()],
                Packed.readString(in),
                OrderEvent.Type.values()[in.readByte()],
                new BuyerDay(
                        Packed.readString(in),
                        (int) (time / DAY_MS + Packed.readSigned(in)),
                        Segment.values()[in.readByte()],
                        Packed.readString(in),
                        Packed.readString(in)),
                time + Packed.readSigned(in));
    }
}
