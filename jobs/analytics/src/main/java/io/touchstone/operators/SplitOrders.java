package io.touchstone.operators;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.price.ItemSeller;
import io.touchstone.price.KeyedLines;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sends the lines of an order on to their keys, and aside dead letters and who sells the items. The latter is said once a day per item,
 * and when it changes.
 */
public final class SplitOrders extends ProcessFunction<Arrival<OrderEvent>, KeyedLines> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    public static final OutputTag<ItemSeller> SELLERS = new OutputTag<>("sellers") {};

    private static final long serialVersionUID = 1;

    /** Whoever sells more than so many items is only told of them again. */
    private static final int REMEMBERED = 100_000;

    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private transient Counter events;
    private transient Map<String, ItemSeller> told;

    @Override
    public void open(OpenContext context) {
        events = JobMetrics.of(getRuntimeContext().getMetricGroup()).counter("eventsIn");
        told = new LinkedHashMap<>(1024, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, ItemSeller> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    @Override
    public void processElement(Arrival<OrderEvent> arrival, Context context, Collector<KeyedLines> out) {
        events.inc();
        if (arrival.letter() != null) {
            context.output(DEAD_LETTERS, arrival.letter());
        } else {
            OrderEvent order = arrival.event();
            for (KeyedLines lines : KeyedLines.of(order, arrival.origin())) {
                out.collect(lines);
                if (lines.kind() == KeyedLines.Kind.SHIPPED) {
                    tell(new ItemSeller(lines.subject(), lines.time(), order.factoryId(), order.categoryId()), context);
                }
            }
        }
    }

    private void tell(ItemSeller seller, Context context) {
        ItemSeller before = told.get(seller.subject());
        if (before == null
                || seller.since() / DAY_MS > before.since() / DAY_MS
                || !seller.factoryId().equals(before.factoryId())
                || !seller.categoryId().equals(before.categoryId())) {
            told.put(seller.subject(), seller);
            context.output(SELLERS, seller);
        }
    }
}
