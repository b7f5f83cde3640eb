package io.touchstone.bench;

import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.quality.OrderNews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/**
 * What a user would write instead of a factory's score: complaints and orders of the factory over the last 30 days, at every order
 * paid and every complaint. A complaint is a return opened for its quality or a review of at most two stars, within a week of the
 * order. An easier job than ours: one class of defects, no returns that are withdrawn or judged, no reviews that are removed, no
 * shipping or cancelling, no buyer's days, no cells, nothing done for a factory at midnight, no signals, no standing, no alerts.
 */
final class QualityPeers {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final long COMPLAINING_MS = Duration.ofDays(7).toMillis();
    private static final int WINDOW_DAYS = 30;
    private static final Set<ReturnEvent.Reason> OF_QUALITY = EnumSet.of(
            ReturnEvent.Reason.QUALITY,
            ReturnEvent.Reason.NOT_AS_DESCRIBED,
            ReturnEvent.Reason.WRONG_ITEM,
            ReturnEvent.Reason.COUNTERFEIT);

    /** An order that was paid, or a complaint about one, whose factory is null until it is known; public fields make it a POJO. */
    public static final class Entry {
        public String orderId;
        public String factoryId;
        public long at;
        public boolean complaint;

        public Entry() {}

        Entry(String orderId, String factoryId, long at, boolean complaint) {
            this.orderId = orderId;
            this.factoryId = factoryId;
            this.at = at;
            this.complaint = complaint;
        }
    }

    /** What a factory's rate is made of; public fields make it a POJO. */
    public static final class Rate {
        public String factoryId;
        public long at;
        public long complaints;
        public long orders;

        public Rate() {}

        Rate(String factoryId, long at, long complaints, long orders) {
            this.factoryId = factoryId;
            this.at = at;
            this.complaints = complaints;
            this.orders = orders;
        }
    }

    private QualityPeers() {}

    static DataStream<Entry> entries(DataStream<byte[]> records) {
        return Wire.timedNews(records)
                .flatMap(
                        (OrderNews news, Collector<Entry> out) -> {
                            if (isPaid(news.order())) {
                                out.collect(
                                        new Entry(news.orderId(), news.order().factoryId(), news.time(), false));
                            } else if (complains(news.step()) || complains(news.review())) {
                                out.collect(new Entry(news.orderId(), null, news.time(), true));
                            }
                        },
                        TypeInformation.of(Entry.class))
                .name("entries")
                .uid("entries");
    }

    private static boolean isPaid(OrderEvent order) {
        return order != null && order.status() == OrderEvent.Status.PAID;
    }

    private static boolean complains(ReturnEvent step) {
        return step != null && step.stage() == ReturnEvent.Stage.OPENED && OF_QUALITY.contains(step.reason());
    }

    private static boolean complains(ReviewEvent review) {
        return review != null && review.stage() == ReviewEvent.Stage.POSTED && review.stars() <= 2;
    }

