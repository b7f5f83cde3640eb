/** Seeded events, published at a pace, and remembered line by line for the backtest that judges what came of them. */
package io.touchstone.chaos.load;
