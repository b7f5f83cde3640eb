/** Everything embedded and never shipped: a real broker, a real database, believable traffic. */
package io.touchstone.playground;
