package io.touchstone;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What no cluster's configuration may change, because state or correctness hangs on it. */
final class JobSettings {
    /** Never changed: it divides the keys of every state that was ever kept. */
    static final int MAX_PARALLELISM = 128;

    private JobSettings() {}

    static void apply(StreamExecutionEnvironment env) {
        env.setMaxParallelism(MAX_PARALLELISM);
        Configuration settings = new Configuration();
        // A type that would fall to Kryo, or an operator without a name of its own, is an error at the start.
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        // Everything that flows is immutable.
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        env.configure(settings);
    }
}
