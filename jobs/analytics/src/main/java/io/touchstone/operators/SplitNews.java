package io.touchstone.operators;

import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.Origin;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.quality.OrderNews;
import java.io.Serializable;
import java.util.function.BiFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Sends what happened to an order on to its record, and dead letters aside. */
public final class SplitNews<E> extends ProcessFunction<Arrival<E>, OrderNews> {
    public static final OutputTag<DeadLetter> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

    private static final long serialVersionUID = 1;

    private final News<E> news;
    private transient Counter events;

    /** What an event means to quality. */
    public interface News<E> extends BiFunction<E, Origin, OrderNews>, Serializable {}

    public SplitNews(News<E> news) {
        this.news = news;
    }

    @Override
    public void open(OpenContext context) {
        events = JobMetrics.of(getRuntimeContext().getMetricGroup()).counter("eventsIn");
    }

    @Override
    public void processElement(Arrival<E> arrival, Context context, Collector<OrderNews> out) {
        events.inc();
        if (arrival.letter() != null) {
            context.output(DEAD_LETTERS, arrival.letter());
        } else {
            out.collect(news.apply(arrival.event(), arrival.origin()));
        }
    }
}
