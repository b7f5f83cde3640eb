package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.rocksdb.RocksIterator;

/**
 * A history of files as its producers would have sent it: each line that is a record of its schema, in Avro, under its order's id.
 * Whether the jobs will find a record valid is their business; a line that is no record at all cannot be encoded by anybody.
 */
public final class HistoryMessages implements AutoCloseable {
    private final SortedStore store;
    private final boolean byArrival;
    private final AvroWire<Order> orders = AvroWire.orders();
    private final AvroWire<OrderReturn> returns = AvroWire.returns();
    private final AvroWire<Review> reviews = AvroWire.reviews();
    private final Map<String, Long> unencodable = new TreeMap<>();
    private long oldest = Long.MAX_VALUE;
    private long newest = Long.MIN_VALUE;

    /**
     * A message to send.
     *
     * @param topic one of {@link History#TOPICS}
     * @param eventTime of the event, epoch ms; of one that breaks a rule of the contract, when it is sent in event time
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Message(String topic, String key, long eventTime, byte[] value) {}

    /**
     * Prepares to read one.
     *
     * @param sorted an empty folder to sort in
     * @param byArrival whether lines keep their order, instead of being sorted by event time; lines of different files meet by the
     *     newest event time so far
     */
    public HistoryMessages(Path sorted, boolean byArrival) {
        this.store = new SortedStore(sorted);
        this.byArrival = byArrival;
    }

    /** Reads a folder as a backtest does. */
    public void read(Path folder) throws IOException {
        for (int topic = 0; topic < History.TOPICS.size(); topic++) {
            Path file = History.file(folder, History.TOPICS.get(topic));
            if (file == null) {
                continue;
            }
            long reached = Long.MIN_VALUE;
            try (Lines lines = new Lines(file)) {
                for (byte[] line = lines.next(); line != null; line = lines.next()) {
                    Event event;
                    try {
                        event = event(topic, line);
                    } catch (Refusal undecodable) {
                        unencodable.merge(History.TOPICS.get(topic), 1L, Long::sum);
                        continue;
                    }
                    if (event.isValid) {
                        oldest = Math.min(oldest, event.time);
                        newest = Math.max(newest, event.time);
                        reached = Math.max(reached, event.time);
                    }
                    long position = byArrival || !event.isValid ? reached : event.time;
                    store.put(
                            new SortedStore.Key()
                                    .number(position)
                                    .number(topic)
                                    .number(lines.number())
                                    .toBytes(),
                            entry(event.isValid ? event.time : position, event.key, event.value));
                }
            } catch (IOException e) {
                throw new IOException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Event(String key, long time, boolean isValid, byte[] value) {}

    private Event event(int topic, byte[] line) throws Refusal {
        return switch (topic) {
            case 0 -> {
                Order order = JsonEvents.order(line);
                yield new Event(
                        order.getOrderId(),
                        order.getEventTime().toEpochMilli(),
                        isValid(() -> Facts.of(order)),
                        orders.encode(order));
            }
            case 1 -> {
                OrderReturn step = JsonEvents.orderReturn(line);
                yield new Event(
                        step.getOrderId(),
                        step.getEventTime().toEpochMilli(),
                        isValid(() -> Facts.of(step)),
                        returns.encode(step));
            }
            default -> {
                Review review = JsonEvents.review(line);
                yield new Event(
                        review.getOrderId(),
                        review.getEventTime().toEpochMilli(),
                        isValid(() -> Facts.of(review)),
                        reviews.encode(review));
            }
        };
    }

    private interface Check {
        Object fact() throws Refusal;
    }

    private static boolean isValid(Check check) {
        try {
            check.fact();
            return true;
        } catch (Refusal invalid) {
            return false;
        }
    }

    private static byte[] entry(long time, String key, byte[] value) {
        byte[] id = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + id.length + value.length)
                .putLong(time)
                .putInt(id.length)
                .put(id)
                .put(value)
                .array();
    }

    /** The time of the oldest valid event; empty if there is none. */
    public OptionalLong oldest() {
        return oldest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(oldest);
    }

    /** The time of the newest valid event; empty if there is none. */
    public OptionalLong newest() {
        return newest == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(newest);
    }

    /** How many lines are no record of their schema, by topic. */
    public Map<String, Long> unencodable() {
        return unencodable;
    }

    /** The messages in their order, from disk; for one pass at a time. */
    public Iterator<Message> messages() {
        RocksIterator entries = store.iterator();
        return new Iterator<>() {
            private boolean open = true;

            @Override
            public boolean hasNext() {
                if (open && !entries.isValid()) {
                    entries.close();
                    open = false;
                }
                return open;
            }

            @Override
            public Message next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int topic = (int) SortedStore.Key.number(entries.key(), Long.BYTES);
                ByteBuffer entry = ByteBuffer.wrap(entries.value());
                entries.next();
                long time = entry.getLong();
                byte[] key = new byte[entry.getInt()];
                entry.get(key);
                byte[] value = new byte[entry.remaining()];
                entry.get(value);
                return new Message(History.TOPICS.get(topic), new String(key, StandardCharsets.UTF_8), time, value);
            }
        };
    }

    @Override
    public void close() {
        store.close();
    }
}
