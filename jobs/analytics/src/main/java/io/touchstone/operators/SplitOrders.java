package io.touchstone.operators;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.price.KeyedLines;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends the lines of an order on to their keys, and dead letters aside. */
public final class SplitOrders extends ProcessFunction<Arrival<OrderEvent>, KeyedLines> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final long serialVersionUID = 1;

    private transient Counter events;

    @Override
    public void open(OpenContext context) {
        events = JobMetrics.of(getRuntimeContext().getMetricGroup()).counter("eventsIn");
    }

    @Override
    public void processElement(Arrival<OrderEvent> arrival, Context context, Collector<KeyedLines> out) {
        events.inc();
        if (arrival.letter() != null) {
            context.output(DEAD_LETTERS, arrival.letter());
        } else {
            KeyedLines.of(arrival.event(), arrival.origin()).forEach(out::collect);
        }
    }
}