    /** Flink SQL's interval join, and its window over ranges of time; its answers wait for the week to be over. */
    static DataStream<Rate> sql(StreamExecutionEnvironment env, DataStream<Entry> entries) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(env);
        view(tables, "orders", entries.filter(entry -> !entry.complaint).name("orders"));
        view(tables, "complaints", entries.filter(entry -> entry.complaint).name("complaints"));
        return tables.toDataStream(tables.sqlQuery("""
                        WITH facts AS (
                            SELECT factoryId, `at`, rowtime, CAST(0 AS BIGINT) AS complaint FROM orders
                            UNION ALL
                            SELECT o.factoryId, c.`at`, c.rowtime, CAST(1 AS BIGINT)
                            FROM complaints c JOIN orders o ON c.orderId = o.orderId
                                AND o.rowtime BETWEEN c.rowtime - INTERVAL '7' DAY AND c.rowtime)
                        SELECT factoryId, `at`, SUM(complaint) OVER days, SUM(1 - complaint) OVER days
                        FROM facts
                        WINDOW days AS (
                            PARTITION BY factoryId ORDER BY rowtime
                            RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW)"""))
                .map(
                        (Row row) -> new Rate(
                                row.getFieldAs(0),
                                row.<Long>getFieldAs(1),
                                row.<Long>getFieldAs(2),
                                row.<Long>getFieldAs(3)),
                        TypeInformation.of(Rate.class))
                .uid("sql-out");
    }

    private static void view(StreamTableEnvironment tables, String name, DataStream<Entry> entries) {
        tables.createTemporaryView(
                name,
                entries,
                Schema.newBuilder()
                        .column("orderId", DataTypes.STRING())
                        .column("factoryId", DataTypes.STRING())
                        .column("at", DataTypes.BIGINT())
                        .columnByMetadata("rowtime", DataTypes.TIMESTAMP_LTZ(3))
                        .watermark("rowtime", "SOURCE_WATERMARK()")
                        .build());
    }

    /**
     * The order in a value until its timer forgets it, then days of the factory in a map. Not exact: arrival decides, and a day
     * leaves the window as a whole.
     */
    static DataStream<Rate> twoStep(DataStream<Entry> entries) {
        return entries.keyBy(entry -> entry.orderId, Types.STRING)
                .process(new Join())
                .name("join")
                .uid("join")
                .keyBy(entry -> entry.factoryId, Types.STRING)
                .process(new Days())
                .name("days")
                .uid("days");
    }

    /** Tells a complaint its order's factory. */
    private static final class Join extends KeyedProcessFunction<String, Entry, Entry> {
        private static final long serialVersionUID = 1;
        private transient ValueState<Entry> paid;
        private transient ListState<Entry> waiting;

        @Override
        public void open(OpenContext context) {
            paid = getRuntimeContext().getState(new ValueStateDescriptor<>("paid", TypeInformation.of(Entry.class)));
            waiting = getRuntimeContext()
                    .getListState(new ListStateDescriptor<>("waiting", TypeInformation.of(Entry.class)));
        }

        @Override
        public void processElement(Entry entry, Context context, Collector<Entry> out) throws Exception {
            Entry order = paid.value();
            if (entry.complaint) {
                if (order == null) {
                    waiting.add(entry);
                    context.timerService().registerEventTimeTimer(entry.at + COMPLAINING_MS);
                } else {
                    blame(order, entry, out);
                }
            } else if (order == null) {
                paid.update(entry);
                out.collect(entry);
                for (Entry complaint : waiting.get()) {
                    blame(entry, complaint, out);
                }
                waiting.clear();
                context.timerService().registerEventTimeTimer(entry.at + COMPLAINING_MS);
            }
        }

        private static void blame(Entry order, Entry complaint, Collector<Entry> out) {
            if (complaint.at >= order.at && complaint.at <= order.at + COMPLAINING_MS) {
                out.collect(new Entry(complaint.orderId, order.factoryId, complaint.at, true));
            }
        }

        @Override
        public void onTimer(long at, OnTimerContext context, Collector<Entry> out) {
            paid.clear();
            waiting.clear();
        }
    }

    /** Complaints and orders of each day. */
    private static final class Days extends KeyedProcessFunction<String, Entry, Rate> {
        private static final long serialVersionUID = 1;
        private transient MapState<Long, Tuple2<Long, Long>> days;

        @Override
        public void open(OpenContext context) {
            days = getRuntimeContext()
                    .getMapState(new MapStateDescriptor<>("days", Types.LONG, Types.TUPLE(Types.LONG, Types.LONG)));
        }

        @Override
        public void processElement(Entry entry, Context context, Collector<Rate> out) throws Exception {
            long today = entry.at / DAY_MS;
            Tuple2<Long, Long> known = days.get(today);
            Tuple2<Long, Long> counts = known == null ? Tuple2.of(0L, 0L) : known;
            counts = entry.complaint ? Tuple2.of(counts.f0 + 1, counts.f1) : Tuple2.of(counts.f0, counts.f1 + 1);
            days.put(today, counts);
            long complaints = 0;
            long orders = 0;
            List<Long> gone = new ArrayList<>();
            for (Map.Entry<Long, Tuple2<Long, Long>> day : days.entries()) {
                if (day.getKey() < today - WINDOW_DAYS) {
                    gone.add(day.getKey());
                } else {
                    complaints += day.getValue().f0;
                    orders += day.getValue().f1;
                }
            }
            for (Long day : gone) {
                days.remove(day);
            }
            out.collect(new Rate(entry.factoryId, entry.at, complaints, orders));
        }
    }
}
