package io.touchstone.playground.cluster;

import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.event.Order;
import io.touchstone.io.AvroWire;
import io.touchstone.io.History;
import io.touchstone.io.HistoryMessages;
import io.touchstone.io.HistoryMessages.Message;
import io.touchstone.market.LocalCalendar;
import io.touchstone.playground.ClockOrder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Publishes a history to the topics. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Publishes orders.jsonl, returns.jsonl and reviews.jsonl (optionally .gz) as Avro, keyed by order, as their"
                    + " producers would have; acknowledged by the broker, each once.",
            "",
            "In the order of event times. Returns and reviews go a second or two ahead of the orders of their time: their"
                    + " partitions may be silent for long, and a silent partition does not hold the clock, so that at many"
                    + " times the speed of life they would else come too late. A"
                    + " history that is published before the jobs are deployed is never late."
        })
public final class Replay implements Callable<Integer> {
    private static final int UNPACED_CHUNK = 100_000;
    private static final int LEAD_SECONDS = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--history",
            paramLabel = "DIR",
            description = "the history to publish; without one, --until alone moves the clock")
    private Path history;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "events per second (default: as fast as the broker takes them)")
    private int rate;

    @Option(
            names = "--arrival",
            description = "keep the order of the lines, instead of that of event times: late ones come late")
    private boolean arrival;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "leave out what is not before midnight of DATE, and end with an order on every partition of orders"
                            + " that moves the clock past it and changes nothing else: then the tables are those of a backtest"
                            + " --until DATE")
    private LocalDate until;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "which broker, entered as jobs.yaml says (default: the cluster's)")
    private String bootstrapServers;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            description =
                    "where jobs.yaml (topics, patience of the clock) and policy.yaml (time zone) are (default: conf)")
    private Path conf;

    @Mixin
    private FolderOption where;

    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Map<String, Long> sent = new TreeMap<>();
    private KafkaProducer<String, byte[]> producer;
    private Options options;
    private long begun;
    private long count;

    public static void main(String[] args) {
        System.exit(Terminal.run(new Replay(), args));
    }

    @Override
    public Integer call() throws Exception {
        checkHistory();
        Path from = conf == null ? ClusterFolder.home().resolve("conf") : conf;
        options = Options.read(from.resolve("jobs.yaml"));
        LocalCalendar calendar =
                new LocalCalendar(PolicyFile.read(from.resolve("policy.yaml")).timeZone());
        long end = until == null ? Long.MAX_VALUE : calendar.midnight((int) until.toEpochDay());
        Path sorted = Files.createTempDirectory("touchstone-replay-");
        try (HistoryMessages messages = new HistoryMessages(sorted, arrival)) {
            if (history != null) {
                messages.read(history);
            }
            check(messages, end);
            publish(messages, end);
        } finally {
            new ClusterFolder(sorted).delete();
        }
        return 0;
    }

    private void checkHistory() throws IOException {
        if (history == null && until == null) {
            throw new ParameterException(spec.commandLine(), "give --history, or --until, or both");
        }
        if (history != null
                && (!Files.isDirectory(history)
                        || History.TOPICS.stream().allMatch(topic -> History.file(history, topic) == null))) {
            throw new IOException(
                    "--history " + history + " has none of " + History.TOPICS + " as .jsonl or .jsonl.gz");
        }
    }

    /** What is ahead of the broker's clock would be a dead letter, FUTURE: better said now. */
    private void check(HistoryMessages messages, long end) {
        long latest = System.currentTimeMillis() + options.time().maxClockSkew().toMillis();
        long newest = Math.min(messages.newest().orElse(Long.MIN_VALUE), end);
        long clock = until == null ? newest : past(end);
        if (Math.max(newest, clock) > latest) {
            throw new IllegalStateException("the history goes on until " + Instant.ofEpochMilli(Math.max(newest, clock))
                    + ", which is still to come: such events are dead letters (FUTURE); end it before with --until");
        }
    }

    private long past(long midnight) {
        return midnight + options.time().maxOutOfOrderness().toMillis() + 1;
    }

    private void publish(HistoryMessages messages, long end) throws Exception {
        long leftOut = 0;
        long lastProgress;
        PrintWriter out = spec.commandLine().getOut();
        try (KafkaProducer<String, byte[]> open = open()) {
            producer = open;
            begun = System.nanoTime();
            lastProgress = begun;
            if (messages.oldest().isPresent()) {
                // The orders' partitions hold the clock from now on, whatever comes first.
                moveClock(messages.oldest().getAsLong(), "begin");
            }
            Iterator<Message> all = messages.messages();
            List<Message> held = List.of();
            int chunk = rate == 0 ? UNPACED_CHUNK : rate * LEAD_SECONDS;
            while (all.hasNext() || !held.isEmpty()) {
                List<Message> orders = new ArrayList<>();
                List<Message> others = new ArrayList<>();
                for (int i = 0; i < chunk && all.hasNext(); i++) {
                    Message message = all.next();
                    if (message.eventTime() >= end) {
                        leftOut++;
                    } else {
                        (message.topic().equals(History.TOPICS.get(0)) ? orders : others).add(message);
                    }
                }
                for (Message message : others) {
                    send(message);
                }
                flush();
                if (rate == 0 && !others.isEmpty()) {
                    // Nothing paces it, but ahead is ahead.
                    TimeUnit.SECONDS.sleep(1);
                }
                for (Message message : held) {
                    send(message);
                }
                held = orders;
                if (System.nanoTime() - lastProgress > TimeUnit.SECONDS.toNanos(10)) {
                    lastProgress = System.nanoTime();
                    out.println("%,d events, %,.0f a second".formatted(count, count / seconds()));
                }
            }
            flush();
            if (until != null) {
                moveClock(past(end), "end");
            }
        }
        sent.forEach((topic, events) -> out.println("%-24s %,12d events".formatted(topic, events)));
        messages.unencodable()
                .forEach((topic, lines) -> out.println(
                        "%-24s %,12d lines are no record of the schema: not published".formatted(topic, lines)));
        if (leftOut > 0) {
            out.println("%-24s %,12d events at or after midnight of %s".formatted("left out", leftOut, until));
        }
        out.println("%-24s %,12.1f, %,.0f events a second".formatted("seconds", seconds(), count / seconds()));
        if (until != null) {
            out.println("The clock is past midnight of " + until + ".");
        }
    }

    private KafkaProducer<String, byte[]> open() throws IOException {
        Map<String, Object> properties =
                new HashMap<>(BrokerUsers.access(where, options.kafka(), bootstrapServers, BrokerUsers.REPLAY));
        properties.putAll(Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                "touchstone-replay",
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                "true",
                ProducerConfig.LINGER_MS_CONFIG,
                "10",
                ProducerConfig.BATCH_SIZE_CONFIG,
                "65536",
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4"));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private double seconds() {
        return (System.nanoTime() - begun) / 1e9;
    }

    private void send(Message message) throws Exception {
        if (rate > 0) {
            long ahead = begun + count * 1_000_000_000L / rate - System.nanoTime();
            if (ahead > 1_000_000) {
                TimeUnit.NANOSECONDS.sleep(ahead);
            }
        }
        Options.Topics topics = options.kafka().topics();
        String topic = switch (message.topic()) {
            case "orders" -> topics.orders();
            case "returns" -> topics.returns();
            default -> topics.reviews();
        };
        send(new ProducerRecord<>(topic, message.key(), message.value()));
        sent.merge(topic, 1L, Long::sum);
        count++;
    }

    /** Blocks while too much is on its way to the broker. */
    private void send(ProducerRecord<String, byte[]> record) throws Exception {
        var unused = producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        checkFailure();
    }

    private void flush() throws Exception {
        producer.flush();
        checkFailure();
    }

    private void checkFailure() throws Exception {
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** On every partition of the orders, one that is delivered at an instant: it moves the clock and changes nothing else. */
    private void moveClock(long instant, String name) throws Exception {
        AvroWire<Order> wire = AvroWire.orders();
        String topic = options.kafka().topics().orders();
        for (PartitionInfo partition : producer.partitionsFor(topic)) {
            String id = "clock-" + name + "-" + partition.partition();
            send(new ProducerRecord<>(
                    topic, partition.partition(), id, wire.encode(ClockOrder.of(id, Instant.ofEpochMilli(instant)))));
        }
        flush();
    }
}
