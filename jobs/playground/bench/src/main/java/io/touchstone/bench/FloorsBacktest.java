package io.touchstone.bench;

import io.touchstone.Outputs;
import io.touchstone.PolicyStream;
import io.touchstone.PriceFloorJob;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.History;
import io.touchstone.io.HistorySource;
import io.touchstone.io.Results;
import io.touchstone.io.TableRow;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.operators.PackedType;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** {@code scripts/backtest} without its other half: reads and sorts the same files, runs {@link PriceFloorJob} alone, writes. */
final class FloorsBacktest {
    private FloorsBacktest() {}

    /** {@code work}: an empty folder to sort in. */
    static void run(Path history, Path output, Path work, int parallelism) throws Exception {
        try (Results results = new Results(Files.createDirectory(work.resolve("results")))) {
            Path sorted = Files.createDirectory(work.resolve("history"));
            History events = read(history, sorted, results);
            long until = new LocalCalendar(Policy.DEFAULT.timeZone())
                    .midnight(events.dayAfterNewest().orElseThrow());
            LocalJob.run("backtest", parallelism, env -> {
                DataStream<Arrival<OrderEvent>> orders = play(env, sorted, until);
                PriceFloorJob.define(env, events.policies(), PolicyStream.none(orders), until, orders, gather(results));
            });
            results.write(output);
        }
    }

    /** Its first part: parses, checks and sorts. */
    static History read(Path history, Path sorted, Results results) throws IOException {
        History events = new History(Policy.DEFAULT, sorted);
        events.read(history, results::add, read -> {});
        return events;
    }

    private static DataStream<Arrival<OrderEvent>> play(StreamExecutionEnvironment env, Path sorted, long until) {
        return env.fromSource(
                        new HistorySource(sorted, until),
                        WatermarkStrategy.<HistorySource.Played>forMonotonousTimestamps()
                                .withTimestampAssigner((event, none) -> event.time()),
                        "play-history",
                        PackedType.withinTask(HistorySource.Played.class))
                .uid("play-history")
                .setParallelism(1)
                .flatMap(
                        (HistorySource.Played event, Collector<Arrival<OrderEvent>> out) -> {
                            if (event.order() != null) {
                                out.collect(event.order());
                            }
                        },
                        HistorySource.ORDERS)
                .name("pick-orders")
                .uid("pick-orders")
                .setParallelism(1);
    }

    private static Outputs gather(Results results) {
        return new Outputs() {
            @Override
            public void rows(DataStream<TableRow> rows) {
                rows.sinkTo(results.rows()).name("gather-rows").uid("gather-rows");
            }

            @Override
            public void alerts(DataStream<AlertMessage> alerts) {
                alerts.sinkTo(results.alerts()).name("gather-alerts").uid("gather-alerts");
            }

            @Override
            public void deadLetters(DataStream<DeadLetter> letters) {
                letters.sinkTo(results.deadLetters())
                        .name("gather-dead-letters")
                        .uid("gather-dead-letters");
            }
        };
    }
}
