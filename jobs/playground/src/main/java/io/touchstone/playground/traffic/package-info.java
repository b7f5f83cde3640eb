/**
 * A believable market to play: factories in belts, buyers by segment, seasons and festivals, and, among them, a few
 * planted price rises that must be caught and a few innocents that must not. A pure function of its seed, start and
 * length.
 */
package io.touchstone.playground.traffic;
