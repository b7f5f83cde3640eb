package io.touchstone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Backtest;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is compared with the backtest finds the floors that it finds. */
class BacktestPeersTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    @TempDir
    private static Path folder;

    private static OrderHistory history;
    private static Path output;

    /** Ninety days of nine skus in all tiers, prices far apart, shipped up to three days later. */
    private static List<Order> orders() {
        SplittableRandom random = new SplittableRandom(1);
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Instant paidAt = BEGIN.plus(Duration.ofMinutes(65L * i));
            OrderLine line = new OrderLine(
                    "1",
                    // The last one is rare.
                    "sku-" + (i % 97 == 0 ? 8 : random.nextInt(8)),
                    1L + random.nextInt(1 << random.nextInt(1, 11)),
                    1_000L + random.nextInt(500),
                    "CNY",
                    Channel.WHOLESALE);
            String buyer = "buyer-" + random.nextInt(200);
            orders.add(order(i, OrderStatus.PAID, paidAt, paidAt, buyer, line));
            Instant shippedAt = paidAt.plus(Duration.ofMinutes(random.nextInt(4_320)));
            orders.add(order(i, OrderStatus.SHIPPED, paidAt, shippedAt, buyer, line));
        }
        orders.sort(Comparator.comparing(Order::getEventTime));
        return orders;
    }

    private static Order order(int i, OrderStatus status, Instant paidAt, Instant at, String buyer, OrderLine line) {
        return new Order(
                status + "-" + i,
                "order-" + i,
                status,
                at,
                OrderType.REGULAR,
                "factory",
                "category",
                "belt",
                buyer,
                BuyerSegment.CONSUMER,
                paidAt,
                paidAt.plus(Duration.ofDays(4)),
                0,
                null,
                List.of(line));
    }

    @BeforeAll
    static void runOurs() throws IOException {
        history = OrderHistory.write(folder.resolve("history"), orders().iterator());
        output = folder.resolve("output");
        assertThat(Backtest.run("--history=" + history.folder(), "--output=" + output, "--quiet"))
                .isZero();
    }

    private static List<CSVRecord> rows(Path file) throws IOException {
        try (Reader in = Files.newBufferedReader(file)) {
            return CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(in)
                    .getRecords();
        }
    }

    @Test
    void theHistoryHasFloorsOfEveryKind() throws IOException {
        assertThat(rows(output.resolve("price_floor_history.csv")).stream().map(row -> row.get("status")))
                .contains("CURRENT", "CARRIED", "THIN");
    }

    @Test
    void aPlainLoopFindsTheSameFloors() throws IOException {
        Path floors = folder.resolve("loop.csv");
        PlainLoop.run(history.orders(), floors);
        assertThat(Files.readAllLines(floors))
                .containsExactlyInAnyOrderElementsOf(
                        Files.readAllLines(output.resolve("price_floor_history.csv")).stream()
                                .skip(1)
                                .toList());
    }

    @Test
    void floorsAloneAreTheSameFloors() throws Exception {
        Path alone = folder.resolve("alone");
        FloorsBacktest.run(history.folder(), alone, Files.createDirectory(folder.resolve("work")), 1);
        for (String table : List.of("price_floor_history.csv", "price_floor.csv", "price_breach.csv")) {
            assertThat(alone.resolve(table)).hasSameTextualContentAs(output.resolve(table));
        }
    }

    /** A payment is a breach against every CURRENT floor that is far below it, and against no other. */
    @Test
    void duckFindsTheCurrentFloors() throws Exception {
        Path floors = folder.resolve("duck.csv");
        try (DuckFloors duck = new DuckFloors(folder)) {
            duck.run(history.orders(), floors);
        }
        List<String> ours = rows(output.resolve("price_breach.csv")).stream()
                .filter(row -> row.get("floor_status").equals("CURRENT"))
                .map(row -> row.get("order_id") + " " + row.get("price_micros") + " " + row.get("floor_micros"))
                .toList();
        List<String> theirs = rows(floors).stream()
                .filter(row -> !row.get("floor_micros").isEmpty())
                .filter(row -> Long.parseLong(row.get("unit_price_micros")) * 10_000
                        > Long.parseLong(row.get("floor_micros")) * 10_050)
                .map(row -> row.get("order_id") + " " + row.get("unit_price_micros") + " " + row.get("floor_micros"))
                .toList();
        assertThat(theirs).hasSizeGreaterThan(1_000).containsExactlyInAnyOrderElementsOf(ours);
    }

    @Test
    void duckFindsTheSameInALoadedTable() throws Exception {
        Path parsed = folder.resolve("parsed.csv");
        Path loaded = folder.resolve("loaded.csv");
        try (DuckFloors duck = new DuckFloors(folder)) {
            duck.run(history.orders(), parsed);
            duck.load(history.orders());
            duck.run(loaded);
        }
        assertThat(Files.readAllLines(loaded)).containsExactlyInAnyOrderElementsOf(Files.readAllLines(parsed));
    }
}
