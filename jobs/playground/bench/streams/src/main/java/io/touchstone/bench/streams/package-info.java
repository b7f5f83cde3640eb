/** Kafka Streams as a peer of the price floor, in a process of its own. */
package io.touchstone.bench.streams;
