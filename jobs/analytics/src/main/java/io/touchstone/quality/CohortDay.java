package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One cohort day of a factory: what counts there, by cell. Defects are rare and kept one by one. */
final class CohortDay {
    private static final Comparator<Cell> BY_SEGMENT_AND_CATEGORY =
            Comparator.comparing(Cell::segment).thenComparing(Cell::categoryId, Ids.ORDER);

    private long orders;
    private final Map<Cell, Counts> cells = new TreeMap<>(BY_SEGMENT_AND_CATEGORY);

    /** What counts in one cell. */
    static final class Counts {
        private int buyers;
        private final Map<DefectClass, Defects> defects = new EnumMap<>(DefectClass.class);

        /** Distinct buyers with a counting order: the n of the contract. */
        int n() {
            return buyers;
        }

        /** Distinct buyers with a counting, defective order: the x of the contract. */
        int x(DefectClass defectClass) {
            Defects ofClass = defects.get(defectClass);
            return ofClass == null ? 0 : ofClass.buyers;
        }

        private void end(DefectClass defectClass, String orderId) {
            defects.computeIfPresent(defectClass, (c, ofClass) -> ofClass.without(orderId));
        }

        private void begin(DefectClass defectClass, Defect defect) {
            defects.computeIfAbsent(defectClass, c -> new Defects()).add(defect);
        }
    }

    /** The defects of one cell in one class. */
    private static final class Defects {
        private int buyers;
        private final List<Defect> orders = new ArrayList<>(1);

        void add(Defect defect) {
            if (!haveBuyer(defect.buyerId())) {
                buyers++;
            }
            orders.add(defect);
        }

        /** What is left without an order, null if nothing is. */
        Defects without(String orderId) {
            for (int i = 0; i < orders.size(); i++) {
                if (orders.get(i).orderId().equals(orderId)) {
                    String buyerId = orders.remove(i).buyerId();
                    if (!haveBuyer(buyerId)) {
                        buyers--;
                    }
                    break;
                }
            }
            return orders.isEmpty() ? null : this;
        }

        private boolean haveBuyer(String buyerId) {
            for (Defect defect : orders) {
                if (defect.buyerId().equals(buyerId)) {
                    return true;
                }
            }
            return false;
        }

        void write(DataOutput out) throws IOException {
            Packed.writeUnsigned(buyers, out);
            Packed.writeUnsigned(orders.size(), out);
            for (Defect defect : orders) {
                defect.write(out);
            }
        }

        static Defects read(DataInput in) throws IOException {
            Defects defects = new Defects();
            defects.buyers = Packed.readSmall(in);
            for (int order = Packed.readSmall(in); order > 0; order--) {
                defects.orders.add(Defect.read(in));
            }
            return defects;
        }
    }

    /** Counting orders. */
    long orders() {
        return orders;
    }

    Map<Cell, Counts> cells() {
        return cells;
    }

    Stream<Defect> defects(DefectClass defectClass) {
        return cells.values().stream()
                .map(counts -> counts.defects.get(defectClass))
                .filter(Objects::nonNull)
                .flatMap(defects -> defects.orders.stream());
    }

    /** Takes a change of the number of orders; one that is not known here cannot be taken away. */
    void addOrders(int change) {
        orders = Math.max(0, orders + change);
    }

    /**
     * Takes what a fact says of its cell.
     *
     * @param before counting orders of the fact's buyer-day so far
     * @return how many there are now
     */
    int apply(Fact fact, int before) {
        int after = Math.max(0, before + fact.orders());
        BuyerDay buyerDay = fact.buyerDay();
        Counts counts = cells.computeIfAbsent(buyerDay.cell(), cell -> new Counts());
        fact.ended().forEach(defectClass -> counts.end(defectClass, fact.orderId()));
        if (after > 0) {
            fact.begun()
                    .since()
                    .forEach((defectClass, knownAt) ->
                            counts.begin(defectClass, new Defect(fact.orderId(), buyerDay.buyerId(), knownAt)));
        }
        addOrders(after - before);
        counts.buyers += Integer.signum(after) - Integer.signum(before);
        if (counts.buyers == 0) {
            cells.remove(buyerDay.cell());
        }
        return after;
    }

    boolean isEmpty() {
        return orders == 0 && cells.isEmpty();
    }

    /** Ids of categories are written once per factory: {@code categories} numbers them. */
    void write(Map<String, Integer> categories, DataOutput out) throws IOException {
        Packed.writeUnsigned(orders, out);
        Packed.writeUnsigned(cells.size(), out);
        for (Map.Entry<Cell, Counts> cell : cells.entrySet()) {
            Counts counts = cell.getValue();
            out.writeByte(cell.getKey().segment().ordinal());
            Packed.writeUnsigned(categories.get(cell.getKey().categoryId()), out);
            Packed.writeUnsigned(counts.buyers, out);
            out.writeByte(Spells.mask(counts.defects.keySet()));
            for (Defects defects : counts.defects.values()) {
                defects.write(out);
            }
        }
    }

    static CohortDay read(List<String> categories, DataInput in) throws IOException {
        CohortDay day = new CohortDay();
        day.orders = Packed.readUnsigned(in);
        for (int cell = Packed.readSmall(in); cell > 0; cell--) {
            Segment segment = Segment.values()[in.readByte()];
            Counts counts = new Counts();
            day.cells.put(new Cell(segment, categories.get(Packed.readSmall(in))), counts);
            counts.buyers = Packed.readSmall(in);
            for (DefectClass defectClass : Spells.classes(in.readByte())) {
                counts.defects.put(defectClass, Defects.read(in));
            }
        }
        return day;
    }
}
