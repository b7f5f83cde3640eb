package io.touchstone.io;

import io.touchstone.market.Arrival;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.policy.Policy;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Turns every record of the topic into an arrival: bad bytes become a dead letter, never an exception. */
final class OrderDeserializer implements KafkaRecordDeserializationSchema<Arrival<OrderEvent>> {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    private final Policy policy;
    private final Duration maxClockSkew;
    private transient Admission admission;
    private transient AvroWire<io.touchstone.event.Order> wire;

    OrderDeserializer(Policy policy, Duration maxClockSkew) {
        this.policy = policy;
        this.maxClockSkew = maxClockSkew;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        admission = new Admission(policy);
        wire = AvroWire.orders();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Arrival<OrderEvent>> out) {
        if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
            throw new IllegalStateException("topic " + record.topic() + " stamps records with " + record.timestampType()
                    + ", but has to be set to message.timestamp.type=LogAppendTime:"
                    + " what is too far in the future is judged by the append time");
        }
        byte[] value = record.value() == null ? NOTHING : record.value();
        Origin origin = new Origin(record.topic(), record.partition(), record.offset(), value);
        try {
            OrderEvent order = Facts.of(wire.decode(value));
            admission.check(order, record.timestamp() + maxClockSkew.toMillis());
            out.collect(Arrival.of(origin, order));
        } catch (Refusal refusal) {
            out.collect(Arrival.dead(refusal.letter(origin)));
        }
    }

    @Override
    public TypeInformation<Arrival<OrderEvent>> getProducedType() {
        return ARRIVALS;
    }

    /** The type of arrived orders. */
    static final TypeInformation<Arrival<OrderEvent>> ARRIVALS = TypeInformation.of(new TypeHint<>() {});
}
