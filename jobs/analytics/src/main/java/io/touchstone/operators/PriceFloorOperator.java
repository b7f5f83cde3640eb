package io.touchstone.operators;

import io.touchstone.market.DeadLetter;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import io.touchstone.price.PriceAlert;
import io.touchstone.price.PriceLedger;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Puts the lines of each key into event-time order and folds them into its {@link PriceLedger}. State per key: one packed value
 * and at most one timer, at the key's next midnight; what waits for the watermark is in an {@link EventTimeBuffer}, and the
 * ledgers that were used last are in a {@link WriteBackCache}.
 *
 * <p>Lines that come behind the watermark are late: a deal still joins, at the first instant that is open; a payment is not
 * judged but goes to {@link #DEAD_LETTERS}.
 */
public final class PriceFloorOperator extends PolicyBoundOperator<String, KeyedLines, FloorRow> {
    public static final OutputTag<Breach> BREACHES = new OutputTag<>("breaches") {};
    public static final OutputTag<PriceAlert> ALERTS = new OutputTag<>("alerts") {};
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final long serialVersionUID = 1;

    private transient WriteBackCache<String> ledgers;
    private transient InternalTimerService<VoidNamespace> midnights;
    private transient PriceLedger.Findings findings;
    private transient Counter late;

    /** {@code until}: the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    public PriceFloorOperator(PolicyTimeline start, long until) {
        super(start, until);
    }

    @Override
    EventTimeBuffer<String, KeyedLines> newBuffer(TaskInfo task) {
        return new EventTimeBuffer<>(task, KeyedLines::subject, KeyedLines::time, KeyedLines::write, KeyedLines::read);
    }

    @Override
    public void open() throws Exception {
        super.open();
        ledgers = new WriteBackCache<>(
                getPartitionedState(new ValueStateDescriptor<>("price-ledger", BytePrimitiveArraySerializer.INSTANCE)),
                this::setCurrentKey,
                WriteBackCache.shareOf(getContainingTask().getEnvironment().getTaskManagerInfo()));
        Due<String, VoidNamespace> fold = timer -> take(timer.getKey(), List.of());
        midnights = getInternalTimerService("midnights", VoidNamespaceSerializer.INSTANCE, fold);
        findings = new PriceLedger.Findings() {
            @Override
            public void floor(FloorRow row) {
                output.collect(new StreamRecord<>(row));
            }

            @Override
            public void breach(Breach breach) {
                output.collect(BREACHES, new StreamRecord<>(breach));
            }

            @Override
            public void alert(PriceAlert alert) {
                output.collect(ALERTS, new StreamRecord<>(alert));
            }
        };
        MetricGroup metrics = JobMetrics.of(getMetricGroup());
        late = metrics.counter("lateEvents");
        metrics.gauge("cachedBytes", ledgers::held);
    }

    @Override
    void receive(KeyedLines lines) throws IOException {
        long closed = takenThrough(lines);
        if (lines.time() > closed) {
            await(lines.withoutOrigin());
            return;
        }
        late.inc();
        if (lines.kind() == KeyedLines.Kind.PAID) {
            DeadLetter letter = new DeadLetter(lines.origin(), DeadLetter.Reason.LATE, "event_time");
            output.collect(DEAD_LETTERS, new StreamRecord<>(letter));
        } else {
            await(lines.at(closed + 1));
        }
    }

    @Override
    void take(String key, List<KeyedLines> lines) throws Exception {
        ledgers.update(key, (before, after) -> fold(key, lines, before, after));
    }

    private boolean fold(String key, List<KeyedLines> lines, DataInputView packed, DataOutputView after)
            throws IOException {
        PriceLedger ledger = packed == null
                ? new PriceLedger(key, policies, calendar)
                : PriceLedger.read(packed, key, policies, calendar);
        long before = ledger.nextMidnight();
        ledger.fold(lines, now(), findings);
        long next = ledger.nextMidnight();
        if (next != before) {
            setCurrentKey(key);
            if (before != Long.MAX_VALUE) {
                midnights.deleteEventTimeTimer(VoidNamespace.INSTANCE, before);
            }
            if (next <= until && next != Long.MAX_VALUE) {
                midnights.registerEventTimeTimer(VoidNamespace.INSTANCE, next);
            }
        }
        if (ledger.isEmpty()) {
            return false;
        }
        ledger.write(after);
        return true;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        ledgers.flush();
        super.snapshotState(context);
    }
}
