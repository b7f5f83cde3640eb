package io.touchstone.io;

import io.touchstone.market.Arrival;
import io.touchstone.policy.PolicyChange;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * The clock of the policies: the instant through which every change is known. A change acts no earlier than it was appended, so
 * that is the append time of the newest record; and, once the topic was read to its end, the time of the last answer of the
 * broker, less a margin. While the broker does not answer this clock stands still, and event time waits for it.
 */
final class PolicyTime implements WatermarkStrategy<Arrival<PolicyChange>> {
    private static final long serialVersionUID = 1;

    /** Covers what clocks differ by, and a task that was stopped between an answer and its records: longer, and Flink restarts it. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final String clientIdPrefix;

    PolicyTime(String clientIdPrefix) {
        this.clientIdPrefix = clientIdPrefix;
    }

    @Override
    public TimestampAssigner<Arrival<PolicyChange>> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (arrival, appended) -> appended;
    }

    @Override
    public WatermarkGenerator<Arrival<PolicyChange>> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        return new Clock(clientIdPrefix + "-0");
    }

    private static final class Clock implements WatermarkGenerator<Arrival<PolicyChange>> {
        /** The first may have been asked for before the last record came. */
        private static final int ANSWERS_AT_END = 2;

        private final String clientId;
        private long appended = Long.MIN_VALUE;
        private long answeredFetches = -1;
        private int answersInSilence;

        Clock(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public void onEvent(Arrival<PolicyChange> arrival, long timestamp, WatermarkOutput output) {
            appended = Math.max(appended, timestamp);
            answersInSilence = 0;
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            long through = appended == Long.MIN_VALUE ? Long.MIN_VALUE : appended - 1;
            long answered = FetchWatch.answeredFetches(clientId);
            if (answered > answeredFetches) {
                answersInSilence++;
                if (answersInSilence >= ANSWERS_AT_END) {
                    through = Math.max(through, System.currentTimeMillis() - MARGIN.toMillis());
                }
            }
            answeredFetches = answered;
            if (through != Long.MIN_VALUE) {
                output.emitWatermark(new Watermark(through));
            }
        }
    }
}
