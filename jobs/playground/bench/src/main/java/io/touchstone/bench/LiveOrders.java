package io.touchstone.bench;

import io.touchstone.config.Options;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.io.AvroWire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes orders of one line to the topic, alike those of {@link Events}, at whatever event time they are wanted. */
final class LiveOrders implements AutoCloseable {
    private static final Duration TO_SHIPMENT = Duration.ofHours(6);
    private static final int BUYERS = 50_000;

    private final AvroWire<Order> wire = AvroWire.orders();
    private final KafkaProducer<String, byte[]> producer;
    private final String topic;
    private final int keys;
    private long sent;

    LiveOrders(Options.KafkaOptions kafka, int keys) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
        topic = kafka.topics().orders();
        this.keys = keys;
    }

    /** How many events were sent. */
    long sent() {
        return sent;
    }

    /** The next event of everyday traffic, PAID and SHIPPED by turns; prices of a sku differ by less than the tolerance. */
    void send(long eventTime, Callback appended) {
        SplittableRandom random = new SplittableRandom(sent);
        int sku = random.nextInt(keys);
        send(
                String.format("sku-%012d", sku),
                sent % 2 == 0 ? OrderStatus.PAID : OrderStatus.SHIPPED,
                eventTime,
                random.nextInt(BUYERS),
                1_000_000L + sku % 1000 + random.nextInt(1000),
                appended);
    }

    /** An order of one piece. */
    void send(String sku, OrderStatus status, long eventTime, int buyer, long priceMicros, Callback appended) {
        Instant at = Instant.ofEpochMilli(eventTime);
        Instant paidAt = status == OrderStatus.PAID ? at : at.minus(TO_SHIPMENT);
        String orderId = String.format("ord-%012d", sent);
        Order order = new Order(
                String.format("e%015d", sent),
                orderId,
                status,
                at,
                OrderType.REGULAR,
                "fac-" + sku.substring(sku.length() - 12),
                "cat-" + sent % 20,
                "belt-" + sent % 7,
                String.format("buy-%012d", buyer),
                BuyerSegment.values()[buyer % 4],
                paidAt,
                paidAt.plus(Duration.ofDays(2)),
                0,
                null,
                List.of(new OrderLine("1", sku, 1L, priceMicros, "CNY", Channel.WHOLESALE)));
        sent++;
        var unused = producer.send(new ProducerRecord<>(topic, orderId, wire.encode(order)), appended);
    }

    /** So many events of everyday traffic, evenly from an instant of event time to another. */
    void backlog(long events, long from, long to) {
        for (long i = 0; i < events; i++) {
            send(from + (to - from) * i / events, null);
        }
        flush();
    }

    /** Waits until everything is at the broker. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
