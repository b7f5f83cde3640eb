package io.touchstone.desk.forward;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.desk.alerts.AlertJson;
import io.touchstone.io.KafkaAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The alert topics, and the offsets of the consumer group that say how far they were delivered. */
final class Feed implements AutoCloseable {
    /** By which it logs in, and after which its group is called. */
    static final String NAME = "forward";

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Pattern RELEASED_THROUGH = Pattern.compile("silences released through (\\d{1,15})");

    private final KafkaOptions kafka;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Consumer<String> remarks;
    private final BiConsumer<Place, String> foreign;
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Map<TopicPartition, Long> endsAtStart;
    private final boolean first;
    private long releasedThrough = Long.MAX_VALUE;
    private Map<TopicPartition, Long> committed = new HashMap<>();

    /**
     * Opens the topics.
     *
     * @param remarks told of what is strange
     * @param foreign told of messages that are no alerts
     * @throws ConfigException if there are no such topics, or the broker does not answer
     */
    Feed(KafkaOptions kafka, Consumer<String> remarks, BiConsumer<Place, String> foreign) {
        this.kafka = kafka;
        this.remarks = remarks;
        this.foreign = foreign;
        Map<String, Object> properties = new HashMap<>(KafkaAccess.properties(kafka, NAME));
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.group(NAME));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "touchstone-forward");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        try {
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw unreachable(e);
        }
        try {
            for (String topic :
                    List.of(kafka.topics().priceAlerts(), kafka.topics().demotionAlerts())) {
                List<PartitionInfo> found = consumer.partitionsFor(topic);
                if (found.isEmpty()) {
                    throw new ConfigException("there is no topic " + topic + " at kafka.bootstrap_servers "
                            + kafka.bootstrapServers() + "; scripts/topics apply makes it");
                }
                found.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
            }
            endsAtStart = consumer.endOffsets(partitions);
            first = !restore(consumer.beginningOffsets(partitions));
        } catch (KafkaException e) {
            consumer.close();
            throw unreachable(e);
        } catch (ConfigException e) {
            consumer.close();
            throw e;
        }
        consumer.assign(partitions);
    }

    private ConfigException unreachable(KafkaException e) {
        return new ConfigException("kafka.bootstrap_servers " + kafka.bootstrapServers() + ", topics "
                + kafka.topics().priceAlerts() + " and " + kafka.topics().demotionAlerts() + ", group "
                + kafka.group(NAME) + ": " + e.getMessage()
                + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
    }

    /** Where the group left off; false if it never was here. */
    private boolean restore(Map<TopicPartition, Long> beginnings) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(consumer.committed(new HashSet<>(partitions)));
        offsets.values().removeIf(offset -> offset == null);
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata offset = offsets.get(partition);
            long beginning = beginnings.get(partition);
            if (offset == null) {
                starts.put(partition, beginning);
                continue;
            }
            committed.put(partition, offset.offset());
            Matcher released = RELEASED_THROUGH.matcher(offset.metadata() == null ? "" : offset.metadata());
            releasedThrough = Math.min(releasedThrough, released.matches() ? Long.parseLong(released.group(1)) : 0);
            if (offset.offset() < beginning) {
                remarks.accept("LOST: " + partition + " no longer holds offsets " + offset.offset() + " to "
                        + (beginning - 1) + ", which were not delivered");
            } else if (offset.offset() > endsAtStart.get(partition)) {
                remarks.accept(partition + " was made anew: reading it from its beginning");
            }
            boolean there = offset.offset() >= beginning && offset.offset() <= endsAtStart.get(partition);
            starts.put(partition, there ? offset.offset() : beginning);
        }
        return !offsets.isEmpty();
    }

    /** Whether the group has no offsets yet. */
    boolean isFirst() {
        return first;
    }

    /** Begins at what is the end now. */
    void startAtEnd() {
        starts.putAll(endsAtStart);
    }

    /** Up to when silences had released what they muted when the offsets were committed, epoch ms. */
    long releasedThrough() {
        return releasedThrough == Long.MAX_VALUE ? 0 : releasedThrough;
    }

    /** Everything before the start; then it is at the start, and the ledger too. */
    List<Message> past(Ledger ledger) {
        Past past = new Past();
        try {
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < starts.get(partition))) {
                List<TopicPartition> done = partitions.stream()
                        .filter(partition -> consumer.position(partition) >= starts.get(partition))
                        .toList();
                consumer.pause(done);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.offset() < starts.get(partition(record))) {
                        read(record, false).ifPresent(past::add);
                    }
                }
            }
            consumer.resume(partitions);
            starts.forEach(consumer::seek);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
        starts.forEach((partition, offset) ->
                ledger.begin(new Ledger.Partition(partition.topic(), partition.partition()), offset));
        return past.messages();
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private Optional<Message> read(ConsumerRecord<byte[], byte[]> record, boolean tell) {
        Place place = new Place(record.topic(), record.partition(), record.offset());
        try {
            return Optional.of(new Message(
                    AlertJson.read(record.value()),
                    new String(record.value(), StandardCharsets.UTF_8),
                    record.timestamp(),
                    place));
        } catch (IllegalArgumentException e) {
            if (tell) {
                foreign.accept(place, e.getMessage());
            }
            return Optional.empty();
        }
    }

    /**
     * What has come, after a while at most.
     *
     * @param more false to let everything lie for now
     */
    List<Message> poll(boolean more) {
        List<Message> messages = new ArrayList<>();
        try {
            if (more) {
                consumer.resume(consumer.paused());
            } else {
                consumer.pause(partitions);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                read(record, true).ifPresent(messages::add);
            }
        } catch (AuthenticationException | AuthorizationException e) {
            throw unreachable(e);
        } catch (KafkaException e) {
            remarks.accept("the broker: " + e.getMessage());
        }
        return messages;
    }

    /** Tells the ledger how far {@link #poll} came. */
    void progress(Ledger ledger) {
        for (TopicPartition partition : partitions) {
            ledger.read(new Ledger.Partition(partition.topic(), partition.partition()), consumer.position(partition));
        }
    }

    /** Whether everything was read, as far as the broker told. */
    boolean isComplete() {
        return partitions.stream()
                .allMatch(partition -> consumer.currentLag(partition).orElse(1) == 0);
    }

    /** Whether everything was read that was there at the start. */
    boolean isPastTheStart() {
        return endsAtStart.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Commits if there is something new; a broker that is away is asked again later. */
    void commit(Ledger ledger, long released, boolean anyway) {
        Map<TopicPartition, Long> done = new HashMap<>();
        ledger.done()
                .forEach((partition, offset) ->
                        done.put(new TopicPartition(partition.topic(), partition.number()), offset));
        if (done.isEmpty() || (done.equals(committed) && !anyway)) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        done.forEach((partition, offset) ->
                offsets.put(partition, new OffsetAndMetadata(offset, "silences released through " + released)));
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(5));
            committed = done;
        } catch (AuthenticationException | AuthorizationException e) {
            throw unreachable(e);
        } catch (KafkaException e) {
            remarks.accept("the offsets are not committed yet: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
