package io.touchstone.bench;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** What Flink itself measures of the jobs of this JVM, at this instant: Flink loads it as a metrics reporter. */
public final class Meters implements MetricReporter, MetricReporterFactory {
    private static final String JOB = "";
    private static final Map<Meter, Set<Metric>> METRICS = new ConcurrentHashMap<>();

    /** A metric of an operator, or of the job; one per subtask. */
    private record Meter(String operator, String name) {
        static Meter of(MetricGroup group, String name) {
            return new Meter(group.getAllVariables().getOrDefault("<operator_name>", JOB), name);
        }
    }

    /** Lets the jobs of a cluster be watched; one job at a time. */
    static void enable(Configuration configuration) {
        configuration.setString("metrics.reporter.bench.factory.class", Meters.class.getName());
    }

    /** A metric of an operator, all subtasks together; 0 while it does not run. */
    static long sum(String operator, String name) {
        return METRICS.getOrDefault(new Meter(operator, name), Set.of()).stream()
                .mapToLong(Meters::value)
                .sum();
    }

    /** A metric of the job. */
    static long job(String name) {
        return sum(JOB, name);
    }

    private static long value(Metric metric) {
        if (metric instanceof Counter counter) {
            return counter.getCount();
        }
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return this;
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        METRICS.computeIfAbsent(Meter.of(group, name), meter -> ConcurrentHashMap.newKeySet())
                .add(metric);
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        METRICS.computeIfPresent(Meter.of(group, name), (meter, subtasks) -> {
            subtasks.remove(metric);
            return subtasks.isEmpty() ? null : subtasks;
        });
    }

    @Override
    public void open(MetricConfig config) {
        // There is nothing to configure.
    }

    @Override
    public void close() {
        // Each metric is removed as its task ends.
    }
}
