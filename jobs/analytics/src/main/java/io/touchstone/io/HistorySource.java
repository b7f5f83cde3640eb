package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.quality.OrderNews;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.rocksdb.RocksIterator;

/** Plays a {@link History} that was read: every event before an instant, in event-time order. For one reader, without checkpoints. */
public final class HistorySource
        implements Source<HistorySource.Played, HistorySource.Whole, Collection<HistorySource.Whole>> {
    /** The type of the orders among what is played. */
    public static final TypeInformation<Arrival<OrderEvent>> ORDERS = ArrivalDeserializer.ORDERS;

    private static final long serialVersionUID = 1;
    private static final AtomicLong PLAYED = new AtomicLong();

    private final String sorted;
    private final long before;

    /** {@code before}: the first instant that no longer acts, in epoch ms. */
    public HistorySource(Path sorted, long before) {
        this.sorted = sorted.toString();
        this.before = before;
    }

    /** Events that this process has played so far. */
    public static long played() {
        return PLAYED.get();
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<Played, Whole> createReader(SourceReaderContext context) {
        return new IteratorSourceReader<>(context);
    }

    @Override
    public SplitEnumerator<Whole, Collection<Whole>> createEnumerator(SplitEnumeratorContext<Whole> context) {
        Whole whole = new Whole(sorted, before);
        // Flink's reader asks a split for its first event without asking whether there is one.
        return new IteratorSourceEnumerator<>(context, whole.isEmpty() ? List.of() : List.of(whole));
    }

    @Override
    public SplitEnumerator<Whole, Collection<Whole>> restoreEnumerator(
            SplitEnumeratorContext<Whole> context, Collection<Whole> checkpoint) {
        throw new UnsupportedOperationException("a history is played from its beginning");
    }

    @Override
    public SimpleVersionedSerializer<Whole> getSplitSerializer() {
        return new WholeSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<Whole>> getEnumeratorCheckpointSerializer() {
        return new NoCheckpoints();
    }

    /** The whole history, as one split. */
    public record Whole(String sorted, long before) implements IteratorSourceSplit<Played, Events> {
        boolean isEmpty() {
            try (SortedStore store = new SortedStore(Path.of(sorted));
                    RocksIterator entries = store.iterator()) {
                return !entries.isValid() || SortedStore.Key.number(entries.key(), 0) >= before;
            }
        }

        @Override
        public String splitId() {
            return "history";
        }

        @Override
        public Events getIterator() {
            return new Events(this);
        }

        @Override
        public IteratorSourceSplit<Played, Events> getUpdatedSplitForIterator(Events iterator) {
            return this;
        }
    }

    /**
     * An event of the history, for whom it may concern.
     *
     * @param time the event's own, epoch ms
     * @param order an order, or the dead letter of one; null for a return or review
     * @param news what quality has to know; null for a dead letter
     */
    public record Played(long time, Arrival<OrderEvent> order, OrderNews news) {}

    /** The events of a history, from its store. */
    public static final class Events implements Iterator<Played> {
        private final long before;
        private final SortedStore store;
        private final RocksIterator entries;
        private final AvroWire<Order> orders = AvroWire.orders();
        private final AvroWire<OrderReturn> returns = AvroWire.returns();
        private final AvroWire<Review> reviews = AvroWire.reviews();

        Events(Whole whole) {
            before = whole.before;
            store = new SortedStore(Path.of(whole.sorted));
            entries = store.iterator();
        }

        @Override
        public boolean hasNext() {
            if (!store.isOpen()) {
                return false;
            }
            if (entries.isValid() && SortedStore.Key.number(entries.key(), 0) < before) {
                return true;
            }
            entries.close();
            store.close();
            return false;
        }

        @Override
        public Played next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] key = entries.key();
            byte[] entry = entries.value();
            entries.next();
            PLAYED.incrementAndGet();
            long time = SortedStore.Key.number(key, 0);
            long number = SortedStore.Key.number(key, 2 * Long.BYTES);
            byte[] bytes = Arrays.copyOfRange(entry, 1, entry.length);
            try {
                return switch (entry[0]) {
                    case History.ORDER -> {
                        OrderEvent order = Facts.of(orders.decode(bytes));
                        yield new Played(time, Arrival.of(origin("orders", number, bytes), order), OrderNews.of(order));
                    }
                    case History.RETURN ->
                        new Played(
                                time,
                                null,
                                OrderNews.of(Facts.of(returns.decode(bytes)), origin("returns", number, bytes)));
                    case History.REVIEW ->
                        new Played(
                                time,
                                null,
                                OrderNews.of(Facts.of(reviews.decode(bytes)), origin("reviews", number, bytes)));
                    default ->
                        new Played(
                                time,
                                Arrival.dead(new DeadLetter(
                                        origin("orders", number, bytes), DeadLetter.Reason.UNMATCHED, "event_time")),
                                null);
                };
            } catch (Refusal e) {
                throw new IllegalStateException("line " + number + " was sound when it was read", e);
            }
        }

        private static Origin origin(String topic, long number, byte[] bytes) {
            return new Origin(topic, 0, number, bytes);
        }
    }

    private static final class WholeSerializer implements SimpleVersionedSerializer<Whole> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Whole whole) {
            byte[] path = whole.sorted.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Long.BYTES + path.length)
                    .putLong(whole.before)
                    .put(path)
                    .array();
        }

        @Override
        public Whole deserialize(int version, byte[] bytes) {
            return new Whole(
                    new String(bytes, Long.BYTES, bytes.length - Long.BYTES, StandardCharsets.UTF_8),
                    ByteBuffer.wrap(bytes).getLong());
        }
    }

    private static final class NoCheckpoints implements SimpleVersionedSerializer<Collection<Whole>> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Collection<Whole> splits) {
            throw new UnsupportedOperationException("a backtest takes no checkpoints");
        }

        @Override
        public Collection<Whole> deserialize(int version, byte[] bytes) {
            throw new UnsupportedOperationException("a backtest takes no checkpoints");
        }
    }
}
