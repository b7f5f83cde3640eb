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
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The alert topics, and the offsets of the consumer group that say how far they were delivered. */
final class Feed implements AutoCloseable {
    /** By which it logs in, and after which its group is called. */
    static final String NAME = "forward";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** A position is known, or it is asked for again. */
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final KafkaOptions kafka;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Consumer<String> remarks;
    private final BiConsumer<Place, String> foreign;
    private final Map<TopicPartition, Long> starts = new HashMap<>();
    private final Map<TopicPartition, Long> endsAtStart;
    private final boolean first;
    private final Map<TopicPartition, Mark> marks = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private Map<Ledger.Partition, Ledger.Done> committed = Map.of();

    /**
     * Opens the topics.
     *
     * @param remarks told of what is strange
     * @param foreign told of messages that are no alerts
     * @throws ConfigException if there are no such topics, or the broker does not answer
     */
    Feed(KafkaOptions kafka, Consumer<String> remarks, BiConsumer<Place, String> foreign) {
        this(kafka, consumer(kafka), remarks, foreign);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaOptions kafka) {
        Map<String, Object> properties = new HashMap<>(KafkaAccess.properties(kafka, NAME));
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, kafka.group(NAME));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "touchstone-forward");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        try {
            return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw unreachable(kafka, e);
        }
    }

    Feed(
            KafkaOptions kafka,
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
            Consumer<String> remarks,
            BiConsumer<Place, String> foreign) {
        this.kafka = kafka;
        this.consumer = consumer;
        this.remarks = remarks;
        this.foreign = foreign;
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
        return unreachable(kafka, e);
    }

    private static ConfigException unreachable(KafkaOptions kafka, KafkaException e) {
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
            Mark mark = Mark.parse(offset.metadata());
            marks.put(partition, mark);
            if (offset.offset() < beginning) {
                remarks.accept("LOST: " + partition + " no longer holds offsets " + offset.offset() + " to "
                        + (beginning - 1) + ", which were not delivered");
            } else if (offset.offset() > endsAtStart.get(partition)) {
                remarks.accept(partition + " was made anew: reading it from its beginning");
            }
            boolean there = offset.offset() >= beginning && offset.offset() <= endsAtStart.get(partition);
            starts.put(partition, there ? offset.offset() : beginning);
            if (!there) {
                marks.put(
                        partition,
                        new Mark(mark.releasedThrough(), mark.rules(), mark.since(), mark.pending(), Map.of()));
            }
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
        return marks.values().stream().mapToLong(Mark::releasedThrough).min().orElse(0);
    }

    /** Whether all of it was done by these rules. */
    boolean follows(String rules) {
        return marks.values().stream().allMatch(mark -> mark.rules().equals(rules));
    }

    /** Since when, epoch ms. */
    long since() {
        return marks.values().stream().mapToLong(Mark::since).max().orElse(0);
    }

    /** Whether a target may lack what lies there, before the start. */
    boolean isPending(Target target, Place place) {
        Mark mark = marks.get(new TopicPartition(place.topic(), place.partition()));
        return mark != null && mark.isPending(target.name());
    }

    /** Whether a target is done with what lies there, after the start. */
    boolean isDone(Target target, Place place) {
        Mark mark = marks.get(new TopicPartition(place.topic(), place.partition()));
        return mark != null && place.offset() < mark.targets().getOrDefault(target.name(), 0L);
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
                            place)
                    .light());
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
            try {
                long position = consumer.position(partition, AT_ONCE);
                positions.put(partition, position);
                ledger.read(new Ledger.Partition(partition.topic(), partition.partition()), position);
            } catch (RetriableException e) {
                // Its leader is away: next time.
            } catch (AuthenticationException | AuthorizationException e) {
                throw unreachable(e);
            } catch (KafkaException e) {
                remarks.accept("the broker: " + e.getMessage());
            }
        }
    }

    /** Whether everything was read, as far as the broker told. */
    boolean isComplete() {
        return partitions.stream()
                .allMatch(partition -> consumer.currentLag(partition).orElse(1) == 0);
    }

    /** Whether everything was read that was there at the start. */
    boolean isPastTheStart() {
        return endsAtStart.entrySet().stream()
                .allMatch(end -> positions.getOrDefault(end.getKey(), starts.get(end.getKey())) >= end.getValue());
    }

    /**
     * Commits all partitions, before anything is sent: from then on this is no first start, whatever happens.
     *
     * @throws ConfigException if that cannot be done
     */
    void commitStart(Ledger ledger, Set<String> targets, long released, String rules, long since) {
        try {
            commitNow(ledger.done(targets), released, rules, since);
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** Commits if there is something new; a broker that is away is asked again later. True if it did. */
    boolean commit(Ledger ledger, Set<String> targets, long released, String rules, long since, boolean anyway) {
        Map<Ledger.Partition, Ledger.Done> done = ledger.done(targets);
        if (done.equals(committed) && !anyway) {
            return false;
        }
        try {
            commitNow(done, released, rules, since);
            return true;
        } catch (AuthenticationException | AuthorizationException e) {
            throw unreachable(e);
        } catch (KafkaException e) {
            remarks.accept("the offsets are not committed yet: " + e.getMessage());
            return false;
        }
    }

    private void commitNow(Map<Ledger.Partition, Ledger.Done> all, long released, String rules, long since) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        all.forEach((partition, done) -> offsets.put(
                new TopicPartition(partition.topic(), partition.number()),
                new OffsetAndMetadata(
                        done.offset(), new Mark(released, rules, since, done.pending(), done.targets()).text())));
        consumer.commitSync(offsets, Duration.ofSeconds(5));
        committed = all;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
