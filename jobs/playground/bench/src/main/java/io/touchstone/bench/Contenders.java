package io.touchstone.bench;

import io.touchstone.FactoryQualityJob;
import io.touchstone.Outputs;
import io.touchstone.PolicyStream;
import io.touchstone.PriceFloorJob;
import io.touchstone.bench.Contender.Topics;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.TableRow;
import io.touchstone.market.DeadLetter;
import io.touchstone.operators.SplitOrders;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.KeyedLines;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** All rows of the benchmark. */
final class Contenders {
    /** What everything else is measured by. */
    static final String YARDSTICK = "a3";

    private static final PolicyTimeline POLICIES = new PolicyTimeline(Policy.DEFAULT);

    static final List<Contender> ALL = List.of(
            new Contender(
                    "decode",
                    "source, Avro decoded and checked, thrown away",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(Wire.orders(records))),
            new Contender(
                    "key-by",
                    "the same, and sent to its key",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(
                            keyed(records).filter(lines -> false).name("drop").uid("drop"))),
            new Contender(
                    YARDSTICK,
                    "the same, and one RocksDB get and put of 100 bytes per event",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(keyed(records)
                            .process(new GetAndPut())
                            .name("get-and-put")
                            .uid("get-and-put"))),
            new Contender(
                    "price-floor",
                    "PriceFloorJob: order, floors, breaches, alerts; outputs thrown away",
                    Topics.ORDERS,
                    (env, records, until) -> {
                        var orders = Wire.timedOrders(records);
                        PriceFloorJob.define(env, POLICIES, PolicyStream.none(orders), until, orders, new Nowhere());
                    }),
            new Contender(
                    "timer-per-event",
                    "peer: the plain minimum of 30 days, prices wait behind a timer each; exact",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(Peers.timers(Peers.prices(records)))),
            new Contender(
                    "day-buckets",
                    "peer: the plain minimum of 31 days, one per day in a map; not exact",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(Peers.days(Peers.prices(records)))),
            new Contender(
                    "map-scan",
                    "peer: the plain minimum of 30 days, all prices in a map, looked through per event; not exact",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(Peers.scan(Peers.prices(records)))),
            new Contender(
                    "sql-over",
                    "peer: the plain minimum of 30 days by Flink SQL, MIN OVER RANGE; exact",
                    Topics.ORDERS,
                    (env, records, until) -> Contender.discard(Peers.sql(env, Peers.prices(records)))),
            new Contender(
                    "factory-quality",
                    "FactoryQualityJob: order records, buyer-days, day cells, evaluations; outputs thrown away",
                    Topics.ALL,
                    (env, records, until) -> {
                        var news = Wire.timedNews(records);
                        FactoryQualityJob.define(env, POLICIES, PolicyStream.none(news), until, news, new Nowhere());
                    }));

    private Contenders() {}

    private static KeyedStream<KeyedLines, String> keyed(DataStream<byte[]> records) {
        return Wire.orders(records)
                .process(new SplitOrders(), PriceFloorJob.KEYED_LINES)
                .name("split-orders")
                .uid("split-orders")
                .keyBy(KeyedLines::subject, Types.STRING);
    }

    private static final class GetAndPut extends KeyedProcessFunction<String, KeyedLines, KeyedLines> {
        private static final long serialVersionUID = 1;
        private transient ValueState<byte[]> state;

        @Override
        public void open(OpenContext context) {
            state = getRuntimeContext()
                    .getState(
                            new ValueStateDescriptor<>("value", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        }

        @Override
        public void processElement(KeyedLines lines, Context context, Collector<KeyedLines> out) throws Exception {
            byte[] value = state.value();
            byte[] next = value == null ? new byte[100] : value;
            next[0]++;
            state.update(next);
        }
    }

    /** Outputs that keep nothing. */
    private static final class Nowhere implements Outputs {
        @Override
        public void rows(DataStream<TableRow> rows) {
            Contender.discard(rows);
        }

        @Override
        public void alerts(DataStream<AlertMessage> alerts) {
            Contender.discard(alerts);
        }

        @Override
        public void deadLetters(DataStream<DeadLetter> letters) {
            Contender.discard(letters);
        }
    }
}
