package io.touchstone.price;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.PricePolicy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The deals of one key that can still decide a floor, in any tier, at any later instant. Of all deals it keeps the K-skyband
 * (K = {@code min_buyers}): a deal goes once a covering deal of the same buyer, or covering deals of K other buyers, are there.
 * So a day and tier hold at most K deals, and the book at most 31 days x tiers x K, however many were made; floor, literal
 * floor, status and capped number of buyers stay exact.
 */
final class FloorBook {
    /** Thirty full local days plus today so far. */
    static final int WINDOW_DAYS = 30;

    private static final int NEVER = Integer.MIN_VALUE;

    private final PricePolicy policy;
    private final LocalCalendar calendar;

    /** By price, lowest first. */
    private final List<Deal> deals = new ArrayList<>();

    /** Per tier the last CURRENT floor and the day at whose midnight it ceases to be carried; {@link #NEVER} if none is. */
    private final long[] carriedFloor;

    private final int[] carriedUntil;

    /** Bit b: there was a deal of tier b itself since its status was last NONE, so that its floor is published. */
    private int published;

    /** Not part of the packed value: what was published last, null if it was not asked for, and whether anything changed since. */
    private Floor[] shown;

    private boolean moved;

    FloorBook(PricePolicy policy, LocalCalendar calendar) {
        this.policy = policy;
        this.calendar = calendar;
        int tiers = policy.tiers().size();
        carriedFloor = new long[tiers];
        carriedUntil = new int[tiers];
        Arrays.fill(carriedUntil, NEVER);
    }

    /** The floor in a tier from the deals that have joined. */
    Floor floor(int tier) {
        String[] buyers = new String[policy.minBuyers()];
        int distinct = 0;
        Long literal = null;
        for (Deal deal : deals) {
            if (deal.tier() > tier || contains(buyers, distinct, deal.buyerId())) {
                continue;
            }
            if (literal == null) {
                literal = deal.priceMicros();
            }
            buyers[distinct++] = deal.buyerId();
            if (distinct == buyers.length) {
                return new Floor(Floor.Status.CURRENT, deal.priceMicros(), literal, distinct);
            }
        }
        if (carriedUntil[tier] != NEVER) {
            return new Floor(Floor.Status.CARRIED, carriedFloor[tier], literal, distinct);
        }
        return literal == null ? Floor.NONE : new Floor(Floor.Status.THIN, null, literal, distinct);
    }

    private static boolean contains(String[] buyers, int size, String buyer) {
        for (int i = 0; i < size; i++) {
            if (buyers[i].equals(buyer)) {
                return true;
            }
        }
        return false;
    }

    /** The floors as {@link #publish} saw them last, by tier: NONE for a tier without a deal of its own. */
    Floor[] published() {
        if (shown == null) {
            shown = floors();
        }
        return shown;
    }

    /** After everything of an instant: the floors as they are now; where the status is NONE only the next own deal publishes again. */
    Floor[] publish() {
        if (shown == null || moved) {
            shown = floors();
            moved = false;
            for (int tier = 0; tier < shown.length; tier++) {
                if (shown[tier].status() == Floor.Status.NONE) {
                    published &= ~(1 << tier);
                }
            }
        }
        return shown;
    }

    private Floor[] floors() {
        Floor[] floors = new Floor[carriedUntil.length];
        Arrays.setAll(floors, tier -> isPublished(tier) ? floor(tier) : Floor.NONE);
        return floors;
    }

    private boolean isPublished(int tier) {
        return ((published >> tier) & 1) != 0;
    }

    /** Adds a deal on the local day {@code today}; one that was paid before the window is no candidate, but has its tier published. */
    void join(Deal deal, int today) {
        moved |= !isPublished(deal.tier());
        published |= 1 << deal.tier();
        if (deal.paidDay() < today - WINDOW_DAYS || isSuperfluous(deal)) {
            return;
        }
        moved = true;
        int at = 0;
        while (at < deals.size() && deals.get(at).priceMicros() <= deal.priceMicros()) {
            at++;
        }
        deals.add(at, deal);
        // Only what the newcomer covers can have become superfluous, and nothing cheaper is covered by it.
        for (int i = deals.size() - 1; i >= 0 && deals.get(i).priceMicros() >= deal.priceMicros(); i--) {
            Deal old = deals.get(i);
            if (!old.equals(deal) && deal.covers(old) && isSuperfluous(old)) {
                deals.remove(i);
            }
        }
        for (int tier = deal.tier(); tier < carriedUntil.length; tier++) {
            if (carriedUntil[tier] != NEVER && floor(tier).status() == Floor.Status.CURRENT) {
                carriedUntil[tier] = NEVER;
            }
        }
    }

