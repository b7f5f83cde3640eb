package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.touchstone.config.Options;
import io.touchstone.desk.alerts.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the topics to the receivers, over crashes and brokers that stumble; the topics are in memory, the receivers are real. */
class ForwarderTest {
    private static final TopicPartition PRICES = new TopicPartition("price-alerts", 0);
    private static final TopicPartition QUALITY = new TopicPartition("demotion-alerts", 0);

    @TempDir
    private Path temp;

    private final Map<TopicPartition, List<Message>> topics =
            Map.of(PRICES, new CopyOnWriteArrayList<>(), QUALITY, new CopyOnWriteArrayList<>());
    private final Map<TopicPartition, OffsetAndMetadata> committed = new ConcurrentHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private volatile boolean stumbles;
    private volatile boolean dead;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** The two topics as a consumer sees them; what it commits outlives it. */
    private final class Topics extends MockConsumer<byte[], byte[]> {
        private int calls;

        Topics() {
            super("earliest");
            topics.forEach((partition, messages) -> {
                updatePartitions(
                        partition.topic(),
                        List.of(new PartitionInfo(partition.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
                updateBeginningOffsets(Map.of(partition, 0L));
                updateEndOffsets(Map.of(partition, (long) messages.size()));
            });
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
            return new HashMap<>(committed);
        }

        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (dead) {
                throw new TimeoutException("gone");
            }
            committed.putAll(offsets);
        }

        @Override
        public synchronized long position(TopicPartition partition, Duration timeout) {
            if (stumbles && calls++ % 2 == 0) {
                throw new TimeoutException("a broker restarts");
            }
            return super.position(partition, timeout);
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            topics.forEach((partition, messages) -> {
                if (paused().contains(partition)) {
                    return;
                }
                long from = super.position(partition);
                for (long offset = from; offset < Math.min(from + 500, messages.size()); offset++) {
                    Message message = messages.get((int) offset);
                    addRecord(new ConsumerRecord<>(
                            partition.topic(),
                            0,
                            offset,
                            message.published(),
                            TimestampType.CREATE_TIME,
                            0,
                            0,
                            null,
                            message.json().getBytes(StandardCharsets.UTF_8),
                            new RecordHeaders(),
                            Optional.empty()));
                }
                updateEndOffsets(Map.of(partition, (long) messages.size()));
            });
            return super.poll(Duration.ofMillis(1));
        }
    }

    private Forwarder forwarder(int mostWaiting, String text) throws IOException {
        Path wiring = Path.of(System.getProperty("touchstone.home"), "conf", "jobs.yaml");
        Options options = Options.read(wiring);
        Path file = Files.writeString(
                temp.resolve("forward.yaml"),
                "retries: {first_pause: 10 ms, longest_pause: 50 ms}\nundeliverable: " + temp.resolve("undeliverable")
                        + "\n" + text);
        return new Forwarder(
                foreign -> new Feed(options.kafka(), new Topics(), log::add, foreign),
                factory -> "yiwu",
                mostWaiting,
                ForwardOptions.read(file, ZoneOffset.UTC),
                InstantSource.system(),
                false,
                line -> {},
                log::add);
    }

    private Receiver receiver(int status) throws IOException {
        Receiver receiver = Receiver.that((exchange, request) -> Receiver.answer(exchange, status, ""));
        open.add(receiver);
        return receiver;
    }

    private static String targets(Receiver... receivers) {
        StringBuilder text = new StringBuilder("targets:\n");
        for (int i = 0; i < receivers.length; i++) {
            text.append("  t")
                    .append(i)
                    .append(": {type: webhook, url: \"")
                    .append(receivers[i].url())
                    .append("\"}\n");
        }
        return text.toString();
    }

    private void publish(TopicPartition partition, Message message) {
        topics.get(partition).add(message);
    }

    private static List<String> keys(Receiver receiver) {
        List<String> keys = new ArrayList<>();
        receiver.requests()
                .forEach(request -> request.body()
                        .path("alerts")
                        .forEach(alert -> keys.add(alert.path("key").asText())));
        return keys;
    }

    /** Runs until something is so, and is killed then: nothing more is committed. */
    private void crashOnce(Forwarder forwarder, Callable<Boolean> condition) throws Exception {
        CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() -> forwarder.run(false));
        await().atMost(Duration.ofSeconds(30)).until(condition);
        dead = true;
        forwarder.stop();
        run.get();
        dead = false;
    }

