package io.touchstone.operators;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import io.touchstone.price.PriceAlert;
import io.touchstone.price.PriceLedger;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Puts the lines of each key into event-time order and folds them into its {@link PriceLedger}. State per key: one packed value
 * and at most one timer, at the key's next midnight; what waits for the watermark is in an {@link EventTimeBuffer}.
 *
 * <p>Lines that come behind the watermark are late: a deal still joins, at the first instant that is open; a payment is not
 * judged but goes to {@link #DEAD_LETTERS}.
 */
public final class PriceFloorOperator extends AbstractStreamOperator<FloorRow>
        implements OneInputStreamOperator<KeyedLines, FloorRow>, Triggerable<String, VoidNamespace> {
    public static final OutputTag<Breach> BREACHES = new OutputTag<>("breaches") {};
    public static final OutputTag<PriceAlert> ALERTS = new OutputTag<>("alerts") {};
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final long serialVersionUID = 1;

    private final Policy policy;
    private final long until;

    private transient LocalCalendar calendar;
    private transient EventTimeBuffer<String, KeyedLines> waiting;
    private transient WallPace pace;
    private transient ValueState<byte[]> ledgers;
    private transient InternalTimerService<VoidNamespace> midnights;
    private transient PriceLedger.Findings findings;
    private transient Counter late;

    /** {@code until}: the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    public PriceFloorOperator(Policy policy, long until) {
        this.policy = policy;
        this.until = until;
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        calendar = new LocalCalendar(policy.timeZone());
        ledgers = getOrCreateKeyedState(
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>("price-ledger", BytePrimitiveArraySerializer.INSTANCE));
        waiting = new EventTimeBuffer<>(
                getRuntimeContext().getTaskInfo(),
                KeyedLines::subject,
                KeyedLines::time,
                KeyedLines::write,
                KeyedLines::read);
        if (context.isRestored()) {
            waiting.restore(context.getRawKeyedStateInputs());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        midnights = getInternalTimerService("midnights", VoidNamespaceSerializer.INSTANCE, this);
        pace = new WallPace(getProcessingTimeService(), this::advance);
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
        late = getMetricGroup().counter("lateLines");
        getMetricGroup().gauge("bufferedLines", waiting::size);
    }

    @Override
    public void processElement(StreamRecord<KeyedLines> element) {
        KeyedLines lines = element.getValue();
        long closed = Math.max(pace.watermark(), waiting.foldedThrough(lines));
        if (lines.time() > closed) {
            waiting.add(lines.withoutOrigin());
            return;
        }
        late.inc();
        if (lines.kind() == KeyedLines.Kind.PAID) {
            DeadLetter letter = new DeadLetter(lines.origin(), DeadLetter.Reason.LATE, "event_time");
            output.collect(DEAD_LETTERS, new StreamRecord<>(letter));
        } else {
            waiting.add(lines.at(closed + 1));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        pace.watermark(mark.getTimestamp());
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        super.processWatermarkStatus(status);
        pace.status(status);
    }

    private void advance(long watermark) throws Exception {
        long through = Math.min(watermark, until);
        for (Map.Entry<String, List<KeyedLines>> due : waiting.drain(through).entrySet()) {
            setCurrentKey(due.getKey());
            fold(due.getKey(), due.getValue(), through);
        }
        super.processWatermark(new Watermark(watermark));
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        fold(timer.getKey(), List.of(), Math.min(pace.watermark(), until));
    }

    private void fold(String key, List<KeyedLines> lines, long through) throws Exception {
        byte[] packed = ledgers.value();
        PriceLedger ledger = packed == null
                ? new PriceLedger(key, policy, calendar)
                : PriceLedger.fromBytes(packed, key, policy, calendar);
        long before = ledger.nextMidnight();
        ledger.fold(lines, through, findings);
        if (ledger.isEmpty()) {
            ledgers.clear();
        } else {
            ledgers.update(ledger.toBytes());
        }
        long next = ledger.nextMidnight();
        if (next != before) {
            if (before != Long.MAX_VALUE) {
                midnights.deleteEventTimeTimer(VoidNamespace.INSTANCE, before);
            }
            if (next <= until && next != Long.MAX_VALUE) {
                midnights.registerEventTimeTimer(VoidNamespace.INSTANCE, next);
            }
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("nothing here waits for the wall clock");
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waiting.snapshot(context.getRawKeyedOperatorStateOutput(), pace.watermark());
    }
}
