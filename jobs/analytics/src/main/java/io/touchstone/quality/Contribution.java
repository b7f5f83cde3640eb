package io.touchstone.quality;

/**
 * What a counting order adds to its factory.
 *
 * @param defects the classes in which it is defective, and since when
 */
public record Contribution(BuyerDay buyerDay, Spells defects) {}
