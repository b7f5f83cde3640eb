package io.touchstone.playground;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * How far the jobs of this JVM are, at this instant: Flink loads it as a metrics reporter, and it remembers the clocks
 * of operators and the lag of sources. (The REST interface answers with what it fetched some seconds ago.)
 */
public final class JobPulse implements MetricReporter, MetricReporterFactory {
    private static final String WATERMARK = "currentInputWatermark";
    private static final String LAG = "pendingRecords";
    private static final Map<Part, Map<String, Metric>> METRICS = new ConcurrentHashMap<>();

    /** One number of one operator, which every subtask of it has. */
    private record Part(String job, String operator, String metric) {
        static Part of(String metric, MetricGroup group) {
            Map<String, String> scope = group.getAllVariables();
            String job = scope.get("<job_id>");
            String operator = scope.get("<operator_name>");
            return job == null || operator == null ? null : new Part(job, operator, metric);
        }
    }

    /** Lets the jobs of a cluster be watched. */
    static void enable(Configuration configuration) {
        configuration.setString("metrics.reporter.job-pulse.factory.class", JobPulse.class.getName());
    }

    /** The instant through which an operator has seen everything; empty while no subtask of it runs. */
    static OptionalLong watermark(JobID job, String operator) {
        return subtasks(job, operator, WATERMARK).values().stream()
                .mapToLong(metric -> value(metric, Long.MIN_VALUE))
                .min();
    }

    /** How many records in its topic a source has not fetched yet, by what its consumers last heard. */
    static long lag(JobID job, String source) {
        return subtasks(job, source, LAG).values().stream()
                .mapToLong(metric -> value(metric, 0))
                .sum();
    }

    private static long value(Metric metric, long otherwise) {
        return metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Long value ? value : otherwise;
    }

    private static Map<String, Metric> subtasks(JobID job, String operator, String metric) {
        return METRICS.getOrDefault(new Part(job.toHexString(), operator, metric), Map.of());
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return this;
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        if (name.equals(WATERMARK) || name.equals(LAG)) {
            Part part = Part.of(name, group);
            if (part != null) {
                METRICS.computeIfAbsent(part, p -> new ConcurrentHashMap<>()).put(subtask(group), metric);
            }
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        Part part = name.equals(WATERMARK) || name.equals(LAG) ? Part.of(name, group) : null;
        if (part != null) {
            METRICS.computeIfPresent(part, (p, subtasks) -> {
                subtasks.remove(subtask(group), metric);
                return subtasks.isEmpty() ? null : subtasks;
            });
        }
    }

    private static String subtask(MetricGroup group) {
        return group.getAllVariables().getOrDefault("<subtask_index>", "0");
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
