package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Properties;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.util.NetUtils;

/**
 * Flink's Prometheus reporter for a machine that others can reach: it listens on loopback only, where Flink's own listens on every
 * address. Option {@code port} is a range; the first free one is taken. In this package because the metrics are seen in it alone.
 */
public final class LoopbackPrometheusReporter extends AbstractPrometheusReporter implements MetricReporterFactory {
    private HTTPServer server;

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return this;
    }

    @Override
    public void open(MetricConfig config) {
        super.open(config);
        String range = config.getString("port", "9249-9299");
        for (Iterator<Integer> ports = NetUtils.getPortRangeFromString(range); server == null; ) {
            if (!ports.hasNext()) {
                throw new IllegalStateException("no port of metrics.reporter.prom.port, " + range + ", is free");
            }
            int port = ports.next();
            try {
                server = new HTTPServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), registry, true);
                log.info("Metrics for Prometheus are at http://127.0.0.1:{}/metrics", port);
            } catch (BindException taken) {
                log.debug("port {} is taken", port);
            } catch (IOException e) {
                throw new IllegalStateException("metrics cannot be shown on port " + port, e);
            }
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
        super.close();
    }
}
