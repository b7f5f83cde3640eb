package io.touchstone.price;

/**
 * Which factory sells an item, and in which category, as a shipped order says.
 *
 * @param subject the {@link PriceKey} as text
 * @param since when that order was shipped, epoch ms
 */
public record ItemSeller(String subject, long since, String factoryId, String categoryId) {}