    /** Whether the deals in the book make it impossible that this one ever decides a floor. */
    private boolean isSuperfluous(Deal deal) {
        String[] others = new String[policy.minBuyers()];
        int distinct = 0;
        for (Deal other : deals) {
            if (other.priceMicros() > deal.priceMicros()) {
                break;
            }
            if (other.equals(deal) || !other.covers(deal)) {
                continue;
            }
            if (other.buyerId().equals(deal.buyerId())) {
                return true;
            }
            if (!contains(others, distinct, other.buyerId())) {
                others[distinct++] = other.buyerId();
                if (distinct == others.length) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * At the first instant of a local day: deals leave the window, floors begin or cease to be carried.
     *
     * @param carryDays for how long a floor is carried that begins to be today
     */
    void midnight(int today, int carryDays) {
        int tiers = carriedUntil.length;
        for (int tier = 0; tier < tiers; tier++) {
            if (carriedUntil[tier] != NEVER && today >= carriedUntil[tier]) {
                carriedUntil[tier] = NEVER;
                moved = true;
            }
        }
        if (oldestDay() >= today - WINDOW_DAYS) {
            return;
        }
        moved = true;
        Floor[] before = new Floor[tiers];
        Arrays.setAll(before, this::floor);
        deals.removeIf(deal -> deal.paidDay() < today - WINDOW_DAYS);
        if (carryDays == 0) {
            return;
        }
        for (int tier = 0; tier < tiers; tier++) {
            if (before[tier].status() == Floor.Status.CURRENT && floor(tier).status() != Floor.Status.CURRENT) {
                carriedUntil[tier] = today + carryDays;
                carriedFloor[tier] = before[tier].floorMicros();
            }
        }
    }

    private int oldestDay() {
        int oldest = Integer.MAX_VALUE;
        for (Deal deal : deals) {
            oldest = Math.min(oldest, deal.paidDay());
        }
        return oldest;
    }

    /** The next midnight at which {@link #midnight} changes something; {@link Long#MAX_VALUE} if none is to come. */
    long nextMidnight() {
        int next = deals.isEmpty() ? Integer.MAX_VALUE : oldestDay() + WINDOW_DAYS + 1;
        for (int until : carriedUntil) {
            if (until != NEVER) {
                next = Math.min(next, until);
            }
        }
        return next == Integer.MAX_VALUE ? Long.MAX_VALUE : calendar.midnight(next);
    }

    boolean isEmpty() {
        return deals.isEmpty() && Arrays.stream(carriedUntil).allMatch(until -> until == NEVER);
    }

    int size() {
        return deals.size();
    }

    void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(published, out);
        int carried = 0;
        for (int tier = 0; tier < carriedUntil.length; tier++) {
            carried |= carriedUntil[tier] == NEVER ? 0 : 1 << tier;
        }
        Packed.writeUnsigned(carried, out);
        for (int tier = 0; tier < carriedUntil.length; tier++) {
            if (carriedUntil[tier] != NEVER) {
                Packed.writeUnsigned(carriedUntil[tier], out);
                Packed.writeUnsigned(carriedFloor[tier], out);
            }
        }
        Packed.writeUnsigned(deals.size(), out);
        long price = 0;
        for (Deal deal : deals) {
            Packed.writeUnsigned(deal.priceMicros() - price, out);
            Packed.writeUnsigned(deal.paidDay(), out);
            out.writeByte(deal.tier());
            Packed.writeString(deal.buyerId(), out);
            price = deal.priceMicros();
        }
    }

    /** {@code carriedSince}: the floors were written with the day from which, and not until which, they are carried. */
    static FloorBook read(DataInput in, boolean carriedSince, PricePolicy policy, LocalCalendar calendar)
            throws IOException {
        FloorBook book = new FloorBook(policy, calendar);
        book.published = Packed.readSmall(in);
        int carried = Packed.readSmall(in);
        for (int tier = 0; tier < book.carriedUntil.length; tier++) {
            if (((carried >> tier) & 1) != 0) {
                book.carriedUntil[tier] = Packed.readSmall(in) + (carriedSince ? policy.carryDays() : 0);
                book.carriedFloor[tier] = Packed.readUnsigned(in);
            }
        }
        int size = Packed.readSmall(in);
        long price = 0;
        for (int i = 0; i < size; i++) {
            price += Packed.readUnsigned(in);
            int paidDay = Packed.readSmall(in);
            int tier = in.readByte();
            book.deals.add(new Deal(Packed.readString(in), paidDay, tier, price));
        }
        return book;
    }
}
