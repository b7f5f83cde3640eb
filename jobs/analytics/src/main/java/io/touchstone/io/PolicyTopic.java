package io.touchstone.io;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topic of the policies, for those who publish one and who look what the jobs made of it. */
public final class PolicyTopic {
    /** By which it logs in. */
    private static final String NAME = "policy";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Options.KafkaOptions kafka;
    private final String topic;

    /**
     * A record of the topic.
     *
     * @param appended when the broker took it, in epoch ms
     * @param version the record's key; null if it has none
     * @param change what it says; null if it cannot be read
     * @param refusal why the jobs do not follow it; null if they do
     */
    public record Entry(long offset, long appended, String version, PolicyChange change, String refusal) {}

    public PolicyTopic(Options.KafkaOptions kafka) {
        this.kafka = kafka;
        topic = kafka.topics().policies();
    }

    /**
     * Everything that was published, in order, judged as a job judges it.
     *
     * @param timeline begins with the policy with which the job starts; gets the changes that it follows
     * @throws ConfigException if there is no such topic, or the broker does not answer
     */
    public List<Entry> read(PolicyTimeline timeline) {
        try {
            return readAll(timeline);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    private Map<String, Object> access() {
        return new HashMap<>(KafkaAccess.properties(kafka, NAME));
    }

    private ConfigException unreachable(Throwable e) {
        return new ConfigException(
                "topic " + topic + " of kafka.bootstrap_servers " + kafka.bootstrapServers() + ": " + e.getMessage());
    }

    private List<Entry> readAll(PolicyTimeline timeline) {
        List<Entry> entries = new ArrayList<>();
        Map<String, Object> access = access();
        access.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
        access.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(access, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    entries.add(judge(record, timeline));
                }
            }
        }
        return entries;
    }

    private static Entry judge(ConsumerRecord<byte[], byte[]> record, PolicyTimeline timeline) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        String version = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        PolicyChange change = null;
        String refusal;
        try {
            change = PolicyMessage.read(record.key(), value, record.timestamp(), timeline.first());
            Optional<String> objection = timeline.objectionTo(change);
            refusal = objection.orElse(null);
            if (refusal == null) {
                timeline.add(change);
            }
        } catch (Refusal e) {
            refusal = e.getMessage();
        }
        return new Entry(record.offset(), record.timestamp(), version, change, refusal);
    }

    /**
     * Publishes a document under its version; returns the offset of the record.
     *
     * @throws ConfigException if the broker did not take it
     */
    public long publish(String version, String document) throws InterruptedException {
        Map<String, Object> access = access();
        access.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(access, new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = version.getBytes(StandardCharsets.UTF_8);
            byte[] value = document.getBytes(StandardCharsets.UTF_8);
            return producer.send(new ProducerRecord<>(topic, 0, key, value))
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw unreachable(e.getCause());
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }
}
