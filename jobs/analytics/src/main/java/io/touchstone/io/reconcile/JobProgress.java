package io.touchstone.io.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** How far a job's newest complete checkpoint is, as the offsets of its group say. */
final class JobProgress {
    private JobProgress() {}

    /**
     * The first input partition of which the job has not read everything that was appended before an instant; empty if there is none.
     * Until then the job may still come to the alerts it made of it before a crash, and publish them itself.
     */
    static Optional<TopicPartition> behind(
            Map<String, Object> client, String group, List<String> inputs, Instant instant)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> done;
        try (Admin admin = Admin.create(client)) {
            done = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
        try (KafkaConsumer<byte[], byte[]> reader = AlertTopic.reader(client, "read_committed")) {
            List<TopicPartition> partitions = inputs.stream()
                    .flatMap(topic -> AlertTopic.partitions(reader, topic).stream())
                    .toList();
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> firstAfter = reader.offsetsForTimes(
                    partitions.stream().collect(Collectors.toMap(Function.identity(), p -> instant.toEpochMilli())));
            Map<TopicPartition, Long> beginnings = reader.beginningOffsets(partitions);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp after = firstAfter.get(partition);
                OffsetAndMetadata position = done.get(partition);
                long target = after == null ? ends.get(partition) : after.offset();
                long reached = Math.max(beginnings.get(partition), position == null ? 0 : position.offset());
                if (holdsRecords(reader, partition, reached, target)) {
                    return Optional.of(partition);
                }
            }
            return Optional.empty();
        }
    }

    /** An offset may belong to a transaction's marker or to a record that was aborted: only records count. */
    private static boolean holdsRecords(
            KafkaConsumer<byte[], byte[]> reader, TopicPartition partition, long from, long to) {
        reader.assign(List.of(partition));
        reader.seek(partition, from);
        while (reader.position(partition) < to) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofSeconds(1))) {
                if (record.offset() < to) {
                    return true;
                }
            }
        }
        return false;
    }
}
