package io.touchstone.bench;

import io.touchstone.FactoryQualityJob;
import io.touchstone.io.ArrivalDeserializer;
import io.touchstone.market.Arrival;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.Policy;
import io.touchstone.quality.OrderNews;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records of the topics as the jobs read them: the same deserializers, the same clock. */
final class Wire {
    private static final Duration OUT_OF_ORDERNESS = Duration.ofMinutes(5);

    private Wire() {}

    static SingleOutputStreamOperator<Arrival<OrderEvent>> orders(DataStream<byte[]> records) {
        return records.map(new Orders(), ArrivalDeserializer.ORDERS)
                .name("decode")
                .uid("decode");
    }

    static SingleOutputStreamOperator<Arrival<OrderEvent>> timedOrders(DataStream<byte[]> records) {
        return orders(records)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<Arrival<OrderEvent>>forBoundedOutOfOrderness(OUT_OF_ORDERNESS)
                                .withTimestampAssigner(
                                        (arrival, none) -> arrival.event().eventTime()))
                .uid("clock");
    }

    static SingleOutputStreamOperator<OrderNews> timedNews(DataStream<byte[]> records) {
        return records.map(new News(), FactoryQualityJob.ORDER_NEWS)
                .name("decode")
                .uid("decode")
                .assignTimestampsAndWatermarks(WatermarkStrategy.<OrderNews>forBoundedOutOfOrderness(OUT_OF_ORDERNESS)
                        .withTimestampAssigner((news, none) -> news.eventTime()))
                .uid("clock");
    }

    /** The deserializer of a topic, fed with one record at a time. */
    private static final class Topic<E> implements Collector<Arrival<E>> {
        private final String name;
        private final ArrivalDeserializer<E> deserializer;
        private Arrival<E> arrival;

        Topic(String name, ArrivalDeserializer<E> deserializer) {
            this.name = name;
            this.deserializer = deserializer;
            deserializer.open(null);
        }

        Arrival<E> read(byte[] tagged) {
            byte[] value = java.util.Arrays.copyOfRange(tagged, 1, tagged.length);
            deserializer.deserialize(
                    new ConsumerRecord<>(
                            name,
                            0,
                            0L,
                            Long.MAX_VALUE / 2,
                            TimestampType.LOG_APPEND_TIME,
                            0,
                            value.length,
                            null,
                            value,
                            new RecordHeaders(),
                            java.util.Optional.empty()),
                    this);
            return arrival;
        }

        @Override
        public void collect(Arrival<E> next) {
            arrival = next;
        }

        @Override
        public void close() {}
    }

    private static final class Orders extends RichMapFunction<byte[], Arrival<OrderEvent>> {
        private static final long serialVersionUID = 1;
        private transient Topic<OrderEvent> orders;

        @Override
        public void open(OpenContext context) {
            orders = new Topic<>("orders", ArrivalDeserializer.orders(Policy.DEFAULT, Duration.ofMinutes(10)));
        }

        @Override
        public Arrival<OrderEvent> map(byte[] record) {
            return orders.read(record);
        }
    }

    private static final class News extends RichMapFunction<byte[], OrderNews> {
        private static final long serialVersionUID = 1;
        private transient Topic<OrderEvent> orders;
        private transient Topic<ReturnEvent> returns;
        private transient Topic<ReviewEvent> reviews;

        @Override
        public void open(OpenContext context) {
            Duration skew = Duration.ofMinutes(10);
            orders = new Topic<>("orders", ArrivalDeserializer.orders(Policy.DEFAULT, skew));
            returns = new Topic<>("returns", ArrivalDeserializer.returns(skew));
            reviews = new Topic<>("reviews", ArrivalDeserializer.reviews(skew));
        }

        @Override
        public OrderNews map(byte[] record) {
            if (record[0] == Events.ORDER) {
                return OrderNews.of(orders.read(record).event());
            } else if (record[0] == Events.RETURN) {
                Arrival<ReturnEvent> step = returns.read(record);
                return OrderNews.of(step.event(), step.origin());
            }
            Arrival<ReviewEvent> review = reviews.read(record);
            return OrderNews.of(review.event(), review.origin());
        }
    }
}
