/**
 * What is the lowest recent price? Floors, breaches and their alerts for one key of (sku, channel, currency), as a fold over the
 * lines of orders in event-time order. Plain Java; times in epoch milliseconds, prices in millionths of the currency unit.
 */
package io.touchstone.price;
