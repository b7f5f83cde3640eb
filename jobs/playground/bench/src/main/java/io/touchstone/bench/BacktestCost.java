package io.touchstone.bench;

import io.touchstone.Backtest;
import io.touchstone.bench.Rounds.Entrant;
import io.touchstone.io.Results;
import io.touchstone.market.OrderEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What a backtest costs per event, from a file of JSON to files of floors, beside a plain loop and DuckDB. The history has orders of
 * 90 days, each sku one every three days, and nothing else: no returns, no reviews.
 */
final class BacktestCost implements Experiment {
    private static final Duration SPAN = Duration.ofDays(90);
    private static final int ORDERS_PER_SKU = 30;
    private static final int SKUS_PER_FACTORY = 100;
    private static final String LOOP = "plain loop";

    @Override
    public String name() {
        return "backtest";
    }

    @Override
    public String does() {
        return "backtest of 90 days, 30 orders per sku: ours, a plain loop, DuckDB; from a file of JSON to files of floors";
    }

    /** From a history to files in a folder, which is empty before. */
    private interface Contestant {
        Cost run(OrderHistory history, Path folder) throws Exception;
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        int skus = settings.orders() / ORDERS_PER_SKU;
        List<byte[]> records = Events.of(settings.orders(), skus, skus / SKUS_PER_FACTORY, SPAN)
                .records();
        Path folder = Files.createTempDirectory("touchstone-bench-backtest-");
        try {
            Course course = new Course(
                    folder,
                    OrderHistory.write(folder.resolve("whole"), OrderHistory.of(records)),
                    OrderHistory.write(folder.resolve("one"), OrderHistory.of(records.subList(0, 1))),
                    2L * settings.orders());
            records = List.of();
            int parallelism = settings.parallelism();
            Rounds.measure(
                            name(),
                            List.of(
                                    course.entrant(LOOP, null, BacktestCost::loop),
                                    course.entrant("plain loop (from parsed orders)", LOOP, BacktestCost::parsedLoop),
                                    course.entrant(
                                            "backtest (floors only)",
                                            LOOP,
                                            (history, out) -> Cost.of(() -> FloorsBacktest.run(
                                                    history.folder(), out.resolve("output"), out, parallelism))),
                                    course.entrant("backtest (only reads and sorts)", LOOP, BacktestCost::reading),
                                    course.entrant(
                                            "backtest (floors and scores)",
                                            LOOP,
                                            (history, out) -> Cost.of(() -> backtest(history, out, parallelism))),
                                    course.entrant("duckdb", LOOP, BacktestCost::duck),
                                    course.entrant("duckdb (from a loaded table)", LOOP, BacktestCost::loadedDuck)),
                            settings.rounds(),
                            report)
                    .forEach((row, cpu) -> report.add(Figure.of(
                            name(),
                            row,
                            "events/s and core",
                            Arrays.stream(cpu.rounds())
                                    .map(micros -> 1e6 / micros)
                                    .toArray())));
        } finally {
            Interleaved.delete(folder);
        }
    }

    /** Where all of them run, each time in a new folder. */
    private record Course(Path folder, OrderHistory whole, OrderHistory one, long events) {
        Entrant entrant(String row, String of, Contestant contestant) {
            return new Entrant(row, events, () -> run(contestant, whole), () -> run(contestant, one), of);
        }

        private Cost run(Contestant contestant, OrderHistory history) throws Exception {
            Path out = Files.createTempDirectory(folder, "run-");
            try {
                return contestant.run(history, out);
            } finally {
                Interleaved.delete(out);
            }
        }
    }

    private static Cost loop(OrderHistory history, Path out) throws Exception {
        return Cost.of(() -> PlainLoop.run(history.orders(), out.resolve("floors.csv")));
    }

    private static Cost parsedLoop(OrderHistory history, Path out) throws Exception {
        List<OrderEvent> orders = PlainLoop.parse(history.orders());
        return Cost.of(() -> PlainLoop.run(orders.iterator(), out.resolve("floors.csv")));
    }

    private static Cost reading(OrderHistory history, Path out) throws Exception {
        try (Results results = new Results(Files.createDirectory(out.resolve("results")))) {
            Path sorted = Files.createDirectory(out.resolve("history"));
            return Cost.of(() -> FloorsBacktest.read(history.folder(), sorted, results));
        }
    }

    private static void backtest(OrderHistory history, Path out, int parallelism) {
        int code = Backtest.run(
                "--history=" + history.folder(), "--output=" + out, "--parallelism=" + parallelism, "--quiet");
        if (code != 0) {
            throw new IllegalStateException("the backtest ended with " + code + ", see above");
        }
    }

    private static Cost duck(OrderHistory history, Path out) throws Exception {
        return Cost.of(() -> {
            try (DuckFloors duck = new DuckFloors(out)) {
                duck.run(history.orders(), out.resolve("floors.csv"));
            }
        });
    }

    private static Cost loadedDuck(OrderHistory history, Path out) throws Exception {
        try (DuckFloors duck = new DuckFloors(out)) {
            duck.load(history.orders());
            return Cost.of(() -> duck.run(out.resolve("floors.csv")));
        }
    }
}