    @Test
    void sendsEverythingHoweverMuchThereIs() throws Exception {
        for (int i = 0; i < 2000; i++) {
            publish(QUALITY, Story.opened(Kind.DEMOTION, "f" + i, 0));
        }
        Receiver receiver = receiver(200);
        CompletableFuture<Integer> run = CompletableFuture.supplyAsync(() -> {
            try {
                return forwarder(100, "first_start: all\n" + targets(receiver)).run(true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(run::isDone);
        assertThat(run.get()).isZero();
        assertThat(keys(receiver)).doesNotHaveDuplicates().hasSize(2000);
        assertThat(receiver.requests()).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void goesOnWhileABrokerRestarts() throws Exception {
        publish(QUALITY, Story.opened(Kind.DEMOTION, "f", 0));
        Receiver receiver = receiver(200);
        stumbles = true;
        assertThat(forwarder(100, targets(receiver)).run(true)).isZero();
        assertThat(keys(receiver)).hasSize(1);
    }

    @Test
    void isNeverAtItsFirstStartAgain() throws Exception {
        publish(PRICES, Story.opened(Kind.PRICE_BREACH, "over", 0));
        publish(PRICES, Story.resolved(Kind.PRICE_BREACH, "over", 2, 0));
        Message opened = Story.opened(Kind.DEMOTION, "f", 0);
        publish(QUALITY, opened);
        Receiver good = receiver(200);
        Receiver broken = receiver(503);
        crashOnce(
                forwarder(100, targets(good, broken)),
                () -> broken.requests().size() > 1
                        && Mark.parse(committed.get(QUALITY).metadata())
                                .pending()
                                .equals(Set.of("t1")));
        assertThat(committed).containsOnlyKeys(PRICES, QUALITY);

        // It ends while nobody looks: who may have been told is told of that, and nobody of what was over before.
        Message resolved = Story.resolved(Kind.DEMOTION, "f", 2, 0);
        publish(QUALITY, resolved);
        Receiver other = receiver(200);
        assertThat(forwarder(100, targets(good, other)).run(true)).isZero();
        assertThat(keys(good)).containsExactly(opened.key(), resolved.key());
        assertThat(keys(other)).containsExactly(opened.key(), resolved.key());
    }

    @Test
    void sendsAgainAfterACrashWhatWasPendingAtTheFirstStart() throws Exception {
        Message opened = Story.opened(Kind.DEMOTION, "f", 0);
        publish(QUALITY, opened);
        Receiver good = receiver(200);
        crashOnce(
                forwarder(100, targets(good, receiver(503))),
                () -> log.stream().anyMatch(line -> line.startsWith("t0: delivered"))
                        && Mark.parse(committed.get(QUALITY).metadata())
                                .pending()
                                .equals(Set.of("t1")));
        Receiver other = receiver(200);
        assertThat(forwarder(100, targets(good, other)).run(true)).isZero();
        assertThat(keys(good)).as("it had it").containsExactly(opened.key());
        assertThat(keys(other)).containsExactly(opened.key());
        assertThat(forwarder(100, targets(good, other)).run(true)).isZero();
        assertThat(keys(other)).hasSize(1);
    }

    @Test
    void sparesATargetWhatAnotherDidNotTake() throws Exception {
        Receiver good = receiver(200);
        Forwarder first = forwarder(100, "grouping: {window: 0 s}\n" + targets(good, receiver(503)));
        Message opened = Story.opened(Kind.DEMOTION, "f", 0);
        publish(QUALITY, Story.opened(Kind.DEMOTION, "g", 0));
        committed.put(QUALITY, new OffsetAndMetadata(0, new Mark(0, rules(good), 0, Set.of(), Map.of()).text()));
        committed.put(PRICES, committed.get(QUALITY));
        publish(QUALITY, opened);
        crashOnce(
                first,
                () -> Mark.parse(committed.get(QUALITY).metadata()).targets().equals(Map.of("t0", 2L)));
        assertThat(committed.get(QUALITY).offset()).isZero();
        Receiver other = receiver(200);
        assertThat(forwarder(100, targets(good, other)).run(true)).isZero();
        assertThat(keys(good)).hasSize(2);
        assertThat(keys(other)).hasSize(2);
    }

    private String rules(Receiver any) throws IOException {
        Path file = Files.writeString(temp.resolve("rules.yaml"), targets(any, any));
        return ForwardOptions.read(file, ZoneOffset.UTC).rules();
    }

    @Test
    void sendsWhatIsOpenAgainWhenTheRulesAreOthers() throws Exception {
        Message opened = Story.opened(Kind.DEMOTION, "f", 0);
        publish(QUALITY, opened);
        Receiver receiver = receiver(200);
        String silence = "silences: {s: {from: 1970-01-01, until: 9999-01-01, reason: r}}\n";
        assertThat(forwarder(100, silence + targets(receiver)).run(true)).isZero();
        assertThat(keys(receiver)).isEmpty();
        assertThat(forwarder(100, targets(receiver)).run(true)).isZero();
        assertThat(keys(receiver)).as("nobody silences it any more").containsExactly(opened.key());
        assertThat(forwarder(100, targets(receiver)).run(true)).isZero();
        assertThat(keys(receiver)).hasSize(1);
        Message resolved = Story.resolved(Kind.DEMOTION, "f", 2, 0);
        publish(QUALITY, resolved);
        assertThat(forwarder(100, silence + targets(receiver)).run(true)).isZero();
        assertThat(keys(receiver)).containsExactly(opened.key(), resolved.key());
    }
}
