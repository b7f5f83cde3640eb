package io.touchstone.chaos.faults;

import com.sun.management.ThreadMXBean;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.io.ArrivalDeserializer;
import io.touchstone.io.AvroWire;
import io.touchstone.market.Arrival;
import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** R13: what no producer would send, by the million, to the deserializer of orders. */
public final class FuzzedInputs implements FaultTest {
    private static final int INPUTS = 10_000_000;
    private static final int NEIGHBOUR_EVERY = 1000;
    private static final int HEADER = 10;

    /** Four times the largest record that a topic takes. */
    private static final long MOST_ALLOCATED = 4L << 20;

    private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    @Override
    public Description description() {
        return new Description(
                "R13",
                "orders with flipped bits, cut, prolonged, spliced, or of random bytes",
                "nothing is thrown, no message makes much be allocated, and a good record among them stays what it is",
                "10,000,000 inputs: 0 escapes, at most 4 MiB for one, 0 neighbours altered",
                "Avro's own reader, without a guard",
                5,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        SplittableRandom random = round.random("inputs");
        byte[] good = AvroWire.orders().encode(order());
        ArrivalDeserializer<OrderEvent> deserializer =
                ArrivalDeserializer.orders(Policy.DEFAULT, Duration.ofMinutes(10));
        deserializer.open(null);
        SpecificDatumReader<Order> unguarded = new SpecificDatumReader<>(Order.getClassSchema());
        ThreadMXBean allocations = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String expected = read(deserializer, good).event().toString();

        int inputs = round.scaled(INPUTS);
        int accepted = 0;
        int altered = 0;
        long mostAllocated = 0;
        List<String> escapes = new ArrayList<>();
        for (int i = 0; i < inputs; i++) {
            byte[] bytes = spoiled(good, random);
            long before = allocations.getCurrentThreadAllocatedBytes();
            try {
                if (round.mutant()) {
                    unguarded.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
                } else {
                    accepted += read(deserializer, bytes).letter() == null ? 1 : 0;
                }
            } catch (Exception | Error e) {
                if (escapes.size() < 3) {
                    escapes.add(e + " of " + bytes.length + " bytes");
                }
            }
            mostAllocated = Math.max(mostAllocated, allocations.getCurrentThreadAllocatedBytes() - before);
            if (i % NEIGHBOUR_EVERY == 0
                    && !read(deserializer, good).event().toString().equals(expected)) {
                altered++;
            }
        }
        Finding finding = new Finding();
        finding.measure("%,d inputs, %,d of them still an order", inputs, accepted);
        finding.measure("at most %,d kB allocated for one", mostAllocated >> 10);
        finding.check("escapes", escapes.isEmpty(), "%s", escapes);
        finding.check("allocation", mostAllocated <= MOST_ALLOCATED, "%,d bytes for one message", mostAllocated);
        finding.check("neighbours", altered == 0, "%,d good records were read as something else", altered);
        return finding;
    }

    private static Arrival<OrderEvent> read(ArrivalDeserializer<OrderEvent> deserializer, byte[] bytes) {
        List<Arrival<OrderEvent>> arrivals = new ArrayList<>(1);
        deserializer.deserialize(
                new ConsumerRecord<>(
                        "orders",
                        0,
                        0,
                        NOW,
                        TimestampType.LOG_APPEND_TIME,
                        0,
                        bytes.length,
                        null,
                        bytes,
                        new RecordHeaders(),
                        Optional.empty()),
                new Collector<>() {
                    @Override
                    public void collect(Arrival<OrderEvent> arrival) {
                        arrivals.add(arrival);
                    }

                    @Override
                    public void close() {}
                });
        if (arrivals.size() != 1) {
            throw new IllegalStateException(arrivals.size() + " arrivals of one record");
        }
        return arrivals.get(0);
    }

    private static byte[] spoiled(byte[] good, SplittableRandom random) {
        int how = random.nextInt(6);
        byte[] bytes = how == 1
                ? Arrays.copyOf(good, random.nextInt(good.length))
                : how == 2 ? Arrays.copyOf(good, good.length + 1 + random.nextInt(40)) : good.clone();
        switch (how) {
            case 0 -> {
                for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 3 -> {
                // A sound head and a body of chance.
                for (int i = HEADER + random.nextInt(bytes.length - HEADER); i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt(256);
                }
            }
            case 4 -> {
                int from = HEADER + random.nextInt(bytes.length - HEADER);
                int to = HEADER + random.nextInt(bytes.length - HEADER);
                System.arraycopy(good, from, bytes, to, bytes.length - Math.max(from, to));
            }
            case 5 -> {
                // Lengths of texts and lists as large as they get.
                int at = HEADER + random.nextInt(bytes.length - HEADER);
                for (int i = at; i < Math.min(bytes.length, at + 5); i++) {
                    bytes[i] = (byte) (i < at + 4 ? 0xFF : 0x0F);
                }
            }
            default -> {}
        }
        return bytes;
    }

    private static Order order() {
        Instant paid = Instant.ofEpochMilli(NOW).minus(Duration.ofHours(2));
        return Order.newBuilder()
                .setEventId("e-1")
                .setOrderId("order-1")
                .setStatus(OrderStatus.PAID)
                .setEventTime(paid)
                .setType(OrderType.REGULAR)
                .setFactoryId("factory-1")
                .setCategoryId("socks")
                .setBeltId("zhuji")
                .setBuyerId("buyer-1")
                .setBuyerSegment(BuyerSegment.CONSUMER)
                .setPaidAt(paid)
                .setShipBy(paid.plus(Duration.ofDays(2)))
                .setLeadDays(0)
                .setCancelledBy(null)
                .setLines(List.of(OrderLine.newBuilder()
                        .setLineId("1")
                        .setSkuId("sku-1")
                        .setQuantity(10)
                        .setUnitPriceMicros(4_500_000)
                        .setCurrency("CNY")
                        .setChannel(Channel.WHOLESALE)
                        .build()))
                .build();
    }
}
