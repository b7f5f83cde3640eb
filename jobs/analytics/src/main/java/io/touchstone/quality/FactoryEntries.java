package io.touchstone.quality;

import io.touchstone.policy.DefectClass;

/**
 * What is kept of one factory one by one, because it grows with its orders: a job keeps it in maps beside the ledger, so that an
 * evaluation reads no more of it than has changed.
 */
public interface FactoryEntries {

    /** The orders behind a buyer-day; {@link BuyerDayOrders#NONE} if there are none. */
    BuyerDayOrders orders(BuyerDay buyerDay);

    void put(BuyerDay buyerDay, BuyerDayOrders orders);

    /** Adds a defective order to a cohort day. */
    void put(int cohortDay, DefectClass defectClass, Defect defect);

    /** Takes a defective order away again; false if it was not known as one. */
    boolean remove(int cohortDay, DefectClass defectClass, String orderId);

    /** All defective orders of a cohort day, in any order. */
    Iterable<Defect> defects(int cohortDay, DefectClass defectClass);

    /** The number of a buyer's defective orders in the window of the next evaluation. */
    int defectiveOrders(DefectClass defectClass, String buyerId);

    /** Zero for none. */
    void putDefectiveOrders(DefectClass defectClass, String buyerId, int orders);
}
