package io.touchstone.operators;

import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.Fact;
import io.touchstone.quality.FactoryLedger;
import io.touchstone.quality.Journal;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the ledger of every factory and evaluates it when a local day closes. State per factory: the packed ledger and a journal of
 * what the open day has changed so far, both read once at midnight; a timer at that midnight; and entries for its buyer-days and
 * defects, by cohort day, so that a day goes as a whole.
 */
public final class FactoryLedgersOperator extends PolicyBoundOperator<String, Fact, Evaluation> {
    private static final long serialVersionUID = 1;

    private transient Journal journal;
    private transient ValueState<byte[]> ledgers;
    private transient ListState<byte[]> postings;
    private transient EntriesInState entries;
    private transient InternalTimerService<VoidNamespace> midnights;
    private transient int today;
    private transient Set<String> awake;
    private transient volatile long evaluationMillis;

    /** {@code until}: the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    public FactoryLedgersOperator(PolicyTimeline start, long until) {
        super(start, until);
    }

    @Override
    EventTimeBuffer<String, Fact> newBuffer(TaskInfo task) {
        return new EventTimeBuffer<>(task, fact -> fact.buyerDay().factoryId(), Fact::instant, Fact::write, Fact::read);
    }

    @Override
    public void open() throws Exception {
        super.open();
        today = Integer.MIN_VALUE;
        awake = new HashSet<>();
        journal = new Journal(policies.first(), calendar);
        ledgers = getPartitionedState(
                new ValueStateDescriptor<>("factory-ledger", BytePrimitiveArraySerializer.INSTANCE));
        postings = getPartitionedState(new ListStateDescriptor<>("journal", BytePrimitiveArraySerializer.INSTANCE));
        entries = new EntriesInState(getKeyedStateBackend());
        Due<String, VoidNamespace> evaluate = timer -> evaluate(timer.getKey(), calendar.day(timer.getTimestamp()));
        midnights = getInternalTimerService("midnights", VoidNamespaceSerializer.INSTANCE, evaluate);
        JobMetrics.of(getMetricGroup()).gauge("evaluationMillis", () -> evaluationMillis);
    }

    @Override
    void receive(Fact fact) throws IOException {
        await(fact);
    }

    /** Day by day: all facts of a day, then the midnight that ends it. */
    @Override
    void advance(long watermark) throws Exception {
        long through = now();
        for (long first = firstToCome(); first <= through && first < Long.MAX_VALUE; first = firstToCome()) {
            openDay(calendar.day(first));
            takeThrough(Math.min(through, calendar.midnight(today + 1) - 1));
        }
        if (through < Long.MAX_VALUE) {
            openDay(calendar.day(through));
        }
        passOn(watermark);
    }

    private void openDay(int day) throws Exception {
        if (day > today) {
            today = day;
            awake.clear();
            long begun = System.nanoTime();
            passOn(calendar.midnight(day));
            evaluationMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        }
    }

    @Override
    void take(String factoryId, List<Fact> facts) throws Exception {
        setCurrentKey(factoryId);
        facts.sort(Comparator.comparingLong(Fact::instant));
        postings.add(Bytes.of(out -> {
            for (Fact fact : facts) {
                journal.enter(fact, today, entries, out);
            }
        }));
        // Registering a timer again changes nothing, but costs a look into the state.
        if (awake.add(factoryId)) {
            evaluateOn(today + 1);
        }
    }

    private void evaluateOn(int day) {
        long midnight = calendar.midnight(day);
        if (midnight <= until) {
            midnights.registerEventTimeTimer(VoidNamespace.INSTANCE, midnight);
        }
    }

    private void evaluate(String factoryId, int day) throws Exception {
        FactoryLedger ledger = load(factoryId);
        Iterable<byte[]> posted = postings.get();
        if (posted != null) {
            for (byte[] some : posted) {
                for (DataInputDeserializer in = Bytes.in(some); in.available() > 0; ) {
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
            evaluateOn(day + 1);
            if (day == today) {
                awake.add(factoryId);
            }
        }
    }

    private FactoryLedger load(String factoryId) throws IOException {
        byte[] packed = ledgers.value();
        return packed == null
                ? new FactoryLedger(factoryId, policies, calendar)
                : FactoryLedger.read(Bytes.in(packed), factoryId, policies, calendar);
    }

    private void store(FactoryLedger ledger) throws IOException {
        ledgers.update(Bytes.of(ledger::write));
    }
}
