/**
 * How good is a factory? Plain Java in two halves with one record type between them: an {@link io.touchstone.quality.OrderRecord}
 * says when an order came to count and to be defective, as dated {@link io.touchstone.quality.Fact facts}; a
 * {@link io.touchstone.quality.FactoryLedger} adds up the facts of a factory and evaluates it at every local midnight.
 */
package io.touchstone.quality;
