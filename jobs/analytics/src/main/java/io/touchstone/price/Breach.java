package io.touchstone.price;

/**
 * A row of {@code price_breach}: a line that was paid above its floor by more than the tolerance.
 *
 * @param tier in pieces
 * @param excessBp how far above the floor, in basis points, rounded down
 * @param alertId the key's alert that is open once the order has acted; null if none is
 */
public record Breach(
        String orderId,
        String lineId,
        String factoryId,
        String subject,
        long quantity,
        long tier,
        String buyerId,
        long paidAt,
        long priceMicros,
        Floor floor,
        long excessBp,
        String alertId,
        String policyVersion) {

    Breach underAlert(String alertId) {
        return new Breach(
                orderId,
                lineId,
                factoryId,
                subject,
                quantity,
                tier,
                buyerId,
                paidAt,
                priceMicros,
                floor,
                excessBp,
                alertId,
                policyVersion);
    }
}
