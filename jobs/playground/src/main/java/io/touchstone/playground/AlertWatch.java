package io.touchstone.playground;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads topics of alerts as a pager would: from their beginning, and only what is committed. */
final class AlertWatch implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A revision of an alert.
     *
     * @param excess null unless it is about a price
     */
    record Revision(
            String alertId,
            int revision,
            String kind,
            AlertStatus status,
            Severity severity,
            String subject,
            String factoryId,
            long at,
            long openedAt,
            Excess excess,
            String summary) {
        static Revision of(byte[] json) {
            try {
                JsonNode alert = JSON.readTree(json);
                return new Revision(
                        alert.get("alert_id").textValue(),
                        alert.get("revision").intValue(),
                        alert.get("kind").textValue(),
                        AlertStatus.valueOf(alert.get("status").textValue()),
                        Severity.valueOf(alert.get("severity").textValue()),
                        alert.get("subject").textValue(),
                        alert.get("factory_id").textValue(),
                        alert.get("at").longValue(),
                        alert.get("opened_at").longValue(),
                        Excess.of(alert.get("evidence")),
                        alert.get("summary").textValue());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * What is above a floor.
     *
     * @param orders how many orders
     * @param maxBp how far the dearest of them, in basis points
     */
    record Excess(long orders, long maxBp) {
        private static Excess of(JsonNode evidence) {
            return evidence.has("max_excess_bp")
                    ? new Excess(
                            evidence.get("orders").longValue(),
                            evidence.get("max_excess_bp").longValue())
                    : null;
        }
    }

    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<Revision> arrived;
    private final Thread thread = new Thread(this::read, "alert-watch");
    private final Map<String, Revision> newest = new LinkedHashMap<>();
    private long revisions;
    private RuntimeException failure;

    /** Tells of each revision as it arrives, on a thread of its own. */
    AlertWatch(String bootstrapServers, List<String> topics, Consumer<Revision> arrived) {
        this.arrived = arrived;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.CLIENT_ID_CONFIG, "alert-watch",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList());
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (true) {
                List<Revision> batch = new ArrayList<>();
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    batch.add(Revision.of(record.value()));
                }
                // Partitions come one after the other; people read by time.
                batch.sort(Comparator.comparingLong(Revision::at).thenComparing(Revision::revision));
                batch.forEach(this::take);
            }
        } catch (WakeupException closed) {
            // Nobody listens any more.
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void take(Revision revision) {
        arrived.accept(revision);
        synchronized (this) {
            newest.put(revision.alertId(), revision);
            revisions++;
        }
    }

    private synchronized void fail(RuntimeException e) {
        failure = e;
    }

    /** How many revisions were told of; an error if a topic cannot be read. */
    synchronized long revisions() {
        if (failure != null) {
            throw new IllegalStateException("the alerts cannot be read", failure);
        }
        return revisions;
    }

    /** The newest revision of every alert so far, in the order in which they arrived first. */
    synchronized List<Revision> alerts() {
        return List.copyOf(newest.values());
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
