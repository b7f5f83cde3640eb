package io.touchstone.bench.streams;

import io.touchstone.io.ArrivalDeserializer;
import io.touchstone.market.Arrival;
import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Deserializer;

/** Orders as the bench publishes them, decoded and checked as the jobs do it; null if one is a dead letter. */
final class OrderDeserializer implements Deserializer<OrderEvent>, Collector<Arrival<OrderEvent>> {
    private final ArrivalDeserializer<OrderEvent> orders =
            ArrivalDeserializer.orders(Policy.DEFAULT, Duration.ofMinutes(10));
    private Arrival<OrderEvent> arrival;

    OrderDeserializer() {
        orders.open(null);
    }

    /** {@code tagged}: the first byte tells the topic. */
    @Override
    public OrderEvent deserialize(String topic, byte[] tagged) {
        byte[] value = Arrays.copyOfRange(tagged, 1, tagged.length);
        orders.deserialize(
                new ConsumerRecord<>(
                        topic,
                        0,
                        0L,
                        Long.MAX_VALUE / 2,
                        TimestampType.LOG_APPEND_TIME,
                        0,
                        value.length,
                        null,
                        value,
                        new RecordHeaders(),
                        Optional.empty()),
                this);
        return arrival.event();
    }

    @Override
    public void collect(Arrival<OrderEvent> next) {
        arrival = next;
    }

    @Override
    public void close() {}
}
