/** What Flink's own processes load beside Flink: the gate of their REST interface. */
package io.touchstone.flink;
