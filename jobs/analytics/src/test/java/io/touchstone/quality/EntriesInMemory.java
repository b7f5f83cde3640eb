package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries of one factory, in maps; all of them packed and read again around each use. */
final class EntriesInMemory implements FactoryEntries {
    private final Map<BuyerDay, byte[]> buyerDays = new HashMap<>();
    private final Map<DefectKey, byte[]> defects = new HashMap<>();
    private final Map<String, Integer> buyers = new HashMap<>();

    private int defectsRead;

    private record DefectKey(int cohortDay, DefectClass defectClass, String orderId) {}

    Map<BuyerDay, byte[]> buyerDays() {
        return buyerDays;
    }

    boolean isEmpty() {
        return buyerDays.isEmpty() && defects.isEmpty() && buyers.isEmpty();
    }

    /** Forgets the days before one. */
    void drop(int before) {
        buyerDays.keySet().removeIf(unit -> unit.cohortDay() < before);
        defects.keySet().removeIf(key -> key.cohortDay < before);
    }

    @Override
    public BuyerDayOrders orders(BuyerDay buyerDay) {
        byte[] packed = buyerDays.get(buyerDay);
        return packed == null ? BuyerDayOrders.NONE : QualityDriver.read(packed, BuyerDayOrders::read);
    }

    @Override
    public void put(BuyerDay buyerDay, BuyerDayOrders orders) {
        if (orders.orders() == 0) {
            buyerDays.remove(buyerDay);
        } else {
            buyerDays.put(buyerDay, QualityDriver.pack(orders::write));
        }
    }

    @Override
    public void put(int cohortDay, DefectClass defectClass, Defect defect) {
        defects.put(new DefectKey(cohortDay, defectClass, defect.orderId()), QualityDriver.pack(defect::write));
    }

    @Override
    public boolean remove(int cohortDay, DefectClass defectClass, String orderId) {
        return defects.remove(new DefectKey(cohortDay, defectClass, orderId)) != null;
    }

    /** How many defects were read by day. */
    int defectsRead() {
        return defectsRead;
    }

    @Override
    public List<Defect> defects(int cohortDay, DefectClass defectClass) {
        List<Defect> found = find(cohortDay, defectClass);
        defectsRead += found.size();
        return found;
    }

    private List<Defect> find(int cohortDay, DefectClass defectClass) {
        return defects.entrySet().stream()
                .filter(entry -> entry.getKey().cohortDay == cohortDay && entry.getKey().defectClass == defectClass)
                .map(entry -> QualityDriver.read(entry.getValue(), in -> Defect.read(in, entry.getKey().orderId)))
                .toList();
    }

    @Override
    public int defectiveOrders(DefectClass defectClass, String buyerId) {
        return buyers.getOrDefault(defectClass + buyerId, 0);
    }

    @Override
    public void putDefectiveOrders(DefectClass defectClass, String buyerId, int orders) {
        if (orders == 0) {
            buyers.remove(defectClass + buyerId);
        } else {
            buyers.put(defectClass + buyerId, orders);
        }
    }
}
