/** Flink remembers here: order in event time, state, timers. What a value means is decided in the domain packages. */
package io.touchstone.operators;
