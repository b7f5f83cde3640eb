package io.touchstone.quality;

import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a fact changes in the ledger of its factory. Postings are kept in the order of their facts and posted at the next midnight.
 *
 * @param cell of the cohort day; null if the day is too old to be looked at by cell
 * @param orders change of the number of counting orders
 * @param n change of the number of buyer-days, -1 to 1
 * @param classes what changes by class; classes in which nothing does are absent
 * @param belt a payment names it; null in most postings
 * @param orderId of that payment
 */
record Posting(
        int cohortDay,
        Cell cell,
        int orders,
        int n,
        Map<DefectClass, OfClass> classes,
        Fact.Belt belt,
        String orderId) {
    private static final int HAS_CELL = 1;
    private static final int HAS_BELT = 2;

    /**
     * What changes in a class.
     *
     * @param x change of the number of buyer-days with a defect, -1 to 1
     * @param buyers change of the number of distinct buyers with a defect in the window, -1 to 1
     * @param knownOn the local day on which a defect became known, an epoch day; null if none did
     */
    record OfClass(int x, int buyers, Integer knownOn) {}

    void write(DataOutput out) throws IOException {
        out.writeByte((cell != null ? HAS_CELL : 0) | (belt != null ? HAS_BELT : 0));
        Packed.writeUnsigned(cohortDay, out);
        out.writeByte(orders);
        if (cell != null) {
            out.writeByte(cell.segment().ordinal());
            Packed.writeString(cell.categoryId(), out);
            out.writeByte(n);
            int mask = Spells.mask(classes.keySet());
            out.writeByte(mask);
            for (DefectClass defectClass : Spells.classes(mask)) {
                OfClass ofClass = classes.get(defectClass);
                out.writeByte(ofClass.x);
                out.writeByte(ofClass.buyers);
                Packed.writeUnsigned(ofClass.knownOn == null ? 0 : ofClass.knownOn, out);
            }
        }
        if (belt != null) {
            belt.write(out);
            Packed.writeString(orderId, out);
        }
    }

    static Posting read(DataInput in) throws IOException {
        int parts = in.readByte();
        int cohortDay = Packed.readSmall(in);
        int orders = in.readByte();
        Cell cell = null;
        int n = 0;
        Map<DefectClass, OfClass> classes = Map.of();
        if ((parts & HAS_CELL) != 0) {
            cell = new Cell(Segment.values()[in.readByte()], Packed.readString(in));
            n = in.readByte();
            classes = new EnumMap<>(DefectClass.class);
            for (DefectClass defectClass : Spells.classes(in.readUnsignedByte())) {
                int x = in.readByte();
                int buyers = in.readByte();
                int knownOn = Packed.readSmall(in);
                classes.put(defectClass, new OfClass(x, buyers, knownOn == 0 ? null : knownOn));
            }
        }
        boolean named = (parts & HAS_BELT) != 0;
        Fact.Belt belt = named ? Fact.Belt.read(in) : null;
        return new Posting(cohortDay, cell, orders, n, classes, belt, named ? Packed.readString(in) : null);
    }
}
