package io.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A spike is released by the record that takes the last partition past it. */
class SpikesTest {
    private static final long DELAY = 300_000;

    private final Spikes spikes = new Spikes(2, 0, 0, DELAY, 2);

    @Test
    void isReleasedOnceEveryPartitionIsPastItByTheDelay() {
        appended(0, DELAY + 1, 100);
        appended(0, DELAY + 2, 101);
        appended(1, DELAY, 102);
        assertThat(spikes.released()).isZero();
        appended(1, DELAY + 1, 103);
        appended(1, DELAY + 2, 104);
        assertThat(spikes.released()).isEqualTo(2);
        assertThat(spikes.releasedAt(0)).isEqualTo(103);
        assertThat(spikes.releasedAt(1)).isEqualTo(103);
    }

    @Test
    void findsItsNumberInTheSubjectOfAnAlert() {
        assertThat(Spikes.of("spike-0000000012/WHOLESALE/CNY")).isEqualTo(12);
    }

    private void appended(int partition, long eventTime, long at) {
        spikes.watch(eventTime)
                .onCompletion(new RecordMetadata(new TopicPartition("orders", partition), 0, 0, at, 0, 0), null);
    }
}
