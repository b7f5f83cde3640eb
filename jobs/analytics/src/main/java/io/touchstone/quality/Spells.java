package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The classes in which an order is defective.
 *
 * @param since for each of them its {@code known_at}: the start of the current uninterrupted spell, epoch ms
 */
public record Spells(Map<DefectClass, Long> since) {
    static final Spells NONE = new Spells(Map.of());

    private static final DefectClass[] CLASSES = DefectClass.values();

    public Spells {
        // Most orders have none, and share the empty map.
        if (since.isEmpty()) {
            since = Map.of();
        } else {
            Map<DefectClass, Long> copy = new EnumMap<>(DefectClass.class);
            copy.putAll(since);
            since = Collections.unmodifiableMap(copy);
        }
    }

    /** The spells that are not among the others, or are so with another start. */
    Spells without(Spells others) {
        Map<DefectClass, Long> rest = new EnumMap<>(DefectClass.class);
        rest.putAll(since);
        rest.entrySet().removeAll(others.since.entrySet());
        return new Spells(rest);
    }

    /** {@code base} is any instant near the starts; the nearer, the smaller the bytes. */
    void write(long base, DataOutput out) throws IOException {
        out.writeByte(mask(since.keySet()));
        for (long start : since.values()) {
            Packed.writeSigned(start - base, out);
        }
    }

    static Spells read(long base, DataInput in) throws IOException {
        Map<DefectClass, Long> since = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : classes(in.readUnsignedByte())) {
            since.put(defectClass, base + Packed.readSigned(in));
        }
        return new Spells(since);
    }

    /** A set of classes as a byte. */
    static int mask(Set<DefectClass> classes) {
        return classes.stream().mapToInt(c -> 1 << c.ordinal()).sum();
    }

    /**
     * The set that {@link #mask} made a byte of.
     *
     * @throws IOException if a class is among them that only a newer version knows
     */
    static Set<DefectClass> classes(int mask) throws IOException {
        if (mask >> CLASSES.length != 0) {
            throw new IOException("a set of classes, " + mask + ", has one that is newer than this program");
        }
        Set<DefectClass> classes = EnumSet.noneOf(DefectClass.class);
        for (DefectClass defectClass : CLASSES) {
            if ((mask >> defectClass.ordinal() & 1) == 1) {
                classes.add(defectClass);
            }
        }
        return classes;
    }
}
