package io.touchstone.io.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What an alert topic holds, from what retention left to its end.
 *
 * @param committed what a reader with read_committed sees of each revision
 * @param undecided revisions at or behind a transaction that is still open: whether anybody will see them is not known yet
 * @param foreign places of messages that are no alerts, {@code topic/partition/offset}
 * @param completeSince every message published since then is still there; {@link Instant#MIN} if none has expired
 */
record AlertTopic(
        Map<Revision, Published> committed, Set<Revision> undecided, List<String> foreign, Instant completeSince) {
    private static final JsonMapper JSON = new JsonMapper();

    /** {@code last}: when it was published, for the last time. */
    record Published(int times, Instant last) {
        Published and(Published again) {
            return new Published(times + again.times, again.last.isAfter(last) ? again.last : last);
        }
    }

    static AlertTopic read(Map<String, Object> client, String topic) {
        AlertTopic found = new AlertTopic(new HashMap<>(), new HashSet<>(), new ArrayList<>(), Instant.MIN);
        Map<TopicPartition, Long> stable;
        Instant completeSince = Instant.MIN;
        try (KafkaConsumer<byte[], byte[]> reader = reader(client, "read_committed")) {
            List<TopicPartition> partitions = partitions(reader, topic);
            Map<TopicPartition, Long> beginnings = reader.beginningOffsets(partitions);
            // For such a reader the end is before the oldest open transaction.
            stable = reader.endOffsets(partitions);
            Map<TopicPartition, Instant> oldest = new HashMap<>();
            readTo(reader, beginnings, stable, message -> {
                Instant at = Instant.ofEpochMilli(message.timestamp());
                oldest.putIfAbsent(place(message), at);
                Revision revision = revision(message);
                if (revision == null) {
                    found.foreign.add(place(message) + "/" + message.offset());
                } else {
                    found.committed.merge(revision, new Published(1, at), Published::and);
                }
            });
            for (TopicPartition partition : partitions) {
                if (beginnings.get(partition) > 0) {
                    Instant since = oldest.getOrDefault(partition, Instant.MAX);
                    completeSince = since.isAfter(completeSince) ? since : completeSince;
                }
            }
        }
        try (KafkaConsumer<byte[], byte[]> reader = reader(client, "read_uncommitted")) {
            readTo(reader, stable, reader.endOffsets(stable.keySet()), message -> {
                Revision revision = revision(message);
                if (revision != null) {
                    found.undecided.add(revision);
                }
            });
        }
        return new AlertTopic(found.committed, found.undecided, found.foreign, completeSince);
    }

    static KafkaConsumer<byte[], byte[]> reader(Map<String, Object> client, String isolation) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<TopicPartition> partitions(KafkaConsumer<?, ?> reader, String topic) {
        return reader.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Hands every message between two offsets of each partition on. */
    static void readTo(
            KafkaConsumer<byte[], byte[]> reader,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> ends,
            Consumer<ConsumerRecord<byte[], byte[]>> message) {
        reader.assign(ends.keySet());
        from.forEach(reader::seek);
        while (ends.entrySet().stream().anyMatch(end -> reader.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofSeconds(1))) {
                if (record.offset() < ends.get(place(record))) {
                    message.accept(record);
                }
            }
        }
    }

    private static TopicPartition place(ConsumerRecord<?, ?> message) {
        return new TopicPartition(message.topic(), message.partition());
    }

    /** Null for what is no alert. */
    private static Revision revision(ConsumerRecord<byte[], byte[]> message) {
        if (message.value() == null) {
            return null;
        }
        try {
            JsonNode alert = JSON.readTree(new String(message.value(), StandardCharsets.UTF_8));
            JsonNode id = alert.path("alert_id");
            JsonNode revision = alert.path("revision");
            return id.isTextual() && revision.isInt() ? new Revision(id.asText(), revision.asInt()) : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
