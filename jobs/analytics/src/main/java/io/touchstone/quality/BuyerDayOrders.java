package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The orders behind a buyer-day, in two bytes as long as none is defective. There is no byte for a version: what is kept has an
 * order and so never begins with a zero. A later form begins with one, and its version behind it.
 *
 * @param orders how many count
 * @param defective how many of them are defective, by class; classes without any are absent
 */
public record BuyerDayOrders(int orders, Map<DefectClass, Integer> defective) {
    private static final int VERSION = 1;

    public static final BuyerDayOrders NONE = new BuyerDayOrders(0, Map.of());

    BuyerDayOrders plus(int more) {
        return new BuyerDayOrders(Math.max(0, orders + more), defective);
    }

    BuyerDayOrders plusDefective(DefectClass defectClass, int more) {
        Map<DefectClass, Integer> changed = new EnumMap<>(DefectClass.class);
        changed.putAll(defective);
        changed.merge(defectClass, more, (before, change) -> before + change == 0 ? null : before + change);
        return new BuyerDayOrders(orders, changed);
    }

    int defective(DefectClass defectClass) {
        return defective.getOrDefault(defectClass, 0);
    }

    /** Packs it; not for {@link #NONE}, which is not kept. */
    public void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(orders, out);
        out.writeByte(Spells.mask(defective.keySet()));
        for (DefectClass defectClass : Spells.classes(Spells.mask(defective.keySet()))) {
            Packed.writeUnsigned(defective.get(defectClass), out);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static BuyerDayOrders read(DataInput in) throws IOException {
        int orders = Packed.readSmall(in);
        if (orders == 0) {
            throw Versions.unknown("orders of a buyer-day", in.readByte(), VERSION);
        }
        int mask = in.readUnsignedByte();
        if (mask == 0) {
            return new BuyerDayOrders(orders, Map.of());
        }
        Map<DefectClass, Integer> defective = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : Spells.classes(mask)) {
            defective.put(defectClass, Packed.readSmall(in));
        }
        return new BuyerDayOrders(orders, defective);
    }
}
