package io.touchstone.operators;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.price.ItemSeller;
import io.touchstone.price.KeyedLines;
import java.time.Duration;
import java.util.List;
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

    /** A power of two. If there are more items some are told of again, which changes nothing. */
    private static final int REMEMBERED = 1 << 20;

    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private transient Counter events;

    /** By the item's hash, a fingerprint of what was told last. */
    private transient long[] told;

    @Override
    public void open(OpenContext context) {
        events = JobMetrics.of(getRuntimeContext().getMetricGroup()).counter("eventsIn");
        told = new long[REMEMBERED];
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
        int slot = seller.subject().hashCode() & (REMEMBERED - 1);
        long what = fingerprint(seller);
        if (told[slot] != what) {
            told[slot] = what;
            context.output(SELLERS, seller);
        }
    }

    /** FNV-1a, of 64 bits, so that no two things are taken for one another. */
    private static long fingerprint(ItemSeller seller) {
        long hash = 0xcbf29ce484222325L ^ (seller.since() / DAY_MS);
        for (String text : List.of(seller.subject(), seller.factoryId(), seller.categoryId())) {
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
            }
            hash = (hash ^ Character.MAX_VALUE) * 0x100000001b3L;
        }
        return hash;
    }
}
