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
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** What is measured, ceilings and jobs. */
final class Contenders {
    private static final PolicyTimeline POLICIES = new PolicyTimeline(Policy.DEFAULT);

    /** Source, Avro decoded and checked, thrown away. */
    static final Contender DECODE =
            new Contender(Topics.ORDERS, (env, records, until) -> Contender.discard(Wire.orders(records)));

    /** The same, and sent to its key. */
    static final Contender KEY_BY = new Contender(
            Topics.ORDERS,
            (env, records, until) -> Contender.discard(
                    keyed(records).filter(lines -> false).name("drop").uid("drop")));

    /** The yardstick: the same, and one RocksDB get and put of 100 bytes per event. */
    static final Contender A3 = new Contender(
            Topics.ORDERS,
            (env, records, until) -> Contender.discard(
                    keyed(records).process(new GetAndPut()).name("get-and-put").uid("get-and-put")));

    /** PriceFloorJob: order, floors, breaches, alerts; outputs thrown away. */
    static final Contender PRICE_FLOOR = new Contender(Topics.ORDERS, (env, records, until) -> {
        var orders = Wire.timedOrders(records);
        PriceFloorJob.define(env, POLICIES, PolicyStream.none(orders), until, orders, new Nowhere());
    });

    /** FactoryQualityJob: order records, buyer-days, day cells, evaluations; outputs thrown away. */
    static final Contender QUALITY = new Contender(Topics.ALL, (env, records, until) -> {
        var news = Wire.timedNews(records);
        FactoryQualityJob.define(env, POLICIES, PolicyStream.none(news), until, news, new Nowhere());
    });

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
