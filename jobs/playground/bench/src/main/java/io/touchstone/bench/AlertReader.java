package io.touchstone.bench;

import io.touchstone.config.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer of price alerts that notes when it had the first one of each spike, by the clock of this machine. */
final class AlertReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final AtomicLongArray readAt;
    private final AtomicInteger read = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;

    /** {@code isolation}: read_uncommitted or read_committed. */
    AlertReader(Options.KafkaOptions kafka, String isolation, int spikes) {
        readAt = new AtomicLongArray(spikes);
        thread = new Thread(() -> read(kafka, isolation), isolation);
        thread.start();
    }

    private void read(Options.KafkaOptions kafka, String isolation) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer
                    .partitionsFor(kafka.topics().priceAlerts())
                    .stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closed) {
                var records = consumer.poll(PATIENCE);
                long now = System.currentTimeMillis();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    byte[] subject = record.headers().lastHeader("ce_subject").value();
                    if (readAt.compareAndSet(Spikes.of(new String(subject, StandardCharsets.UTF_8)), 0, now)) {
                        read.incrementAndGet();
                    }
                }
            }
        }
    }

    /** Whether it has an alert of each spike. */
    boolean complete() {
        return read.get() == readAt.length();
    }

    /** When it had the alert of a spike. */
    long readAt(int spike) {
        return readAt.get(spike);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
