/**
 * What happened on the marketplace: orders, returns and reviews as validated facts, and the local calendar they are read by.
 * Plain Java; every time is in epoch milliseconds.
 */
package io.touchstone.market;
