package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Turns every record of a topic into an arrival: bad bytes become a dead letter, never an exception. */
public final class ArrivalDeserializer<E> implements KafkaRecordDeserializationSchema<Arrival<E>> {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    /** The types of what arrives. */
    public static final TypeInformation<Arrival<OrderEvent>> ORDERS = TypeInformation.of(new TypeHint<>() {});

    static final TypeInformation<Arrival<ReturnEvent>> RETURNS = TypeInformation.of(new TypeHint<>() {});
    static final TypeInformation<Arrival<ReviewEvent>> REVIEWS = TypeInformation.of(new TypeHint<>() {});

    private final Duration maxClockSkew;
    private final Opening<E> opening;
    private final TypeInformation<Arrival<E>> type;
    private transient Reader<E> reader;

    /** Makes a reader where it is needed. */
    private interface Opening<E> extends Serializable {
        Reader<E> open();
    }

    /** Lets a record in that is sound. */
    private interface Reader<E> {
        /** {@code latest}: the last instant that an event of it may have. */
        Arrival<E> read(Origin origin, ConsumerRecord<byte[], byte[]> record, long latest) throws Refusal;
    }

    private ArrivalDeserializer(Duration maxClockSkew, TypeInformation<Arrival<E>> type, Opening<E> opening) {
        this.maxClockSkew = maxClockSkew;
        this.type = type;
        this.opening = opening;
    }

    public static ArrivalDeserializer<OrderEvent> orders(Policy policy, Duration maxClockSkew) {
        return new ArrivalDeserializer<>(maxClockSkew, ORDERS, () -> {
            AvroWire<Order> wire = AvroWire.orders();
            Admission admission = new Admission(policy);
            return (origin, record, latest) -> {
                OrderEvent order = Facts.of(wire.decode(origin.value()));
                admission.check(order, latest);
                return Arrival.of(origin, order);
            };
        });
    }

    public static ArrivalDeserializer<ReturnEvent> returns(Duration maxClockSkew) {
        return new ArrivalDeserializer<>(maxClockSkew, RETURNS, () -> {
            AvroWire<OrderReturn> wire = AvroWire.returns();
            return (origin, record, latest) -> {
                ReturnEvent step = Facts.of(wire.decode(origin.value()));
                Admission.check(step.eventTime(), latest);
                return Arrival.of(origin, step);
            };
        });
    }

    /** A review goes on without its text: nothing behind this point may keep it, not even to wait for its order. */
    public static ArrivalDeserializer<ReviewEvent> reviews(Duration maxClockSkew) {
        return new ArrivalDeserializer<>(maxClockSkew, REVIEWS, () -> {
            AvroWire<Review> wire = AvroWire.reviews();
            return (origin, record, latest) -> {
                Review wired = wire.decode(origin.value());
                ReviewEvent review = Facts.of(wired);
                Admission.check(review.eventTime(), latest);
                if (wired.getText() == null) {
                    return Arrival.of(origin, review);
                }
                wired.setText(null);
                Origin textless = new Origin(origin.topic(), origin.partition(), origin.offset(), wire.encode(wired));
                return Arrival.of(textless, review);
            };
        });
    }

    /** A policy is its own contract: what is wrong with it is said in full. {@code start}: the policy the job starts with. */
    static ArrivalDeserializer<PolicyChange> policies(Policy start, TypeInformation<Arrival<PolicyChange>> type) {
        return new ArrivalDeserializer<>(
                Duration.ZERO,
                type,
                () -> (origin, record, appended) ->
                        Arrival.of(origin, PolicyMessage.read(record.key(), origin.value(), appended, start)));
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = opening.open();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Arrival<E>> out) {
        if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
            throw new IllegalStateException("topic " + record.topic() + " stamps records with " + record.timestampType()
                    + ", but has to be set to message.timestamp.type=LogAppendTime:"
                    + " what is too far in the future is judged by the append time");
        }
        byte[] value = record.value() == null ? NOTHING : record.value();
        Origin origin = new Origin(record.topic(), record.partition(), record.offset(), value);
        Arrival<E> arrival;
        try {
            arrival = reader.read(origin, record, record.timestamp() + maxClockSkew.toMillis());
        } catch (Refusal refusal) {
            DeadLetter letter = refusal.letter(origin);
            arrival = Arrival.dead(letter);
        }
        out.collect(arrival);
    }

    @Override
    public TypeInformation<Arrival<E>> getProducedType() {
        return type;
    }
}
