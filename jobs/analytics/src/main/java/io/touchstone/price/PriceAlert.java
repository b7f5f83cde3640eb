package io.touchstone.price;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import java.util.List;

/**
 * A revision of a PRICE_BREACH episode, with everything needed to recompute it by hand.
 *
 * @param subject the {@link PriceKey} as text
 * @param factoryId of the opening order, in all revisions
 * @param at the order or midnight that made the revision
 * @param openedAt when the opening order was paid
 * @param orders how many orders the episode holds
 * @param maxExcessBp the largest excess among them, in basis points
 * @param listed up to twenty of them, newest first
 * @param conformingLeft how many more conforming orders in a row end the episode
 * @param expiresAt the midnight that ends the episode if no further order breaches
 */
public record PriceAlert(
        String alertId,
        int revision,
        AlertStatus status,
        Severity severity,
        String subject,
        String factoryId,
        long at,
        long openedAt,
        long orders,
        long maxExcessBp,
        List<BreachingOrder> listed,
        int conformingLeft,
        long expiresAt,
        String policyVersion) {

    /** The kind of every alert of this type. */
    public static final String KIND = "PRICE_BREACH";

    /** Distinct buyers of the listed orders. */
    public int buyers() {
        return (int) listed.stream().map(BreachingOrder::buyerId).distinct().count();
    }
}
