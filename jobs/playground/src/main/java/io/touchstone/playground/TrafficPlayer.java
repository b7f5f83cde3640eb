package io.touchstone.playground;

import io.touchstone.config.Options;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
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
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes the orders, returns and reviews of a market at a pace, in the order of their times. All of a day is in the
 * topics before the next day begins, so that no partition gets far ahead of another. {@link #play} belongs to one
 * thread, the counts are for all.
 */
final class TrafficPlayer implements AutoCloseable {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final Options.Topics topics;
    private final KafkaProducer<String, byte[]> producer;
    private final AvroWire<Order> orderWire = AvroWire.orders();
    private final AvroWire<OrderReturn> returnWire = AvroWire.returns();
    private final AvroWire<Review> reviewWire = AvroWire.reviews();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong orders = new AtomicLong();
    private final AtomicLong deals = new AtomicLong();
    private final AtomicLong returns = new AtomicLong();
    private final AtomicLong reviews = new AtomicLong();
    private volatile long eventTime;
    private String newestOrder;

    TrafficPlayer(String bootstrapServers, Options.Topics topics) {
        this.topics = topics;
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
            publish(null, traffic.key(), traffic.value());
            eventTime = traffic.eventTime();
        }
        waitUntil(start + (long) ((market.end() - market.begin()) / speed * 1e6));
        flush();
    }

    /** Moves the clock on every partition of every topic, by events that change nothing else. */
    void moveClock(long instant) throws Exception {
        Instant at = Instant.ofEpochMilli(instant);
        for (PartitionInfo partition : producer.partitionsFor(topics.orders())) {
            publish(partition.partition(), "clock", ClockOrder.of("clock-" + partition.partition(), at));
        }
        // Nothing can be withdrawn that was never opened, and of a review only the first rating counts.
        for (PartitionInfo partition : producer.partitionsFor(topics.returns())) {
            String id = "clock-" + partition.partition();
            publish(
                    partition.partition(),
                    newestOrder,
                    new OrderReturn(id, id, newestOrder, ReturnStage.WITHDRAWN, at, ReturnReason.OTHER, null));
        }
        for (PartitionInfo partition : producer.partitionsFor(topics.reviews())) {
            String id = "clock-" + partition.partition();
            publish(
                    partition.partition(),
                    newestOrder,
                    new Review(id, id, newestOrder, ReviewStage.EDITED, at, 5, List.of(), null));
        }
        eventTime = instant;
        flush();
    }

    private void publish(Integer partition, String key, SpecificRecord value) throws Exception {
        var unused = producer.send(record(partition, key, value), (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        events.incrementAndGet();
    }

    private ProducerRecord<String, byte[]> record(Integer partition, String key, SpecificRecord value) {
        if (value instanceof Order order) {
            count(order);
            return new ProducerRecord<>(topics.orders(), partition, key, orderWire.encode(order));
        }
        if (value instanceof OrderReturn step) {
            returns.addAndGet(step.getStage() == ReturnStage.OPENED ? 1 : 0);
            return new ProducerRecord<>(topics.returns(), partition, key, returnWire.encode(step));
        }
        Review review = (Review) value;
        reviews.addAndGet(review.getStage() == ReviewStage.POSTED ? 1 : 0);
        return new ProducerRecord<>(topics.reviews(), partition, key, reviewWire.encode(review));
    }

    private void count(Order order) {
        if (order.getStatus() == OrderStatus.PAID) {
            newestOrder = order.getOrderId();
            orders.incrementAndGet();
        } else if (order.getStatus() == OrderStatus.SHIPPED && order.getType() == OrderType.REGULAR) {
            deals.addAndGet(order.getLines().size());
        }
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

    /** How many returns were opened. */
    long returns() {
        return returns.get();
    }

    /** How many reviews were posted. */
    long reviews() {
        return reviews.get();
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
