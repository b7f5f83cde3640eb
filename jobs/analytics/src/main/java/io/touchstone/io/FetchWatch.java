package io.touchstone.io;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Knows whether a consumer still gets answers: Kafka's clients load it as a metrics reporter, and it remembers their count of
 * answered fetches. Silence with answers is idleness, silence without is an outage.
 */
public final class FetchWatch implements MetricsReporter {
    private static final Map<String, KafkaMetric> ANSWERED_FETCHES = new ConcurrentHashMap<>();

    /** How many fetches a consumer had answered; -1 if there is no such consumer (then it has no partitions to reach). */
    static long answeredFetches(String clientId) {
        KafkaMetric metric = ANSWERED_FETCHES.get(clientId);
        return metric != null && metric.metricValue() instanceof Number count ? count.longValue() : -1;
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        if (isFetchCount(metric)) {
            ANSWERED_FETCHES.put(clientId(metric), metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        if (isFetchCount(metric)) {
            ANSWERED_FETCHES.remove(clientId(metric), metric);
        }
    }

    private static boolean isFetchCount(KafkaMetric metric) {
        return metric.metricName().name().equals("fetch-total")
                && metric.metricName().group().equals("consumer-fetch-manager-metrics");
    }

    private static String clientId(KafkaMetric metric) {
        return String.valueOf(metric.metricName().tags().get("client-id"));
    }

    @Override
    public void close() {
        // Each metric is removed as its consumer closes.
    }

    @Override
    public void configure(Map<String, ?> configuration) {
        // There is nothing to configure.
    }
}
