package io.touchstone.desk.alerts;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.KafkaAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the alert topics from an instant on, as a reader with read_committed, and leaves no trace on the broker. */
public final class AlertTail {
    /** By which it logs in. */
    private static final String NAME = "alerts";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** So many messages of a partition wait for the slower ones, no more. */
    private static final int AHEAD = 2000;

    private final KafkaOptions kafka;
    private final List<String> topics;
    private final Consumer<String> remarks;

    /**
     * A revision as it was read.
     *
     * @param json the message, as it was published
     */
    public record Seen(AlertMessage alert, String json) {}

    /**
     * One tail.
     *
     * @param topics names of alert topics
     * @param remarks told what is no alert
     */
    public AlertTail(KafkaOptions kafka, List<String> topics, Consumer<String> remarks) {
        this.kafka = kafka;
        this.topics = topics;
        this.remarks = remarks;
    }

    /**
     * Hands each revision on: what was published from an instant until now in the order of its publication, what comes then as it
     * comes.
     *
     * @param since epoch ms
     * @param untilEnd stop at what is the end now
     * @param goOn takes a revision; false ends the reading
     * @throws ConfigException if there is no such topic, or the broker does not answer
     */
    public void read(long since, boolean untilEnd, Predicate<Seen> goOn) {
        Map<String, Object> properties = new HashMap<>(KafkaAccess.properties(kafka, NAME));
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "touchstone-alerts");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            Map<TopicPartition, Long> asked = new HashMap<>();
            partitions.forEach(partition -> asked.put(partition, Math.max(since, 0)));
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(asked);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp start = starts.get(partition);
                consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
            }
            if (backlog(consumer, ends, goOn) && !untilEnd) {
                follow(consumer, goOn);
            }
        } catch (KafkaException e) {
            throw new ConfigException("topics " + String.join(", ", topics) + " of kafka.bootstrap_servers "
                    + kafka.bootstrapServers() + ": " + e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found.isEmpty()) {
                throw new ConfigException("there is no topic " + topic + " at kafka.bootstrap_servers "
                        + kafka.bootstrapServers() + "; scripts/topics apply makes it");
            }
            found.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
        }
        return partitions;
    }

    /** Merges the partitions by the time of publication, up to the ends; false if nobody wants more. */
    private boolean backlog(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, Predicate<Seen> goOn) {
        Map<TopicPartition, Deque<ConsumerRecord<byte[], byte[]>>> waiting = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> beyond = new ArrayList<>();
        ends.keySet().forEach(partition -> waiting.put(partition, new ArrayDeque<>()));
        while (true) {
            List<TopicPartition> unread = ends.entrySet().stream()
                    .filter(end -> consumer.position(end.getKey()) < end.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
            while (unread.stream().noneMatch(partition -> waiting.get(partition).isEmpty())) {
                ConsumerRecord<byte[], byte[]> next = oldest(waiting);
                if (next == null) {
                    break;
                }
                if (!hand(next, goOn)) {
                    return false;
                }
            }
            if (unread.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : beyond) {
                    if (!hand(record, goOn)) {
                        return false;
                    }
                }
                return true;
            }
            List<TopicPartition> far = ends.keySet().stream()
                    .filter(partition -> waiting.get(partition).size() >= AHEAD || !unread.contains(partition))
                    .toList();
            consumer.pause(far);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < ends.get(partition)) {
                    waiting.get(partition).add(record);
                } else {
                    beyond.add(record);
                }
            }
            consumer.resume(far);
        }
    }

    private static ConsumerRecord<byte[], byte[]> oldest(
            Map<TopicPartition, Deque<ConsumerRecord<byte[], byte[]>>> waiting) {
        return waiting.values().stream()
                .filter(queue -> !queue.isEmpty())
                .min(Comparator.comparingLong(queue -> queue.peek().timestamp()))
                .map(Deque::poll)
                .orElse(null);
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer, Predicate<Seen> goOn) {
        while (true) {
            List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
            consumer.poll(Duration.ofSeconds(1)).forEach(batch::add);
            batch.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
            for (ConsumerRecord<byte[], byte[]> record : batch) {
                if (!hand(record, goOn)) {
                    return;
                }
            }
        }
    }

    private boolean hand(ConsumerRecord<byte[], byte[]> record, Predicate<Seen> goOn) {
        AlertMessage alert;
        try {
            alert = AlertJson.read(record.value());
        } catch (IllegalArgumentException e) {
            remarks.accept("no alert: " + record.topic() + "-" + record.partition() + "/" + record.offset() + ", "
                    + e.getMessage());
            return true;
        }
        return goOn.test(new Seen(alert, new String(record.value(), StandardCharsets.UTF_8)));
    }
}
