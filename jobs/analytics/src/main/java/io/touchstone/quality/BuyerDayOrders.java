package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * The orders behind a buyer-day, in two bytes as long as none is defective.
 *
 * @param orders how many count
 * @param defective how many of them are defective, by class; classes without any are absent
 */
public record BuyerDayOrders(int orders, Map<DefectClass, Integer> defective) {
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

    public void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(orders, out);
        out.writeByte(Spells.mask(defective.keySet()));
        for (DefectClass defectClass : Spells.classes(Spells.mask(defective.keySet()))) {
            Packed.writeUnsigned(defective.get(defectClass), out);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static BuyerDayOrders read(DataInput in) throws IOException {
        int orders = Packed.readSmall(in);
        int mask = in.readByte();
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
