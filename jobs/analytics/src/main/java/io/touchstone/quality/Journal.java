package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Facts on their way to the ledger of their factory: the entries that they touch change at once, and what they change in the
 * ledger is written down, to be {@linkplain FactoryLedger#post posted} at the next midnight. So a ledger is read and written once a
 * day, however many orders there are.
 *
 * <p>A job enters the facts with {@code instant < midnight(D)}, those of one order in the order in which they were told, before it
 * evaluates D; facts that came early have to wait for their day to close.
 */
public final class Journal {
    private static final int VERSION = 1;

    private final LocalCalendar calendar;
    private final int windowDays;

    public Journal(Policy policy, LocalCalendar calendar) {
        this.calendar = calendar;
        windowDays = policy.quality().windowDays();
    }

    /**
     * Takes a fact.
     *
     * @param today the local day that is open, an epoch day: the next evaluation of the factory is tomorrow's
     * @param entries of the fact's factory
     * @param out gets what has to be posted, behind a version byte
     */
    public void enter(Fact fact, int today, FactoryEntries entries, DataOutput out) throws IOException {
        int cohortDay = fact.buyerDay().cohortDay();
        Posting posting = cohortDay >= FactoryLedger.firstBuyerDayAfter(today)
                ? posting(fact, today, entries)
                : new Posting(cohortDay, null, fact.orders(), 0, Map.of(), fact.belt(), fact.orderId());
        write(posting, out);
    }

    static void write(Posting posting, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        posting.write(out);
    }

    static Posting read(DataInput in) throws IOException {
        Versions.check("a journal", in.readByte(), VERSION);
        return Posting.read(in);
    }

    private Posting posting(Fact fact, int today, FactoryEntries entries) {
        BuyerDay buyerDay = fact.buyerDay();
        BuyerDayOrders before = entries.orders(buyerDay);
        BuyerDayOrders after = before.plus(fact.orders());
        boolean inWindow = FactoryLedger.isInWindow(buyerDay.cohortDay(), today + 1, windowDays);
        Map<DefectClass, Posting.OfClass> classes = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : fact.classes()) {
            int change = 0;
            Integer knownOn = null;
            if (fact.ended().contains(defectClass)
                    && entries.remove(buyerDay.cohortDay(), defectClass, fact.orderId())) {
                change--;
            }
            Long knownAt = fact.begun().since().get(defectClass);
            if (knownAt != null && after.orders() > 0) {
                entries.put(
                        buyerDay.cohortDay(),
                        defectClass,
                        new Defect(fact.orderId(), buyerDay.buyerId(), buyerDay.segment(), knownAt));
                knownOn = calendar.day(knownAt);
                change++;
            }
            after = after.plusDefective(defectClass, change);
            int x = Integer.signum(after.defective(defectClass)) - Integer.signum(before.defective(defectClass));
            int buyers = inWindow ? count(defectClass, buyerDay.buyerId(), change, entries) : 0;
            if (x != 0 || buyers != 0 || knownOn != null) {
                classes.put(defectClass, new Posting.OfClass(x, buyers, knownOn));
            }
        }
        if (!after.equals(before)) {
            entries.put(buyerDay, after);
        }
        return new Posting(
                buyerDay.cohortDay(),
                buyerDay.cell(),
                after.orders() - before.orders(),
                Integer.signum(after.orders()) - Integer.signum(before.orders()),
                classes,
                fact.belt(),
                fact.orderId());
    }

    /**
     * Counts defective orders of a buyer in the window.
     *
     * @return the change of the number of buyers with any
     */
    static int count(DefectClass defectClass, String buyerId, int change, FactoryEntries entries) {
        if (change == 0) {
            return 0;
        }
        int before = entries.defectiveOrders(defectClass, buyerId);
        int after = Math.max(0, before + change);
        entries.putDefectiveOrders(defectClass, buyerId, after);
        return Integer.signum(after) - Integer.signum(before);
    }
}
