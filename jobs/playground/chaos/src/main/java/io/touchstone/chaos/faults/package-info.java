/** The tests, one class each. */
package io.touchstone.chaos.faults;
