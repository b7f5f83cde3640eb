package io.touchstone.bench;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Something that takes events, and whose cost is measured.
 *
 * @param topics whether it takes all topics; else orders only
 */
record Contender(Topics topics, Definition definition) {
    /** What it takes. */
    enum Topics {
        ORDERS,
        ALL
    }

    /** Adds the work to a stream of records; it ends at an instant instead of waiting until everything is forgotten. */
    @FunctionalInterface
    interface Definition {
        void define(StreamExecutionEnvironment env, DataStream<byte[]> records, long until);
    }

    /** Throws away what comes out. */
    static void discard(DataStream<?> stream) {
        stream.sinkTo(new DiscardingSink<>()).name("discard").uid("discard-" + stream.getId());
    }
}
