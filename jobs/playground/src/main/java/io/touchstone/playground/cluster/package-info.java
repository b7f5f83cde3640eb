/** A cluster of real processes on one machine, and what operates it: start, deploy, replay, export. */
package io.touchstone.playground.cluster;
