package io.touchstone.bench;

import io.touchstone.market.OrderEvent;
import io.touchstone.price.PriceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/**
 * What a user would write instead of a price floor: the plain minimum of a key's prices over the last 30 days, at every payment. An
 * easier job than ours: no tiers, no distinct buyers, no shipping, no carried floors, no breaches, no alerts.
 */
final class Peers {
    private static final long WINDOW_MS = Duration.ofDays(30).toMillis();

    /** A price that was paid; public fields make it a POJO. */
    public static final class Price {
        public String key;
        public long at;
        public long micros;

        public Price() {}

        Price(String key, long at, long micros) {
            this.key = key;
            this.at = at;
            this.micros = micros;
        }
    }

    private Peers() {}

    static DataStream<Price> prices(DataStream<byte[]> records) {
        return Wire.timedOrders(records)
                .flatMap(
                        (arrival, out) -> {
                            OrderEvent order = arrival.event();
                            if (order.status() == OrderEvent.Status.PAID) {
                                for (OrderEvent.Line line : order.lines()) {
                                    out.collect(new Price(
                                            PriceKey.of(line).subject(), order.eventTime(), line.unitPriceMicros()));
                                }
                            }
                        },
                        TypeInformation.of(Price.class))
                .name("prices")
                .uid("prices");
    }

    /** Flink SQL's window over ranges of time. */
    static DataStream<Price> sql(StreamExecutionEnvironment env, DataStream<Price> prices) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(env);
        tables.createTemporaryView(
                "prices",
                prices,
                Schema.newBuilder()
                        .column("key", DataTypes.STRING())
                        .column("at", DataTypes.BIGINT())
                        .column("micros", DataTypes.BIGINT())
                        .columnByMetadata("rowtime", DataTypes.TIMESTAMP_LTZ(3))
                        .watermark("rowtime", "SOURCE_WATERMARK()")
                        .build());
        return tables.toDataStream(tables.sqlQuery("""
                        SELECT `key`, `at`, MIN(micros) OVER (
                            PARTITION BY `key` ORDER BY rowtime RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW)
                        FROM prices"""))
                .map(
                        (Row row) -> new Price(row.getFieldAs(0), row.<Long>getFieldAs(1), row.<Long>getFieldAs(2)),
                        TypeInformation.of(Price.class))
                .uid("sql-out");
    }

    /** All prices of a key in a map, looked through at every event as it comes. Not exact: what comes late is not seen. */
    static DataStream<Price> scan(DataStream<Price> prices) {
        return prices.keyBy(price -> price.key, Types.STRING)
                .process(new Scan())
                .name("scan")
                .uid("scan");
    }

    private static final class Scan extends KeyedProcessFunction<String, Price, Price> {
        private static final long serialVersionUID = 1;
        private transient MapState<Long, Long> known;

        @Override
        public void open(OpenContext context) {
            known = getRuntimeContext().getMapState(new MapStateDescriptor<>("prices", Types.LONG, Types.LONG));
        }

        @Override
        public void processElement(Price price, Context context, Collector<Price> out) throws Exception {
            Long same = known.get(price.at);
            known.put(price.at, same == null ? price.micros : Math.min(same, price.micros));
            long least = Long.MAX_VALUE;
            List<Long> gone = new ArrayList<>();
            for (Map.Entry<Long, Long> entry : known.entries()) {
                if (entry.getKey() < price.at - WINDOW_MS) {
                    gone.add(entry.getKey());
                } else if (entry.getKey() <= price.at) {
                    least = Math.min(least, entry.getValue());
                }
            }
            for (Long instant : gone) {
                known.remove(instant);
            }
            out.collect(new Price(price.key, price.at, least));
        }
    }

    /** Prices wait for their time behind a timer each; then a queue of the prices that can still be the least. */
    static DataStream<Price> timers(DataStream<Price> prices) {
        return prices.keyBy(price -> price.key, Types.STRING)
                .process(new Timers())
                .name("timers")
                .uid("timers");
    }

    private static final class Timers extends KeyedProcessFunction<String, Price, Price> {
        private static final long serialVersionUID = 1;
        private transient MapState<Long, List<Long>> waiting;
        private transient ValueState<long[]> queue;

        @Override
        public void open(OpenContext context) {
            waiting = getRuntimeContext()
                    .getMapState(new MapStateDescriptor<>("waiting", Types.LONG, Types.LIST(Types.LONG)));
            queue = getRuntimeContext()
                    .getState(
                            new ValueStateDescriptor<>("queue", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        }

        @Override
        public void processElement(Price price, Context context, Collector<Price> out) throws Exception {
            List<Long> others = waiting.get(price.at);
            List<Long> all = others == null ? new ArrayList<>(1) : new ArrayList<>(others);
            all.add(price.micros);
            waiting.put(price.at, all);
            context.timerService().registerEventTimeTimer(price.at);
        }

        @Override
        public void onTimer(long at, OnTimerContext context, Collector<Price> out) throws Exception {
            long[] before = queue.value();
            List<Long> rest = new ArrayList<>();
            List<Long> due = waiting.get(at);
            waiting.remove(at);
            long least = due.stream().mapToLong(Long::longValue).min().orElseThrow();
            for (int i = 0; before != null && i < before.length; i += 2) {
                if (before[i] >= at - WINDOW_MS && before[i + 1] < least) {
                    rest.add(before[i]);
                    rest.add(before[i + 1]);
                }
            }
            rest.add(at);
            rest.add(least);
            queue.update(rest.stream().mapToLong(Long::longValue).toArray());
            for (int i = 0; i < due.size(); i++) {
                out.collect(new Price(context.getCurrentKey(), at, rest.get(1)));
            }
        }
    }

    /** The least price of each day, in a list of days. Not exact: a day leaves the window as a whole. */
    static DataStream<Price> days(DataStream<Price> prices) {
        return prices.keyBy(price -> price.key, Types.STRING)
                .process(new Days())
                .name("days")
                .uid("days");
    }

    private static final class Days extends KeyedProcessFunction<String, Price, Price> {
        private static final long serialVersionUID = 1;
        private static final long DAY_MS = Duration.ofDays(1).toMillis();
        private transient MapState<Long, Long> days;

        @Override
        public void open(OpenContext context) {
            days = getRuntimeContext().getMapState(new MapStateDescriptor<>("days", Types.LONG, Types.LONG));
        }

        @Override
        public void processElement(Price price, Context context, Collector<Price> out) throws Exception {
            long today = price.at / DAY_MS;
            Long known = days.get(today);
            if (known == null || price.micros < known) {
                days.put(today, price.micros);
            }
            long least = price.micros;
            List<Long> gone = new ArrayList<>();
            for (Map.Entry<Long, Long> day : days.entries()) {
                if (day.getKey() < today - 30) {
                    gone.add(day.getKey());
                } else {
                    least = Math.min(least, day.getValue());
                }
            }
            for (Long day : gone) {
                days.remove(day);
            }
            out.collect(new Price(price.key, price.at, least));
        }
    }
}
