package io.touchstone.io;

import io.touchstone.market.Arrival;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The clock of one partition: it trails the largest event time of what is no dead letter. A partition is idle once it was silent
 * for long enough while the broker answered: while it does not answer nothing is idle, so that an outage makes nothing late.
 */
final class EventTime<E> implements WatermarkStrategy<Arrival<E>> {
    private static final long serialVersionUID = 1;

    private final Duration maxOutOfOrderness;
    private final Duration idleTimeout;
    private final String clientIdPrefix;
    private final EventTimeOf<E> eventTime;

    /** Where an event keeps its time. */
    interface EventTimeOf<E> extends ToLongFunction<E>, Serializable {}

    EventTime(Duration maxOutOfOrderness, Duration idleTimeout, String clientIdPrefix, EventTimeOf<E> eventTime) {
        this.maxOutOfOrderness = maxOutOfOrderness;
        this.idleTimeout = idleTimeout;
        this.clientIdPrefix = clientIdPrefix;
        this.eventTime = eventTime;
    }

    @Override
    public TimestampAssigner<Arrival<E>> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (arrival, recordTimestamp) ->
                arrival.event() == null ? recordTimestamp : eventTime.applyAsLong(arrival.event());
    }

    @Override
    public WatermarkGenerator<Arrival<E>> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        // The Kafka source numbers its clients by subtask.
        String subtask = context.getMetricGroup().getAllVariables().getOrDefault("<subtask_index>", "0");
        return new Partition(context.getInputActivityClock(), clientIdPrefix + "-" + subtask);
    }

    private final class Partition implements WatermarkGenerator<Arrival<E>> {
        private static final long ANSWER_MS = 5_000;

        private final RelativeClock clock;
        private final String clientId;
        private long newest = Long.MIN_VALUE;
        private long silentSince;
        private long answeredFetches;
        private long answeredAt;

        Partition(RelativeClock clock, String clientId) {
            this.clock = clock;
            this.clientId = clientId;
            silentSince = clock.relativeTimeMillis();
            answeredAt = silentSince;
        }

        @Override
        public void onEvent(Arrival<E> arrival, long timestamp, WatermarkOutput output) {
            silentSince = clock.relativeTimeMillis();
            if (arrival.event() != null && timestamp > newest) {
                newest = timestamp;
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            long now = clock.relativeTimeMillis();
            long answered = FetchWatch.answeredFetches(clientId);
            if (answered != answeredFetches || answered < 0) {
                answeredFetches = answered;
                answeredAt = now;
            }
            if (now - answeredAt > ANSWER_MS) {
                silentSince = now;
            }
            if (now - silentSince >= idleTimeout.toMillis()) {
                output.markIdle();
                return;
            }
            output.markActive();
            if (newest != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(newest - maxOutOfOrderness.toMillis() - 1));
            }
        }
    }
}
