package io.touchstone.bench;

import io.touchstone.bench.Rounds.Entrant;
import io.touchstone.playground.KafkaBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The price floor beside Kafka Streams. Both read the same topic of one partition from a real broker, so both pay for reading; what
 * the broker itself takes is counted for neither. Streams runs twice: as a user gets it, with a topic that brings prices to their
 * keys and a changelog; and bare of both, as ours runs here without checkpoints.
 */
final class StreamsCost implements Experiment {
    private static final String ORDERS = "orders";
    private static final String ONE_ORDER = "one-order";

    @Override
    public String name() {
        return "streams";
    }

    @Override
    public String does() {
        return "price floor beside Kafka Streams with a RocksDB store, both from a real broker, one task each";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Events events = settings.events();
        List<byte[]> orders = events.records().stream()
                .filter(record -> record[0] == Events.ORDER)
                .toList();
        try (KafkaBroker broker = KafkaBroker.launch();
                StreamsProcess streams = new StreamsProcess(broker.bootstrapServers())) {
            String servers = broker.bootstrapServers();
            broker.createTopics(List.of(new NewTopic(ORDERS, 1, (short) 1), new NewTopic(ONE_ORDER, 1, (short) 1)));
            publish(orders, ORDERS, servers);
            publish(orders.subList(0, 1), ONE_ORDER, servers);
            Rounds.measure(
                    name(),
                    List.of(
                            new Entrant(
                                    "price-floor",
                                    orders.size(),
                                    () -> priceFloor(servers, ORDERS, events.until()),
                                    () -> priceFloor(servers, ONE_ORDER, events.until()),
                                    null),
                            streams("kafka-streams (defaults)", "DEFAULT", streams, orders.size()),
                            streams("kafka-streams (no changelog, no repartitioning)", "BARE", streams, orders.size())),
                    settings.rounds(),
                    report);
        }
    }

    private static Entrant streams(String row, String variant, StreamsProcess streams, int orders) {
        return new Entrant(
                row,
                orders,
                () -> streams.run(variant, ORDERS, orders),
                () -> streams.run(variant, ONE_ORDER, 1),
                "price-floor");
    }

    private static Cost priceFloor(String servers, String topic, long until) throws Exception {
        return Cost.of(() -> LocalJob.run(
                "price-floor",
                1,
                env -> Contenders.PRICE_FLOOR.definition().define(env, records(env, servers, topic), until)));
    }

    private static DataStream<byte[]> records(StreamExecutionEnvironment env, String servers, String topic) {
        return env.fromSource(
                        KafkaSource.<byte[]>builder()
                                .setBootstrapServers(servers)
                                .setTopics(topic)
                                .setStartingOffsets(OffsetsInitializer.earliest())
                                .setBounded(OffsetsInitializer.latest())
                                .setValueOnlyDeserializer(new Bytes())
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "read")
                .uid("read");
    }

    /** Values as they are. */
    private static final class Bytes extends AbstractDeserializationSchema<byte[]> {
        private static final long serialVersionUID = 1;

        @Override
        public byte[] deserialize(byte[] value) {
            return value;
        }
    }

    private static void publish(List<byte[]> records, String topic, String servers) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (byte[] record : records) {
                sent.add(producer.send(new ProducerRecord<>(topic, record)));
            }
            for (Future<RecordMetadata> acknowledged : sent) {
                acknowledged.get();
            }
        }
    }
}
