/** Kafka, PostgreSQL, files, Avro and JSON: the only place that knows them. */
package io.touchstone.io;
