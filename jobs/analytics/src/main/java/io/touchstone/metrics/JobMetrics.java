package io.touchstone.metrics;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What the jobs say of themselves beside what Flink says: everything is in group {@value #GROUP}, so that dashboards and alerting
 * rules find it as {@code flink_taskmanager_job_task_operator_touchstone_NAME}. Counts begin anew when a task does.
 */
public final class JobMetrics {
    private static final String GROUP = "touchstone";

    private JobMetrics() {}

    /** The group below an operator's own. */
    public static MetricGroup of(MetricGroup operator) {
        return operator.addGroup(GROUP);
    }

    /** How long ago an instant was, in milliseconds by the wall clock; not a number while there is none ({@link Long#MIN_VALUE}). */
    public static Gauge<Double> ageMillis(LongSupplier instant) {
        return () -> {
            long at = instant.getAsLong();
            return at == Long.MIN_VALUE ? Double.NaN : (double) (System.currentTimeMillis() - at);
        };
    }
}
