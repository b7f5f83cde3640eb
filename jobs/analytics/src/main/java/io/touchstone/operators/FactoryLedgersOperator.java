package io.touchstone.operators;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.Fact;
import io.touchstone.quality.FactoryLedger;
import io.touchstone.quality.Journal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
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

/**
 * Keeps the ledger of every factory and evaluates it when a local day closes. State per factory: the packed ledger and a journal of
 * what the open day has changed so far, both read once at midnight; a timer at that midnight; and entries for its buyer-days and
 * defects, by cohort day, so that a day goes as a whole.
 */
public final class FactoryLedgersOperator extends AbstractStreamOperator<Evaluation>
        implements OneInputStreamOperator<Fact, Evaluation>, Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1;

    private final Policy policy;
    private final long until;

    private transient LocalCalendar calendar;
    private transient EventTimeBuffer<String, Fact> waiting;
    private transient WallPace pace;
    private transient Journal journal;
    private transient ValueState<byte[]> ledgers;
    private transient ListState<byte[]> postings;
    private transient EntriesInState entries;
    private transient InternalTimerService<VoidNamespace> midnights;
    private transient int today;
    private transient Set<String> awake;

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
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        calendar = new LocalCalendar(policy.timeZone());
        journal = new Journal(policy, calendar);
        ledgers = getOrCreateKeyedState(
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>("factory-ledger", BytePrimitiveArraySerializer.INSTANCE));
        postings = getOrCreateKeyedState(
                VoidNamespaceSerializer.INSTANCE,
                new ListStateDescriptor<>("journal", BytePrimitiveArraySerializer.INSTANCE));
        entries = new EntriesInState(getKeyedStateBackend());
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
        today = Integer.MIN_VALUE;
        awake = new HashSet<>();
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

    /** Takes facts and midnights in their order. */
    private void advance(long watermark) throws Exception {
        long through = Math.min(watermark, until);
        for (long first = waiting.first(); first <= through; first = waiting.first()) {
            open(calendar.day(first));
            long endOfDay = calendar.midnight(today + 1) - 1;
            for (Map.Entry<String, List<Fact>> due :
                    waiting.drain(Math.min(through, endOfDay)).entrySet()) {
                setCurrentKey(due.getKey());
                enter(due.getKey(), due.getValue());
            }
        }
        if (through < Long.MAX_VALUE) {
            open(calendar.day(through));
        }
        super.processWatermark(new Watermark(watermark));
    }

    /** Closes all days before one, unless that has happened. */
    private void open(int day) throws Exception {
        if (day > today) {
            today = day;
            awake.clear();
            super.processWatermark(new Watermark(calendar.midnight(day)));
        }
    }

    /** Facts of one instant stay as they were told. */
    private void enter(String factoryId, List<Fact> facts) throws Exception {
        facts.sort(Comparator.comparingLong(Fact::instant));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        DataOutputStream out = new DataOutputStream(bytes);
        for (Fact fact : facts) {
            journal.enter(fact, today, entries, out);
        }
        postings.add(bytes.toByteArray());
        wake(factoryId, today + 1);
    }

    /** Has a factory evaluated; registering a timer again changes nothing, but costs a look into the state. */
    private void wake(String factoryId, int day) {
        long midnight = calendar.midnight(day);
        if (midnight <= until && awake.add(factoryId)) {
            midnights.registerEventTimeTimer(VoidNamespace.INSTANCE, midnight);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        int day = calendar.day(timer.getTimestamp());
        FactoryLedger ledger = load(timer.getKey());
        Iterable<byte[]> posted = postings.get();
        if (posted != null) {
            for (byte[] some : posted) {
                for (DataInputStream in = unpack(some); in.available() > 0; ) {
                    ledger.post(in);
                }
            }
            postings.clear();
        }
        Evaluation evaluation = ledger.evaluate(day, entries);
        if (evaluation.outcome() != Outcome.SKIPPED) {
            output.collect(new StreamRecord<>(evaluation));
        }
        entries.drop(FactoryLedger.firstBuyerDayAfter(day) - 1);
        if (evaluation.outcome() == Outcome.FORGOTTEN) {
            ledgers.clear();
        } else {
            store(ledger);
            awake.remove(timer.getKey());
            wake(timer.getKey(), day + 1);
        }
    }

    private FactoryLedger load(String factoryId) throws IOException {
        byte[] packed = ledgers.value();
        return packed == null
                ? new FactoryLedger(factoryId, policy, calendar)
                : FactoryLedger.read(unpack(packed), factoryId, policy, calendar);
    }

    private void store(FactoryLedger ledger) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        ledger.write(new DataOutputStream(bytes));
        ledgers.update(bytes.toByteArray());
    }

    private static DataInputStream unpack(byte[] packed) {
        return new DataInputStream(new ByteArrayInputStream(packed));
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
