package io.touchstone.chaos.site;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Waits for dead letters as an alarm on their topic would. For one thread. */
public final class LetterWatch implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> seen = new HashSet<>();

    public LetterWatch(Site site) {
        String topic = site.options().kafka().topics().deadLetters();
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        site.settings().bootstrapServers(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "touchstone-letter-watch"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Waits for letters, each {@code topic partition/offset reason}.
     *
     * @return how many seconds it took until the last of them was there; the patience, if one never came
     */
    public double awaitAll(Collection<String> letters, int patienceSeconds) {
        long begun = System.nanoTime();
        while (!seen.containsAll(letters)) {
            if (System.nanoTime() - begun > patienceSeconds * 1_000_000_000L) {
                return patienceSeconds;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                // topic/partition/offset/reason
                String[] key = new String(record.key(), StandardCharsets.UTF_8).split("/");
                seen.add(key[0] + " " + key[1] + "/" + key[2] + " " + key[3]);
            }
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
