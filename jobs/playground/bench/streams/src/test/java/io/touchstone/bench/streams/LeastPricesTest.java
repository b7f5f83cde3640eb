package io.touchstone.bench.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.bench.streams.LeastPrices.Price;
import io.touchstone.bench.streams.LeastPrices.Variant;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.io.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kafka Streams finds what a plain loop finds. */
class LeastPricesTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    /** Ninety days of eight keys, an hour between two payments; each order is shipped at once, which means nothing here. */
    private static List<Order> orders() {
        SplittableRandom random = new SplittableRandom(1);
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Instant at = BEGIN.plus(Duration.ofHours(i));
            OrderLine line = new OrderLine(
                    "1", "sku-" + random.nextInt(8), 1L, 100L + random.nextInt(900), "CNY", Channel.WHOLESALE);
            for (OrderStatus status : List.of(OrderStatus.PAID, OrderStatus.SHIPPED)) {
                orders.add(new Order(
                        status + "-" + i,
                        "order-" + i,
                        status,
                        at,
                        OrderType.REGULAR,
                        "factory",
                        "category",
                        "belt",
                        "buyer",
                        BuyerSegment.CONSUMER,
                        at,
                        at.plus(Duration.ofDays(2)),
                        0,
                        null,
                        List.of(line)));
            }
        }
        return orders;
    }

    private static List<String> plainLoop(List<Order> orders) {
        List<String> lines = new ArrayList<>();
        for (Order order : orders) {
            if (order.getStatus() == OrderStatus.PAID) {
                String sku = sku(order);
                long least = orders.stream()
                        .filter(other -> sku(other).equals(sku)
                                && !other.getPaidAt().isAfter(order.getPaidAt())
                                && !other.getPaidAt().isBefore(order.getPaidAt().minus(Duration.ofDays(30))))
                        .mapToLong(other -> other.getLines().get(0).getUnitPriceMicros())
                        .min()
                        .orElseThrow();
                lines.add(sku + "/WHOLESALE/CNY " + order.getPaidAt().toEpochMilli() + " " + least);
            }
        }
        return lines;
    }

    private static String sku(Order order) {
        return order.getLines().get(0).getSkuId();
    }

    @ParameterizedTest
    @EnumSource(Variant.class)
    void isExactInOrder(Variant variant, @TempDir Path folder) {
        List<String> found = new ArrayList<>();
        LeastPrices.Progress progress = new LeastPrices.Progress() {
            @Override
            public void read(int prices) {}

            @Override
            public void found(String key, Price least) {
                found.add(key + " " + least.at() + " " + least.micros());
            }
        };
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        AvroWire<Order> wire = AvroWire.orders();
        try (TopologyTestDriver streams =
                new TopologyTestDriver(LeastPrices.topology("orders", variant, progress), settings)) {
            TestInputTopic<byte[], byte[]> topic =
                    streams.createInputTopic("orders", new ByteArraySerializer(), new ByteArraySerializer());
            for (Order order : orders()) {
                byte[] value = wire.encode(order);
                topic.pipeInput(ByteBuffer.allocate(1 + value.length)
                        .put((byte) 0)
                        .put(value)
                        .array());
            }
        }
        assertThat(found).containsExactlyElementsOf(plainLoop(orders()));
    }
}
