/** The jobs' operators in one thread, through everything that can happen to them, against the oracle. */
package io.touchstone.simulation;
