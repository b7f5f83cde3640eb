package io.touchstone.operators;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.quality.BuyerDay;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.Fact;
import io.touchstone.quality.FactoryLedger;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Keeps the ledger of every factory and evaluates it when a local day closes. State per factory: one packed value with the next
 * day to evaluate, one timer at that midnight, and a small number per buyer-day, by cohort day, so that a day goes as a whole.
 */
public final class FactoryLedgersOperator extends AbstractStreamOperator<Evaluation>
        implements OneInputStreamOperator<Fact, Evaluation>, Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1;

    private final Policy policy;
    private final long until;

    private transient LocalCalendar calendar;
    private transient EventTimeBuffer<String, Fact> waiting;
    private transient WallPace pace;
    private transient ValueState<byte[]> ledgers;
    private transient InternalMapState<String, Integer, String, Integer> buyerDays;
    private transient InternalTimerService<VoidNamespace> midnights;

    /** {@code until}: the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    public FactoryLedgersOperator(Policy policy, long until) {
        this.policy = policy;
        this.until = until;
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    @SuppressWarnings("unchecked") // Flink hands out its internal states under their public types
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        calendar = new LocalCalendar(policy.timeZone());
        ledgers = getOrCreateKeyedState(
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>("factory-ledger", BytePrimitiveArraySerializer.INSTANCE));
        buyerDays = (InternalMapState<String, Integer, String, Integer>) getOrCreateKeyedState(
                IntSerializer.INSTANCE,
                new MapStateDescriptor<>("buyer-days", StringSerializer.INSTANCE, IntSerializer.INSTANCE));
        waiting = new EventTimeBuffer<>(
                getRuntimeContext().getTaskInfo(),
                fact -> fact.buyerDay().factoryId(),
                Fact::instant,
                Fact::write,
                Fact::read);
        if (context.isRestored()) {
            waiting.restore(context.getRawKeyedStateInputs());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        midnights = getInternalTimerService("midnights", VoidNamespaceSerializer.INSTANCE, this);
        pace = new WallPace(getProcessingTimeService(), this::advance);
        getMetricGroup().gauge("bufferedFacts", waiting::size);
    }

    @Override
    public void processElement(StreamRecord<Fact> element) {
        waiting.add(element.getValue());
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
        for (Map.Entry<String, List<Fact>> due : waiting.drain(through).entrySet()) {
            setCurrentKey(due.getKey());
            fold(due.getKey(), due.getValue(), through);
        }
        super.processWatermark(new Watermark(watermark));
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        fold(timer.getKey(), List.of(), Math.min(pace.watermark(), until));
    }

    /** Takes facts and midnights in their order; facts of one instant stay as they were told. */
    private void fold(String factoryId, List<Fact> facts, long through) throws Exception {
        List<Fact> ordered = new ArrayList<>(facts);
        ordered.sort(Comparator.comparingLong(Fact::instant));
        Open open = load(factoryId);
        int next = 0;
        while (true) {
            if (open == null) {
                if (next == ordered.size()) {
                    break;
                }
                int today = calendar.day(ordered.get(next).instant());
                open = new Open(new FactoryLedger(factoryId, policy, calendar), today + 1);
            }
            long midnight = calendar.midnight(open.day);
            while (next < ordered.size() && ordered.get(next).instant() < midnight) {
                apply(ordered.get(next++), open.ledger);
            }
            if (midnight > through) {
                break;
            }
            Evaluation evaluation = open.ledger.evaluate(open.day);
            if (evaluation.outcome() != Outcome.SKIPPED) {
                output.collect(new StreamRecord<>(evaluation));
            }
            buyerDays.setCurrentNamespace(FactoryLedger.firstBuyerDayAfter(open.day) - 1);
            buyerDays.clear();
            open = evaluation.outcome() == Outcome.FORGOTTEN ? null : new Open(open.ledger, open.day + 1);
        }
        store(open);
    }

    /** A ledger and the next day to evaluate. */
    private record Open(FactoryLedger ledger, int day) {}

    private void apply(Fact fact, FactoryLedger ledger) throws Exception {
        BuyerDay buyerDay = fact.buyerDay();
        buyerDays.setCurrentNamespace(buyerDay.cohortDay());
        String entry = buyerDay.segment().ordinal() + buyerDay.categoryId() + '\0' + buyerDay.buyerId();
        Integer orders = buyerDays.get(entry);
        int after = ledger.apply(fact, orders == null ? 0 : orders);
        if (after > 0) {
            buyerDays.put(entry, after);
        } else if (orders != null) {
            buyerDays.remove(entry);
        }
    }

    private Open load(String factoryId) throws Exception {
        byte[] packed = ledgers.value();
        if (packed == null) {
            return null;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed));
        int day = in.readInt();
        return new Open(FactoryLedger.read(in, factoryId, policy, calendar), day);
    }

    private void store(Open open) throws IOException {
        if (open == null) {
            ledgers.clear();
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(open.day);
        open.ledger.write(out);
        ledgers.update(bytes.toByteArray());
        long midnight = calendar.midnight(open.day);
        if (midnight <= until) {
            midnights.registerEventTimeTimer(VoidNamespace.INSTANCE, midnight);
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
