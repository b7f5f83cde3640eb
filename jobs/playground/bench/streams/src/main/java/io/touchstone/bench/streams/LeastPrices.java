package io.touchstone.bench.streams;

import io.touchstone.market.OrderEvent;
import io.touchstone.price.PriceKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What a user would write with Kafka Streams instead of a price floor: the plain minimum of a key's prices over the last 30 days, at
 * every payment. An easier job than ours: no tiers, no distinct buyers, no shipping, no carried floors, no breaches, no alerts; and
 * payments count in the order in which they arrive, for Streams puts nothing into event-time order.
 */
final class LeastPrices {
    private static final String STORE = "prices";
    private static final long WINDOW_MS = Duration.ofDays(30).toMillis();

    private static final Serde<Price> PRICE = Serdes.serdeFrom(
            (topic, price) -> price.writeTo(ByteBuffer.allocate(Price.BYTES)).array(),
            (topic, bytes) -> Price.readFrom(ByteBuffer.wrap(bytes)));

    private static final Serde<Price[]> QUEUE = Serdes.serdeFrom(
            (topic, queue) -> {
                ByteBuffer bytes = ByteBuffer.allocate(queue.length * Price.BYTES);
                for (Price price : queue) {
                    price.writeTo(bytes);
                }
                return bytes.array();
            },
            (topic, bytes) -> bytes == null ? null : readQueue(ByteBuffer.wrap(bytes)));

    private LeastPrices() {}

    /** How much of what Streams does by default it has to do. */
    enum Variant {
        /** A topic that brings the prices to their keys' partitions, and a changelog of the store: what a user gets. */
        DEFAULT,
        /** Neither: it takes a single partition, and a crash loses the state. */
        BARE
    }

    /** A price that was paid. */
    record Price(long at, long micros) {
        private static final int BYTES = 2 * Long.BYTES;

        private ByteBuffer writeTo(ByteBuffer bytes) {
            return bytes.putLong(at).putLong(micros);
        }

        private static Price readFrom(ByteBuffer bytes) {
            return new Price(bytes.getLong(), bytes.getLong());
        }
    }

    /** Is told how far it is. */
    interface Progress {
        /** An order was read that has so many prices to look up. */
        void read(int prices);

        /** One of them was looked up: the least price at its instant. */
        void found(String key, Price least);
    }

    static Topology topology(String topic, Variant variant, Progress progress) {
        StoreBuilder<KeyValueStore<String, Price[]>> store =
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), QUEUE);
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, Price> prices = builder.stream(
                        topic,
                        Consumed.with(
                                Serdes.ByteArray(),
                                Serdes.serdeFrom(
                                        (orders, order) -> {
                                            throw new UnsupportedOperationException("orders are only read");
                                        },
                                        new OrderDeserializer())))
                .flatMap((none, order) -> {
                    List<KeyValue<String, Price>> paid = prices(order);
                    progress.read(paid.size());
                    return paid;
                });
        if (variant == Variant.DEFAULT) {
            prices = prices.repartition(Repartitioned.with(Serdes.String(), PRICE));
        } else {
            store.withLoggingDisabled();
        }
        prices.process(lookUp(store)).foreach(progress::found);
        return builder.build();
    }

    private static List<KeyValue<String, Price>> prices(OrderEvent order) {
        return order == null || order.status() != OrderEvent.Status.PAID
                ? List.of()
                : order.lines().stream()
                        .map(line -> KeyValue.pair(
                                PriceKey.of(line).subject(), new Price(order.eventTime(), line.unitPriceMicros())))
                        .toList();
    }

    private static ProcessorSupplier<String, Price, String, Price> lookUp(StoreBuilder<?> store) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, Price, String, Price> get() {
                return new LookUp();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(store);
            }
        };
    }

    private static Price[] readQueue(ByteBuffer bytes) {
        Price[] queue = new Price[bytes.remaining() / Price.BYTES];
        Arrays.setAll(queue, i -> Price.readFrom(bytes));
        return queue;
    }

    /** One get and one put per payment: of a key's prices those that can still be the least, which rise from the oldest on. */
    private static final class LookUp extends ContextualProcessor<String, Price, String, Price> {
        private KeyValueStore<String, Price[]> queues;

        @Override
        public void init(ProcessorContext<String, Price> context) {
            super.init(context);
            queues = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<String, Price> paid) {
            Price price = paid.value();
            Price[] before = queues.get(paid.key());
            List<Price> queue = new ArrayList<>();
            for (int i = 0; before != null && i < before.length; i++) {
                if (before[i].at >= price.at - WINDOW_MS && before[i].micros < price.micros) {
                    queue.add(before[i]);
                }
            }
            queue.add(price);
            queues.put(paid.key(), queue.toArray(Price[]::new));
            context().forward(paid.withValue(new Price(price.at, queue.get(0).micros)));
        }
    }
}
