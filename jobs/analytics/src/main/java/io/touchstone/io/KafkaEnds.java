package io.touchstone.io;

import io.touchstone.config.Options;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The topics as the jobs' ends. */
@SuppressWarnings("deprecation") // Kafka deprecates the enum that Flink's connector asks for
public final class KafkaEnds {
    private static final String MAX_REQUEST_BYTES = String.valueOf(16 * 1024 * 1024);

    private final Options options;
    private final Policy policy;

    public KafkaEnds(Options options, Policy policy) {
        this.options = options;
        this.policy = policy;
    }

    /** The orders, in event time. */
    public DataStream<Arrival<OrderEvent>> orders(StreamExecutionEnvironment env) {
        String topic = options.kafka().topics().orders();
        String clientIdPrefix = options.kafka().groupId() + "-" + topic;
        KafkaSource<Arrival<OrderEvent>> source = KafkaSource.<Arrival<OrderEvent>>builder()
                .setBootstrapServers(options.kafka().bootstrapServers())
                .setTopics(topic)
                .setGroupId(options.kafka().groupId())
                .setClientIdPrefix(clientIdPrefix)
                .setStartingOffsets(
                        options.kafka().start() == Options.Start.EARLIEST
                                ? new Oldest()
                                : OffsetsInitializer.committedOffsets(
                                        org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE))
                // New partitions are read too, and a reader without a partition does not end the clock.
                .setProperty("partition.discovery.interval.ms", "60000")
                .setProperty(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, FetchWatch.class.getName())
                .setDeserializer(new OrderDeserializer(policy, options.time().maxClockSkew()))
                .build();
        WatermarkStrategy<Arrival<OrderEvent>> clock = new EventTime<OrderEvent>(
                        options.time().maxOutOfOrderness(),
                        options.time().idleTimeout(),
                        clientIdPrefix,
                        OrderEvent::eventTime)
                .withWatermarkAlignment("inputs", options.time().maxDrift(), Duration.ofMillis(200));
        return env.fromSource(source, clock, "read-orders", OrderDeserializer.ARRIVALS)
                .uid("read-orders");
    }

    /** Alerts leave exactly once: a reader with read_committed sees each revision once, whatever crashed. */
    public void priceAlerts(DataStream<AlertMessage> alerts) {
        alerts.sinkTo(KafkaSink.<AlertMessage>builder()
                        .setBootstrapServers(options.kafka().bootstrapServers())
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(options.kafka().transactionalIdPrefix())
                        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                        .setProperty(
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                String.valueOf(
                                        options.kafka().transactionTimeout().toMillis()))
                        .setRecordSerializer(
                                new AlertSerializer(options.kafka().topics().priceAlerts()))
                        .build())
                .name("publish-price-alerts")
                .uid("publish-price-alerts");
    }

    /** Dead letters leave at least once: their key tells a repetition. */
    public void deadLetters(DataStream<DeadLetter> letters) {
        letters.sinkTo(KafkaSink.<DeadLetter>builder()
                        .setBootstrapServers(options.kafka().bootstrapServers())
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES)
                        .setRecordSerializer(new DeadLetterSerializer(
                                options.kafka().topics().deadLetters()))
                        .build())
                .name("publish-dead-letters")
                .uid("publish-dead-letters");
    }

    /** The oldest records; but an offset that expired later is an error, and never a silent gap. */
    private static final class Oldest implements OffsetsInitializer {
        private static final long serialVersionUID = 1;

        @Override
        public Map<TopicPartition, Long> getPartitionOffsets(
                Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
            return retriever.beginningOffsets(partitions);
        }

        @Override
        public org.apache.kafka.clients.consumer.OffsetResetStrategy getAutoOffsetResetStrategy() {
            return org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE;
        }
    }

    private static final class AlertSerializer implements KafkaRecordSerializationSchema<AlertMessage> {
        private static final long serialVersionUID = 1;
        private final String topic;

        AlertSerializer(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(AlertMessage alert, KafkaSinkContext context, Long timestamp) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topic, utf8(alert.alertId()), utf8(Json.of(alert)));
            // CloudEvents 1.0, Kafka protocol binding, binary content mode.
            header(record, "ce_specversion", "1.0");
            header(record, "ce_id", alert.alertId() + "/" + alert.revision());
            header(record, "ce_source", "/touchstone/" + topic);
            header(record, "ce_type", "io.touchstone.alert." + alert.kind().toLowerCase(java.util.Locale.ROOT));
            header(record, "ce_subject", alert.subject());
            header(record, "ce_time", Instant.ofEpochMilli(alert.at()).toString());
            header(record, "content-type", "application/json");
            return record;
        }

        private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
            record.headers().add(name, utf8(value));
        }
    }

    private static final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
        private static final long serialVersionUID = 1;
        private final String topic;

        DeadLetterSerializer(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, utf8(letter.key()), utf8(Json.of(letter)));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
