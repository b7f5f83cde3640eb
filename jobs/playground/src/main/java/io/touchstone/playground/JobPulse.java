package io.touchstone.playground;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * How far the jobs of this JVM are, at this instant: Flink loads it as a metrics reporter, and it remembers the clocks
 * of operators and what they count. (The REST interface answers with what it fetched some seconds ago.)
 */
public final class JobPulse implements MetricReporter, MetricReporterFactory {
    private static final String WATERMARK = "currentInputWatermark";
    private static final Map<Part, Map<String, Metric>> METRICS = new ConcurrentHashMap<>();

    /** A metric of an operator of a job. */
    private record Part(String job, String operator, String metric) {
        static Part of(MetricGroup group, String metric) {
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
        return subtasks(job, operator, WATERMARK)
                .mapToLong(metric -> metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Long instant
                        ? instant
                        : Long.MIN_VALUE)
                .min();
    }

    /** What an operator has counted under a name; 0 while no subtask of it runs. */
    static long count(JobID job, String operator, String name) {
        return subtasks(job, operator, name)
                .mapToLong(metric -> metric instanceof Counter counter ? counter.getCount() : 0)
                .sum();
    }

    private static Stream<Metric> subtasks(JobID job, String operator, String name) {
        return METRICS.getOrDefault(new Part(job.toHexString(), operator, name), Map.of()).values().stream();
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return this;
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        Part part = isWatched(metric, name) ? Part.of(group, name) : null;
        if (part != null) {
            METRICS.computeIfAbsent(part, p -> new ConcurrentHashMap<>()).put(subtask(group), metric);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        Part part = isWatched(metric, name) ? Part.of(group, name) : null;
        if (part != null) {
            METRICS.computeIfPresent(part, (p, subtasks) -> {
                subtasks.remove(subtask(group), metric);
                return subtasks.isEmpty() ? null : subtasks;
            });
        }
    }

    private static boolean isWatched(Metric metric, String name) {
        return name.equals(WATERMARK) || metric instanceof Counter;
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
