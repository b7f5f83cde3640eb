/**
 * A believable market to play: factories in belts, buyers by segment, seasons and festivals, deliveries, returns and
 * reviews, and, among them, planted price rises and faults that must be caught, and innocents that must not. A pure
 * function of its seed, start and length.
 */
package io.touchstone.playground.traffic;
