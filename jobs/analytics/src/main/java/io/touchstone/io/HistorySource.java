package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
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

/** Plays a {@link History} that was read: every order before an instant, in event-time order. For one reader, without checkpoints. */
public final class HistorySource
        implements Source<Arrival<OrderEvent>, HistorySource.Whole, Collection<HistorySource.Whole>> {
    /** The type of what is played. */
    public static final TypeInformation<Arrival<OrderEvent>> TYPE = OrderDeserializer.ARRIVALS;

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
    public SourceReader<Arrival<OrderEvent>, Whole> createReader(SourceReaderContext context) {
        return new IteratorSourceReader<>(context);
    }

    @Override
    public SplitEnumerator<Whole, Collection<Whole>> createEnumerator(SplitEnumeratorContext<Whole> context) {
        return new IteratorSourceEnumerator<>(context, List.of(new Whole(sorted, before)));
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
    public record Whole(String sorted, long before) implements IteratorSourceSplit<Arrival<OrderEvent>, Orders> {
        @Override
        public String splitId() {
            return "history";
        }

        @Override
        public Orders getIterator() {
            return new Orders(this);
        }

        @Override
        public IteratorSourceSplit<Arrival<OrderEvent>, Orders> getUpdatedSplitForIterator(Orders iterator) {
            return this;
        }
    }

    /** The orders of a history, from its store. */
    public static final class Orders implements Iterator<Arrival<OrderEvent>> {
        private final long before;
        private final SortedStore store;
        private final RocksIterator entries;
        private final AvroWire<Order> wire = AvroWire.orders();

        Orders(Whole whole) {
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
        public Arrival<OrderEvent> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            long number = SortedStore.Key.number(entries.key(), Long.BYTES);
            byte[] entry = entries.value();
            entries.next();
            PLAYED.incrementAndGet();
            byte[] bytes = Arrays.copyOfRange(entry, 1, entry.length);
            Origin origin = new Origin("orders", 0, number, bytes);
            if (entry[0] == History.UNMATCHED) {
                return Arrival.dead(new DeadLetter(origin, DeadLetter.Reason.UNMATCHED, "event_time"));
            }
            try {
                return Arrival.of(origin, Facts.of(wire.decode(bytes)));
            } catch (Refusal e) {
                throw new IllegalStateException("line " + number + " was sound when it was read", e);
            }
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
