package io.touchstone.io;

import io.touchstone.alert.AlertStatus;
import io.touchstone.metrics.JobMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Counts the alerts that pass, by kind: {@code alerts}, revisions since the task began, and {@code openEpisodes}. An episode may
 * open in one task and end in another, after a rescaling: only the sum over all tasks means anything.
 */
public final class AlertCounts extends RichMapFunction<AlertMessage, AlertMessage> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    private final List<String> kinds;
    private transient Map<String, Tally> tallies;

    /** What is known of a kind. */
    private static final class Tally {
        private final ListState<Long> kept;
        private final AtomicLong open = new AtomicLong();
        private Counter alerts;

        Tally(ListState<Long> kept) throws Exception {
            this.kept = kept;
            for (long share : kept.get()) {
                open.addAndGet(share);
            }
        }
    }

    /** {@code kinds}: all that may come. */
    public AlertCounts(List<String> kinds) {
        this.kinds = List.copyOf(kinds);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        tallies = new HashMap<>();
        for (String kind : kinds) {
            tallies.put(
                    kind,
                    new Tally(context.getOperatorStateStore()
                            .getListState(
                                    new ListStateDescriptor<>("open-episodes-" + kind, LongSerializer.INSTANCE))));
        }
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = JobMetrics.of(getRuntimeContext().getMetricGroup());
        tallies.forEach((kind, tally) -> {
            MetricGroup ofKind = metrics.addGroup("kind", kind);
            tally.alerts = ofKind.counter("alerts");
            ofKind.gauge("openEpisodes", tally.open::get);
        });
    }

    @Override
    public AlertMessage map(AlertMessage alert) {
        Tally tally = tallies.get(alert.kind());
        tally.alerts.inc();
        if (alert.status() == AlertStatus.OPENED) {
            tally.open.incrementAndGet();
        } else if (alert.status().closed()) {
            tally.open.decrementAndGet();
        }
        return alert;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        for (Tally tally : tallies.values()) {
            tally.kept.update(List.of(tally.open.get()));
        }
    }
}
