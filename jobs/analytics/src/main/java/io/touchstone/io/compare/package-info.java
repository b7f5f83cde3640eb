/** What another policy would have done: two outputs of the backtest, side by side. */
package io.touchstone.io.compare;
