package io.touchstone.operators;

import io.touchstone.market.DeadLetter;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.Policy;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import io.touchstone.quality.OrderRecord;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Keeps the record of every order and tells the factories what changed. Orders share {@link #BUCKETS} keys: a record is an entry of
 * its bucket's map, and one midnight timer per bucket and day drops the records whose retention ends with it. Only rare things, an
 * open return or an event that waits for its order, have a timer of their own.
 */
public final class OrderRecordsOperator extends EventTimeOperator<Integer, OrderNews, Fact>
        implements OneInputStreamOperator<OrderNews, Fact> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    /** Never changed: it is how orders were divided in every state that was ever kept. */
    private static final int BUCKETS = 1024;

    private static final long serialVersionUID = 1;

    private final Policy policy;

    private transient MapState<String, byte[]> records;
    private transient MapState<String, byte[]> unmatched;
    private transient InternalListState<Integer, Integer, String> ending;
    private transient InternalTimerService<Integer> ends;
    private transient InternalTimerService<String> wakeUps;
    private transient Set<Long> registeredEnds;
    private transient Counter late;
    private transient Counter neverMatched;

    /** {@code until}: the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends. */
    public OrderRecordsOperator(Policy policy, long until) {
        super(policy.timeZone(), until);
        this.policy = policy;
    }

    /** The key of an order: its bucket. */
    public static int bucket(OrderNews news) {
        return Math.floorMod(news.orderId().hashCode(), BUCKETS);
    }

    @Override
    EventTimeBuffer<Integer, OrderNews> newBuffer(TaskInfo task) {
        return new EventTimeBuffer<>(
                task, OrderRecordsOperator::bucket, OrderNews::time, OrderNews::write, OrderNews::read);
    }

    @Override
    @SuppressWarnings("unchecked") // Flink hands out its internal states under their public types
    public void open() throws Exception {
        super.open();
        records = getPartitionedState(new MapStateDescriptor<>(
                "order-records", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
        unmatched = getPartitionedState(new MapStateDescriptor<>(
                "waiting-for-orders", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
        ending = (InternalListState<Integer, Integer, String>) getOrCreateKeyedState(
                IntSerializer.INSTANCE, new ListStateDescriptor<>("ending-orders", StringSerializer.INSTANCE));
        Due<Integer, Integer> dropEnded =
                timer -> dropEnded(timer.getKey(), timer.getNamespace(), timer.getTimestamp());
        ends = getInternalTimerService("ends", IntSerializer.INSTANCE, dropEnded);
        Due<Integer, String> wakeUp = timer -> take(timer.getNamespace(), List.of(), timer.getTimestamp());
        wakeUps = getInternalTimerService("wake-ups", StringSerializer.INSTANCE, wakeUp);
        registeredEnds = new HashSet<>();
        MetricGroup metrics = JobMetrics.of(getMetricGroup());
        late = metrics.counter("lateEvents");
        neverMatched = metrics.counter("unmatchedEvents");
    }

    @Override
    public void processElement(StreamRecord<OrderNews> element) throws IOException {
        OrderNews news = element.getValue();
        long closed = takenThrough(news);
        if (news.time() <= closed) {
            late.inc();
            await(news.at(closed + 1));
        } else {
            await(news);
        }
    }

    @Override
    void take(Integer bucket, List<OrderNews> due) throws Exception {
        setCurrentKey(bucket);
        Map<String, List<OrderNews>> byOrder = new HashMap<>();
        for (OrderNews news : due) {
            byOrder.computeIfAbsent(news.orderId(), id -> new ArrayList<>(2)).add(news);
        }
        for (Map.Entry<String, List<OrderNews>> order : byOrder.entrySet()) {
            order.getValue().sort(OrderNews.SEQUENCE);
            take(order.getKey(), order.getValue(), Long.MIN_VALUE);
        }
    }

    /** Takes what happened to an order in event-time order, or lets time go by to an instant. */
    private void take(String orderId, List<OrderNews> happened, long wakeAt) throws Exception {
        byte[] packed = records.get(orderId);
        OrderRecord record = packed == null
                ? new OrderRecord(orderId, policy, calendar)
                : OrderRecord.read(Bytes.in(packed), orderId, policy, calendar);
        OptionalLong endBefore = record.end();
        List<OrderNews> still = waitingFor(orderId);
        boolean waited = !still.isEmpty();
        long now = wakeAt;
        if (happened.isEmpty()) {
            record.wake(now).forEach(this::tell);
        }
        for (OrderNews news : happened) {
            now = news.time();
            apply(news, record, now, still);
        }
        settle(record, now, still);
        if (waited || !still.isEmpty()) {
            keepWaiting(orderId, still);
        }
        if (record.isOver(now) && (record.end().isEmpty() || forgetsOrders())) {
            records.remove(orderId);
            return;
        }
        records.put(orderId, Bytes.of(record::write));
        if (record.end().isPresent() && !record.end().equals(endBefore) && forgetsOrders()) {
            endsAt(record.end().getAsLong(), orderId);
        }
        OptionalLong wakeUp = record.nextWakeUp(now);
        // A job that forgets orders looks at each of them in its end anyway.
        boolean atEnd = wakeUp.equals(record.end());
        boolean wakes = !atEnd || (!forgetsOrders() && record.awaitsAnswers());
        if (wakeUp.isPresent() && wakes && wakeUp.getAsLong() <= until) {
            wakeUps.registerEventTimeTimer(orderId, wakeUp.getAsLong());
        }
    }

    /** A backtest knows in the end, of whatever still waits, whether its order ever came; a job that never ends must forget. */
    private boolean forgetsOrders() {
        return until == Long.MAX_VALUE;
    }

    private void apply(OrderNews news, OrderRecord record, long now, List<OrderNews> still) {
        if (news.order() != null) {
            record.apply(news.order(), now).forEach(this::tell);
            return;
        }
        // Whether it belongs to its order is a matter of its own time, however late it came.
        switch (record.match(news.eventTime(), now)) {
            case UNMATCHED -> die(news);
            case WAITING -> still.add(news);
            case MATCHED -> {}
        }
        (news.step() != null ? record.apply(news.step(), now) : record.apply(news.review(), now)).forEach(this::tell);
    }

    /** What waited and has found its order goes; what waits in vain dies. */
    private void settle(OrderRecord record, long now, List<OrderNews> still) {
        still.removeIf(news -> switch (record.match(news.eventTime(), now)) {
            case MATCHED -> true;
            case WAITING -> false;
            case UNMATCHED -> {
                die(news);
                yield true;
            }
        });
    }

    private void tell(Fact fact) {
        output.collect(new StreamRecord<>(fact));
    }

    private void die(OrderNews news) {
        neverMatched.inc();
        output.collect(
                DEAD_LETTERS,
                new StreamRecord<>(new DeadLetter(news.origin(), DeadLetter.Reason.UNMATCHED, "order_id")));
    }

    private void endsAt(long end, String orderId) throws Exception {
        int day = calendar.day(end);
        ending.setCurrentNamespace(day);
        ending.add(orderId);
        // Registering a timer again changes nothing, but costs a look into the state.
        if (registeredEnds.add((long) day * BUCKETS + (Integer) getCurrentKey())) {
            ends.registerEventTimeTimer(day, end);
        }
    }

    private void dropEnded(int bucket, int day, long end) throws Exception {
        registeredEnds.remove((long) day * BUCKETS + bucket);
        ending.setCurrentNamespace(day);
        Iterable<String> orders = ending.get();
        if (orders != null) {
            for (String orderId : orders) {
                byte[] packed = records.get(orderId);
                if (packed != null) {
                    take(orderId, List.of(), end);
                }
            }
        }
        ending.setCurrentNamespace(day);
        ending.clear();
    }

    private List<OrderNews> waitingFor(String orderId) throws Exception {
        byte[] packed = unmatched.get(orderId);
        return packed == null ? new ArrayList<>(0) : readWaiting(Bytes.in(packed));
    }

    /** Each of the news has its version; a later form of the list begins with a negative number. */
    static List<OrderNews> readWaiting(DataInput in) throws IOException {
        int size = in.readInt();
        if (size < 1) {
            throw new IOException("news that wait for an order are of a form that is newer than this program");
        }
        List<OrderNews> news = new ArrayList<>(size);
        for (int rest = size; rest > 0; rest--) {
            news.add(OrderNews.read(in));
        }
        return news;
    }

    static void writeWaiting(List<OrderNews> news, DataOutput out) throws IOException {
        out.writeInt(news.size());
        for (OrderNews one : news) {
            one.write(out);
        }
    }

    private void keepWaiting(String orderId, List<OrderNews> news) throws Exception {
        if (news.isEmpty()) {
            unmatched.remove(orderId);
            return;
        }
        unmatched.put(orderId, Bytes.of(out -> writeWaiting(news, out)));
    }
}
