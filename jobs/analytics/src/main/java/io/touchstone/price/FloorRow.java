package io.touchstone.price;

/**
 * A row of {@code price_floor_history}: from {@code validFrom} on the floor of the key in the tier is this.
 *
 * @param subject the {@link PriceKey} as text
 * @param minQuantity the tier, in pieces
 */
public record FloorRow(String subject, long minQuantity, long validFrom, Floor floor, String policyVersion) {}
