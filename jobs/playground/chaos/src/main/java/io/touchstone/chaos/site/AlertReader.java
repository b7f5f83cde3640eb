package io.touchstone.chaos.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads alert topics as a pager would, all along: what is committed, as soon as it is. It remembers every revision, how often it
 * came, and when anything came.
 */
public final class AlertReader implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::read, "alert-reader");
    private final Map<String, List<String>> revisions = new TreeMap<>();
    private final List<Long> visible = new ArrayList<>();
    private volatile boolean closed;
    private volatile Exception failure;

    public AlertReader(String bootstrapServers, List<String> topics) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "touchstone-alert-reader",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        "false",
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        "100",
                        // An outage of the broker is no reason to look for it ever more seldom.
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        "500"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (!closed) {
                List<String> came = new ArrayList<>();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    came.add(new String(record.value(), StandardCharsets.UTF_8));
                }
                take(came, System.nanoTime());
            }
        } catch (WakeupException e) {
            // Nobody listens any more.
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private synchronized void take(List<String> came, long now) throws IOException {
        for (String json : came) {
            revisions.computeIfAbsent(name(json), none -> new ArrayList<>(1)).add(json);
        }
        if (!came.isEmpty()) {
            visible.add(now);
        }
    }

    /** {@code alert_id/revision} of an alert. */
    static String name(String json) throws IOException {
        JsonNode alert = JSON.readTree(json);
        return alert.get("alert_id").asText() + "/" + alert.get("revision").asText();
    }

    /** Each revision by {@code alert_id/revision}, as often as it came; an error if the topics could not be read. */
    public synchronized Map<String, List<String>> revisions() {
        if (failure != null) {
            throw new IllegalStateException("the alerts cannot be read", failure);
        }
        return new TreeMap<>(revisions);
    }

    /** How many revisions came so far, repeated ones counted again. */
    public synchronized long count() {
        return revisions.values().stream().mapToLong(List::size).sum();
    }

    /** When something came, in {@link System#nanoTime}, ascending. */
    public synchronized List<Long> visible() {
        return List.copyOf(visible);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        consumer.wakeup();
        thread.join();
    }
}
