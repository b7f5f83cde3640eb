package io.touchstone.chaos.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.touchstone.config.Options;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.io.History;
import io.touchstone.playground.ClockOrder;
import io.touchstone.playground.HistoryFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes a load, each record once and in order whatever the broker goes through, on a thread of its own; and writes the same as
 * a history of files.
 */
public final class LoadWriter implements AutoCloseable {
    private final Load load;
    private final Events events;
    private final Path history;
    private final List<String> topics;
    private final KafkaProducer<String, byte[]> producer;
    private final LoadWire wire = new LoadWire();
    private final Sent sent = new Sent();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::write, "load");
    private final AtomicLong count = new AtomicLong();
    private final List<String> injected = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean ended;
    private volatile boolean paused;
    private long clockRecords;

    /** {@code history}: a folder for the files. */
    public LoadWriter(Load load, String bootstrapServers, Options.Topics topics, Path history) throws IOException {
        this.load = load;
        this.history = Files.createDirectories(history);
        this.topics = List.of(topics.orders(), topics.returns(), topics.reviews());
        events = new Events(load);
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "touchstone-load",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        "true",
                        ProducerConfig.LINGER_MS_CONFIG,
                        "10",
                        // It outlives every outage that a test has in mind.
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        "900000",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        "900000",
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        "10000",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new StringSerializer(),
                new ByteArraySerializer());
        thread.setDaemon(true);
    }

    /** Begins: every partition holds the clock from now on, however seldom its events are. */
    public void start() throws Exception {
        moveClock(events.begin(), "begin");
        thread.start();
    }

    /** How many records were sent so far. */
    public long count() {
        return count.get();
    }

    /** Where each line of the history went. */
    public Sent sent() {
        return sent;
    }

    /** How many records of a topic there are in all: its lines, those that moved the clock, and the injected ones. */
    public long records(String topic) {
        long more = letters().stream()
                .filter(letter -> letter.startsWith(topic + " "))
                .count();
        return sent.lines(topic) + clockRecords / topics.size() + more;
    }

    /** Sends nothing until {@link #resume}: every partition falls silent. */
    public void pause() {
        paused = true;
    }

    /**
     * Goes on after a pause, at the same pace. First every partition is woken at the time that was reached: where days pass in
     * seconds, the partitions that wake last would else be late.
     */
    public void resume() throws Exception {
        moveClock(events.newestTime(), "awake-" + clockRecords);
        TimeUnit.SECONDS.sleep(2);
        paused = false;
    }

    /** No event so far is of a later time, epoch ms. */
    public long newestTime() {
        return events.newestTime();
    }

    /**
     * Publishes a record that cannot act, beside the history.
     *
     * @param topic one of {@link History#TOPICS}
     * @param reason which its dead letter has to have
     */
    public void inject(String topic, int partition, SpecificRecord value, String reason) throws Exception {
        inject(topic, partition, new LoadWire().encode(value), reason);
    }

    /** The same with any bytes, or none. */
    public void inject(String topic, int partition, byte[] value, String reason) throws Exception {
        RecordMetadata at = producer.send(
                        new ProducerRecord<>(topics.get(History.TOPICS.indexOf(topic)), partition, "injected", value))
                .get();
        injected.add(topic + " " + at.partition() + "/" + at.offset() + " " + reason);
    }

    /** Of a record that something else has published: it has to become a dead letter. */
    public void expectLetter(String topic, long offset, String reason) {
        injected.add(topic + " 0/" + offset + " " + reason);
    }

    /** Waits until a load with an end has caught up with the wall clock. */
    public void awaitPresent() throws InterruptedException {
        while (events.newestTime() < System.currentTimeMillis() - 2000) {
            if (!thread.isAlive()) {
                throw new IllegalStateException("the load ended before it came to the present");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Waits until a load with an end has come to it. */
    public void awaitEnd() throws InterruptedException {
        thread.join();
    }

    /** The dead letters that injected records have to become: {@code orders 0/17 FUTURE}. */
    public List<String> letters() {
        synchronized (injected) {
            return List.copyOf(injected);
        }
    }

    /** The first day of which nothing came in: all of the load acts before its midnight. */
    public LocalDate until(ZoneId zone) {
        return Instant.ofEpochMilli(events.newestTime())
                .atZone(zone)
                .toLocalDate()
                .plusDays(1);
    }

    /** Ends it, and waits until everything was acknowledged. */
    public void end() throws Exception {
        ended = true;
        thread.join();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void write() {
        List<OutputStream> files = new ArrayList<>();
        try {
            for (String topic : History.TOPICS) {
                files.add(new BufferedOutputStream(Files.newOutputStream(history.resolve(topic + ".jsonl")), 1 << 16));
            }
            List<JsonGenerator> lines = new ArrayList<>();
            for (OutputStream file : files) {
                lines.add(new JsonFactory()
                        .createGenerator(file)
                        .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                        .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
                        .setPrettyPrinter(new MinimalPrettyPrinter("")));
            }
            long begun = System.nanoTime();
            while (failure.get() == null && !ended) {
                begun = pace(begun);
                Item item = events.next();
                if (item == null) {
                    break;
                }
                write(item, files.get(item.topic()), lines.get(item.topic()));
                send(item);
                count.incrementAndGet();
            }
            for (JsonGenerator line : lines) {
                line.close();
            }
            producer.flush();
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        } finally {
            close(files);
        }
    }

    private long pace(long begun) throws InterruptedException {
        long from = begun;
        while (paused && !ended) {
            TimeUnit.MILLISECONDS.sleep(10);
            from += TimeUnit.MILLISECONDS.toNanos(10);
        }
        long ahead = from + count.get() * 1_000_000_000L / load.rate() - System.nanoTime();
        if (ahead > 1_000_000) {
            TimeUnit.NANOSECONDS.sleep(ahead);
        }
        return from;
    }

    private static void write(Item item, OutputStream file, JsonGenerator line) throws IOException {
        if (item.value() == null) {
            for (byte b : item.bytes()) {
                file.write(b == '\n' || b == '\r' ? ' ' : b);
            }
        } else {
            HistoryFiles.value(item.value(), line);
            line.flush();
        }
        file.write('\n');
    }

    private void send(Item item) {
        int topic = item.topic();
        int line = sent.line(topic);
        byte[] value = item.value() == null ? item.bytes() : wire.encode(item.value());
        var unused = producer.send(new ProducerRecord<>(topics.get(topic), item.key(), value), (metadata, e) -> {
            if (e == null) {
                sent.acknowledged(topic, line, metadata.partition(), metadata.offset());
            } else {
                failure.compareAndSet(null, e);
            }
        });
    }

    /** Moves the clock on every partition past an instant, when everything was sent. */
    public void moveClock(long instant) throws Exception {
        moveClock(instant, "end");
    }

    /** By records that change nothing else. */
    private void moveClock(long instant, String name) throws Exception {
        Instant at = Instant.ofEpochMilli(instant);
        String order = events.someOrder();
        for (String topic : topics) {
            for (PartitionInfo partition : producer.partitionsFor(topic)) {
                String id = "clock-" + name + "-" + partition.partition();
                // Nothing can be withdrawn that was never opened, and of a review only the first rating counts.
                SpecificRecord value = switch (topics.indexOf(topic)) {
                    case 0 -> ClockOrder.of(id, at);
                    case 1 -> new OrderReturn(id, id, order, ReturnStage.WITHDRAWN, at, ReturnReason.OTHER, null);
                    default -> new Review(id, id, order, ReviewStage.EDITED, at, 5, List.of(), null);
                };
                producer.send(new ProducerRecord<>(topic, partition.partition(), order, wire.encode(value)))
                        .get();
                clockRecords++;
            }
        }
    }

    private static void close(List<OutputStream> files) {
        for (OutputStream file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.interrupt();
        thread.join();
        producer.close(Duration.ofSeconds(2));
    }
}
