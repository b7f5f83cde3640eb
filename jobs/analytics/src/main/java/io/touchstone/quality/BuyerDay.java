package io.touchstone.quality;

import io.touchstone.market.OrderEvent;
import io.touchstone.market.Segment;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The unit in which orders count: all orders of one buyer in one cell of one cohort day weigh as one.
 *
 * @param cohortDay local day of payment plus lead days, as an epoch day
 * @param segment of the buyer; with {@code categoryId} it names the cell
 */
public record BuyerDay(String factoryId, int cohortDay, Segment segment, String categoryId, String buyerId) {

    static BuyerDay of(OrderEvent event, int cohortDay) {
        return new BuyerDay(event.factoryId(), cohortDay, event.segment(), event.categoryId(), event.buyerId());
    }

    Cell cell() {
        return new Cell(segment, categoryId);
    }

    /** The day comes first, most significant byte first: packed keys of older days sort before those of newer ones. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(cohortDay);
        out.writeByte(segment.ordinal());
        Packed.writeString(factoryId, out);
        Packed.writeString(categoryId, out);
        Packed.writeString(buyerId, out);
    }

    /** Reads what {@link #write} wrote. */
    public static BuyerDay read(DataInput in) throws IOException {
        int cohortDay = in.readInt();
        Segment segment = Segment.values()[in.readByte()];
        return new BuyerDay(Packed.readString(in), cohortDay, segment, Packed.readString(in), Packed.readString(in));
    }
}
