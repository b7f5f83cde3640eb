package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One cohort day of a factory: what counts there, by cell. */
final class CohortDay {
    private static final Comparator<Cell> BY_SEGMENT_AND_CATEGORY =
            Comparator.comparing(Cell::segment).thenComparing(Cell::categoryId, Ids.ORDER);
    private static final DefectClass[] CLASSES = DefectClass.values();
    private static final int HAS_DEFECTS = 0x80;

    private long orders;
    private final Map<Cell, Counts> cells = new TreeMap<>(BY_SEGMENT_AND_CATEGORY);
    private final int[] knownOn = new int[CLASSES.length];

    /** What counts in one cell. */
    static final class Counts {
        private int n;
        private final int[] x = new int[CLASSES.length];

        /** Distinct buyers with a counting order: the n of the contract. */
        int n() {
            return n;
        }

        /** Distinct buyers with a counting, defective order: the x of the contract. */
        int x(DefectClass defectClass) {
            return x[defectClass.ordinal()];
        }

        private int mask() {
            int mask = 0;
            for (int i = 0; i < x.length; i++) {
                mask |= x[i] > 0 ? 1 << i : 0;
            }
            return mask;
        }
    }

    /** Counting orders. */
    long orders() {
        return orders;
    }

    Map<Cell, Counts> cells() {
        return cells;
    }

    boolean hasDefects(DefectClass defectClass) {
        for (Counts counts : cells.values()) {
            if (counts.x(defectClass) > 0) {
                return true;
            }
        }
        return false;
    }

    /** No defect of this day became known after this local day; it may have ended since. */
    int knownBy(DefectClass defectClass) {
        return knownOn[defectClass.ordinal()];
    }

    /** The defects that are left all became known by a local day. */
    void knownBy(DefectClass defectClass, int day) {
        knownOn[defectClass.ordinal()] = day;
    }

    /** Takes a change of its numbers; one that is not known here cannot be taken away. */
    void post(Posting posting) {
        orders = Math.max(0, orders + posting.orders());
        if (posting.cell() == null || (posting.n() == 0 && posting.classes().isEmpty())) {
            return;
        }
        Counts counts = cells.computeIfAbsent(posting.cell(), cell -> new Counts());
        counts.n += posting.n();
        posting.classes().forEach((defectClass, change) -> {
            int i = defectClass.ordinal();
            counts.x[i] += change.x();
            if (change.knownOn() != null) {
                knownOn[i] = Math.max(knownOn[i], change.knownOn());
            }
        });
        if (counts.n == 0) {
            cells.remove(posting.cell());
        }
    }

    boolean isEmpty() {
        return orders == 0 && cells.isEmpty();
    }

    /** Ids of categories are written once per factory: {@code categories} numbers them. Days are written relative to this one. */
    void write(int cohortDay, Map<String, Integer> categories, DataOutput out) throws IOException {
        Packed.writeUnsigned(orders, out);
        Packed.writeUnsigned(cells.size(), out);
        int all = 0;
        for (Map.Entry<Cell, Counts> cell : cells.entrySet()) {
            Counts counts = cell.getValue();
            int mask = counts.mask();
            all |= mask;
            int segment = cell.getKey().segment().ordinal();
            // Most cells have no defects, and then a byte less.
            out.writeByte(mask == 0 ? segment : segment | HAS_DEFECTS);
            if (mask != 0) {
                out.writeByte(mask);
            }
            Packed.writeUnsigned(categories.get(cell.getKey().categoryId()), out);
            Packed.writeUnsigned(counts.n, out);
            for (DefectClass defectClass : Spells.classes(mask)) {
                Packed.writeUnsigned(counts.x(defectClass), out);
            }
        }
        for (DefectClass defectClass : Spells.classes(all)) {
            Packed.writeSigned(knownBy(defectClass) - cohortDay, out);
        }
    }

    static CohortDay read(int cohortDay, List<String> categories, DataInput in) throws IOException {
        CohortDay day = new CohortDay();
        day.orders = Packed.readUnsigned(in);
        int all = 0;
        for (int cell = Packed.readSmall(in); cell > 0; cell--) {
            int first = in.readUnsignedByte();
            int mask = (first & HAS_DEFECTS) != 0 ? in.readUnsignedByte() : 0;
            all |= mask;
            Segment segment = Segment.values()[first & ~HAS_DEFECTS];
            Counts counts = new Counts();
            day.cells.put(new Cell(segment, categories.get(Packed.readSmall(in))), counts);
            counts.n = Packed.readSmall(in);
            for (DefectClass defectClass : Spells.classes(mask)) {
                counts.x[defectClass.ordinal()] = Packed.readSmall(in);
            }
        }
        for (DefectClass defectClass : Spells.classes(all)) {
            day.knownBy(defectClass, cohortDay + (int) Packed.readSigned(in));
        }
        return day;
    }
}
