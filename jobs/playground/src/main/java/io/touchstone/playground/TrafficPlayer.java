package io.touchstone.playground;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.io.AvroWire;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes the orders of a market at a pace, in the order of their times. All of a day is in the topic before the next
 * day begins, so that no partition gets far ahead of another. {@link #play} belongs to one thread, the counts are for
 * all.
 */
final class TrafficPlayer implements AutoCloseable {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final AvroWire<Order> wire = AvroWire.orders();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong deals = new AtomicLong();
    private volatile long eventTime;

    TrafficPlayer(String bootstrapServers, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "traffic-player",
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        64 * 1024,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /**
     * Plays a market from its first instant to its last.
     *
     * @param speed how much faster than in reality time goes
     * @param reached is told the time of each event before it is sent
     */
    void play(Market market, double speed, LongConsumer reached) throws Exception {
        long start = System.nanoTime();
        long nextDay = market.begin() + DAY_MS;
        eventTime = market.begin();
        for (Traffic traffic : market) {
            if (traffic.eventTime() >= nextDay) {
                flush();
                nextDay += DAY_MS;
            }
            waitUntil(start + (long) ((traffic.eventTime() - market.begin()) / speed * 1e6));
            reached.accept(traffic.eventTime());
            publish(null, traffic.key(), (Order) traffic.value());
        }
        waitUntil(start + (long) ((market.end() - market.begin()) / speed * 1e6));
        flush();
    }

    /** Moves the clock on every partition: an order that is delivered at the instant, and changes nothing else. */
    void moveClock(long instant) throws Exception {
        for (PartitionInfo partition : producer.partitionsFor(topic)) {
            String id = "clock-" + partition.partition();
            Instant at = Instant.ofEpochMilli(instant);
            Order order = Order.newBuilder()
                    .setEventId(id)
                    .setOrderId(id)
                    .setStatus(OrderStatus.DELIVERED)
                    .setEventTime(at)
                    .setType(OrderType.SAMPLE)
                    .setFactoryId("clock")
                    .setCategoryId("clock")
                    .setBeltId("clock")
                    .setBuyerId("clock")
                    .setBuyerSegment(BuyerSegment.CONSUMER)
                    .setPaidAt(at)
                    .setShipBy(at)
                    .setLeadDays(0)
                    .setLines(List.of(OrderLine.newBuilder()
                            .setLineId("1")
                            .setSkuId("clock")
                            .setQuantity(1)
                            .setUnitPriceMicros(1)
                            .setCurrency("CNY")
                            .setChannel(Channel.WHOLESALE)
                            .build()))
                    .build();
            publish(partition.partition(), id, order);
        }
        flush();
    }

    private void publish(Integer partition, String key, Order order) throws Exception {
        var unused = producer.send(new ProducerRecord<>(topic, partition, key, wire.encode(order)), (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        events.incrementAndGet();
        if (order.getStatus() == OrderStatus.PAID) {
            orders.incrementAndGet();
        } else if (order.getStatus() == OrderStatus.SHIPPED && order.getType() == OrderType.REGULAR) {
            deals.addAndGet(order.getLines().size());
        }
        eventTime = order.getEventTime().toEpochMilli();
    }

    private void flush() throws Exception {
        producer.flush();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void waitUntil(long nanoTime) throws InterruptedException {
        long ahead = nanoTime - System.nanoTime();
        if (ahead > 1_000_000) {
            TimeUnit.NANOSECONDS.sleep(ahead);
        }
    }

    /** How many events were published. */
    long events() {
        return events.get();
    }

    /** How many orders were paid. */
    long orders() {
        return orders.get();
    }

    /** How many lines of regular orders were shipped. */
    long deals() {
        return deals.get();
    }

    /** The time of the newest published event. */
    long eventTime() {
        return eventTime;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
