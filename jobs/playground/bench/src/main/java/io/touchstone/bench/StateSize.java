package io.touchstone.bench;

import io.touchstone.bench.CheckpointFiles.ColumnFamily;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.io.AvroWire;
import io.touchstone.playground.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Bytes that the jobs keep after 30 days, each column family by itself: the files of a checkpoint, opened and compacted by RocksDB
 * with the options they were written with. A size on disk at any other moment would be a matter of when RocksDB compacted last.
 *
 * <p>A typical factory is one of {@link #ORDERS_EACH} orders in these days, in 20 categories and four segments, with the defects that
 * {@link Events} plant.
 */
final class StateSize implements Experiment {
    private static final Duration SPAN = Duration.ofDays(30);
    private static final int ORDERS_EACH = 1000;

    /** With fewer, {@link Events} ships so late that each order is a defect. */
    private static final int LEAST_ORDERS = 100_000;

    /** So many watermark intervals after the last record its watermark has been sent. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** How Flink calls the column families of timers. */
    private static final String TIMERS = "_timer_state/event_";

    private static final String READ = "read";

    private static final AvroWire<Order> ORDERS = AvroWire.orders();
    private static final AvroWire<OrderReturn> RETURNS = AvroWire.returns();
    private static final AvroWire<Review> REVIEWS = AvroWire.reviews();

    /** Read by tasks of this process. */
    private static volatile List<byte[]> records = List.of();

    @Override
    public String name() {
        return "state";
    }

    @Override
    public String does() {
        return "bytes in RocksDB per order, buyer-day, factory and sku, compressed and compacted";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int orders = Math.max(settings.orders(), LEAST_ORDERS);
        int factories = orders / ORDERS_EACH;
        int keys = Math.max(settings.keys(), factories);
        List<byte[]> events = Events.of(orders, keys, factories, SPAN).records();
        // Neighbours share most of a rising id, which compresses well; of a random one they share nothing.
        measure("rising ids", events, orders / (double) keys, report);
        measure("random ids", changed(events, StateSize::withRandomIds), orders / (double) keys, report);
    }

    private void measure(String ids, List<byte[]> events, double ordersPerKey, Report report) throws Exception {
        Map<String, ColumnFamily> quality = kept(events, Contenders.QUALITY);
        tell(
                "order held, " + ids,
                "order-records",
                quality,
                List.of("ending-orders", "waiting-for-orders", TIMERS + "ends", TIMERS + "wake-ups"),
                report);
        tell("buyer-day, " + ids, "buyer-days", quality, List.of(), report);
        tell(
                String.format(Locale.ROOT, "factory of %,d orders without buyer-days, %s", ORDERS_EACH, ids),
                "factory-ledger",
                quality,
                List.of("journal", "defects", "defective-buyers", TIMERS + "midnights"),
                report);
        List<byte[]> orders =
                events.stream().filter(record -> record[0] == Events.ORDER).toList();
        tell(
                String.format(Locale.ROOT, "sku-key of one tier and %.1f orders, %s", ordersPerKey, ids),
                "price-ledger",
                kept(changed(orders, StateSize::ofOnePiece), Contenders.PRICE_FLOOR),
                List.of(TIMERS + "midnights"),
                report);
    }

    /** A change of a record behind its tag. */
    @FunctionalInterface
    private interface Change {
        byte[] apply(byte tag, byte[] value) throws IOException;
    }

    private static List<byte[]> changed(List<byte[]> records, Change change) throws IOException {
        List<byte[]> changed = new ArrayList<>(records.size());
        for (byte[] record : records) {
            byte[] value = change.apply(record[0], Arrays.copyOfRange(record, 1, record.length));
            byte[] tagged = new byte[value.length + 1];
            tagged[0] = record[0];
            System.arraycopy(value, 0, tagged, 1, value.length);
            changed.add(tagged);
        }
        return changed;
    }

    /** An order of one piece counts in the first tier only. */
    private static byte[] ofOnePiece(byte tag, byte[] value) throws IOException {
        Order order = Order.getDecoder().decode(value);
        order.getLines().forEach(line -> line.setQuantity(1));
        return ORDERS.encode(order);
    }

    private static byte[] withRandomIds(byte tag, byte[] value) throws IOException {
        if (tag == Events.RETURN) {
            OrderReturn step = OrderReturn.getDecoder().decode(value);
            step.setOrderId(random(step.getOrderId()));
            return RETURNS.encode(step);
        } else if (tag == Events.REVIEW) {
            Review review = Review.getDecoder().decode(value);
            review.setOrderId(random(review.getOrderId()));
            return REVIEWS.encode(review);
        }
        Order order = Order.getDecoder().decode(value);
        order.setOrderId(random(order.getOrderId()));
        order.setFactoryId(random(order.getFactoryId()));
        order.setBuyerId(random(order.getBuyerId()));
        order.getLines().forEach(line -> line.setSkuId(random(line.getSkuId())));
        return ORDERS.encode(order);
    }

    /** 16 hexadecimal digits, others for each number. */
    private static String random(String numbered) {
        long number = Long.parseLong(numbered.substring(numbered.indexOf('-') + 1));
        return String.format("%016x", new SplittableRandom(number).nextLong());
    }

    /** Bytes per entry of a column family, that of the column families that go with it included. */
    private void tell(String row, String main, Map<String, ColumnFamily> all, List<String> others, Report report) {
        long entries = all.get(main).entries();
        long bytes = all.get(main).bytes();
        report.add(Figure.of(name(), row, "bytes in " + main, bytes / (double) entries));
        for (String other : others) {
            ColumnFamily family = all.getOrDefault(other, new ColumnFamily(0, 0));
            bytes += family.bytes();
            report.add(Figure.of(name(), row, "bytes in " + other, family.bytes() / (double) entries));
        }
        report.add(Figure.of(name(), row, "bytes", bytes / (double) entries));
        report.add(Figure.of(name(), row, "how many", (double) entries));
    }

    /** What a job keeps once it has taken everything. */
    private static Map<String, ColumnFamily> kept(List<byte[]> input, Contender contender) throws Exception {
        Path folder = Files.createTempDirectory("touchstone-bench-");
        records = input;
        try (FlinkCluster cluster = FlinkCluster.launch(folder, 0, 1, 1, configuration -> {
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofHours(1));
            configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, Interleaved.MANAGED_MEMORY);
            Meters.enable(configuration);
        })) {
            int count = input.size();
            JobID job = cluster.submit(
                    "state", 1, null, env -> contender.definition().define(env, read(env, count), Long.MAX_VALUE));
            while (Meters.sum("Source: " + READ, "numRecordsOut") < count) {
                if (cluster.status(job).isTerminalState()) {
                    throw new IllegalStateException(
                            "the job ended before it had read everything: " + cluster.status(job));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            TimeUnit.MILLISECONDS.sleep(SETTLED.toMillis());
            cluster.checkpoint(job);
            Path checkpoint = cluster.newestCheckpoint(job).orElseThrow();
            cluster.cancel(job);
            return CheckpointFiles.columnFamilies(checkpoint, folder);
        } finally {
            records = List.of();
            Interleaved.delete(folder);
        }
    }

    /** A source that gives all records and then waits, as a live one does: a job that ends keeps nothing. */
    private static DataStream<byte[]> read(StreamExecutionEnvironment env, int count) {
        return env.fromSource(
                        new DataGeneratorSource<>(
                                index -> records.get(index.intValue()),
                                Long.MAX_VALUE,
                                parallelism -> new First(count),
                                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
                        WatermarkStrategy.noWatermarks(),
                        READ)
                .uid(READ)
                .setParallelism(1);
    }

    /** Lets so many through, and nothing after them. */
    private static final class First implements RateLimiter<NumberSequenceSplit> {
        private static final CompletionStage<Void> NOW = CompletableFuture.completedFuture(null);
        private long left;

        First(long count) {
            left = count;
        }

        @Override
        public CompletionStage<Void> acquire(int requests) {
            left -= requests;
            return left >= 0 ? NOW : new CompletableFuture<>();
        }
    }
}
