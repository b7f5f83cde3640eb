package io.touchstone.io;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.metrics.JobMetrics;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.CheckpointConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics as the jobs' ends. */
@SuppressWarnings("deprecation") // Kafka deprecates the enum that Flink's connector asks for
public final class KafkaEnds {
    private static final String MAX_REQUEST_BYTES = String.valueOf(16 * 1024 * 1024);

    private static final String FETCH_BYTES = String.valueOf(128 * 1024);

    private static final int BROKER_ANSWERS_WITHIN_MS = 30_000;

    private final Options options;
    private final Policy policy;
    private final String job;
    private final Properties access = new Properties();

    /** {@code job}: its name, by which its user, group and transactions differ from another job's. */
    public KafkaEnds(Options options, Policy policy, String job) {
        this.options = options;
        this.policy = policy;
        this.job = job;
        access.putAll(KafkaAccess.properties(options.kafka(), job));
    }

    /** The orders, in event time. */
    public DataStream<Arrival<OrderEvent>> orders(StreamExecutionEnvironment env) {
        return read(
                env,
                "read-orders",
                options.kafka().topics().orders(),
                ArrivalDeserializer.orders(policy, options.time().maxClockSkew()),
                OrderEvent::eventTime);
    }

    /** The returns, in event time. */
    public DataStream<Arrival<ReturnEvent>> returns(StreamExecutionEnvironment env) {
        return read(
                env,
                "read-returns",
                options.kafka().topics().returns(),
                ArrivalDeserializer.returns(options.time().maxClockSkew()),
                ReturnEvent::eventTime);
    }

    /** The reviews, in event time and without their texts. */
    public DataStream<Arrival<ReviewEvent>> reviews(StreamExecutionEnvironment env) {
        return read(
                env,
                "read-reviews",
                options.kafka().topics().reviews(),
                ArrivalDeserializer.reviews(options.time().maxClockSkew()),
                ReviewEvent::eventTime);
    }

    /** The changes of the policy, in the order and with the clock of their publication; always from the first on. */
    public DataStream<Arrival<PolicyChange>> policies(
            StreamExecutionEnvironment env, TypeInformation<Arrival<PolicyChange>> type) {
        String topic = options.kafka().topics().policies();
        return env.fromSource(
                        source(topic, ArrivalDeserializer.policies(policy, type), new Oldest()),
                        new PolicyTime(clientIdPrefix(topic)),
                        "read-policies",
                        type)
                .uid("read-policies")
                .setParallelism(1);
    }

    private <E> DataStream<Arrival<E>> read(
            StreamExecutionEnvironment env,
            String name,
            String topic,
            ArrivalDeserializer<E> deserializer,
            EventTime.EventTimeOf<E> eventTime) {
        OffsetsInitializer start = options.kafka().start() == Options.Start.EARLIEST
                ? new Oldest()
                : OffsetsInitializer.committedOffsets(org.apache.kafka.clients.consumer.OffsetResetStrategy.NONE);
        WatermarkStrategy<Arrival<E>> clock = new EventTime<>(
                        options.time().maxOutOfOrderness(),
                        options.time().idleTimeout(),
                        clientIdPrefix(topic),
                        eventTime)
                .withWatermarkAlignment("inputs", options.time().maxDrift(), Duration.ofMillis(200));
        String keeper = name.replace("read-", "keep-clock-of-");
        return env.fromSource(source(topic, deserializer, start), clock, name, deserializer.getProducedType())
                .uid(name)
                .transform(
                        keeper,
                        deserializer.getProducedType(),
                        new ClockKeeper<>(options.time().maxOutOfOrderness()))
                .uid(keeper);
    }

    private String clientIdPrefix(String topic) {
        return options.kafka().group(job) + "-" + topic;
    }

    private <E> KafkaSource<Arrival<E>> source(
            String topic, ArrivalDeserializer<E> deserializer, OffsetsInitializer start) {
        return KafkaSource.<Arrival<E>>builder()
                .setProperties(access)
                .setTopics(topic)
                .setGroupId(options.kafka().group(job))
                .setClientIdPrefix(clientIdPrefix(topic))
                .setStartingOffsets(start)
                // New partitions are read too, and a reader without a partition does not end the clock.
                .setProperty("partition.discovery.interval.ms", "60000")
                // The clock waits for the slowest partition: behind a backlog they are read in turns, and a turn is to
                // be short.
                .setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES)
                .setProperty(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, FetchWatch.class.getName())
                .setDeserializer(deserializer)
                .build();
    }

    /** Alerts leave exactly once: a reader with read_committed sees each revision once, whatever crashed. */
    public void priceAlerts(DataStream<AlertMessage> alerts) {
        publish(alerts, options.kafka().topics().priceAlerts(), "publish-price-alerts");
    }

    /** As {@link #priceAlerts}. */
    public void demotionAlerts(DataStream<AlertMessage> alerts) {
        publish(alerts, options.kafka().topics().demotionAlerts(), "publish-demotion-alerts");
    }

    /**
     * Asks the broker, as the job, whether it allows transactions as long as the wiring wants them, and has the policies in one
     * order.
     *
     * @throws ConfigException if it does not, does not answer, or does not let the job in
     */
    public static void checkBroker(Options options, String job) {
        Map<String, Object> properties = new HashMap<>(KafkaAccess.properties(options.kafka(), job));
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, BROKER_ANSWERS_WITHIN_MS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, BROKER_ANSWERS_WITHIN_MS);
        try (Admin admin = Admin.create(properties)) {
            int node = admin.describeCluster().nodes().get().iterator().next().id();
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(node));
            String longest = admin.describeConfigs(List.of(broker))
                    .all()
                    .get()
                    .get(broker)
                    .get("transaction.max.timeout.ms")
                    .value();
            options.kafka().checkBroker(Duration.ofMillis(Long.parseLong(longest)));
            checkPolicies(admin, options.kafka().topics().policies());
        } catch (ExecutionException e) {
            // Whoever may not ask learns it from the sink, which then does not start.
            if (e.getCause() instanceof AuthorizationException) {
                return;
            }
            throw new ConfigException("kafka.bootstrap_servers "
                    + options.kafka().bootstrapServers() + " does not say how long transactions may be: "
                    + because(e.getCause()));
        } catch (KafkaException e) {
            throw new ConfigException("no client of kafka.bootstrap_servers "
                    + options.kafka().bootstrapServers() + " can be made: " + because(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException("interrupted while asking the broker");
        }
    }

    private static void checkPolicies(Admin admin, String topic) throws ExecutionException, InterruptedException {
        int partitions;
        try {
            partitions = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new ConfigException("kafka.topics.policies: the broker has no topic " + topic
                        + "; scripts/topics apply makes it, and it may stay empty");
            }
            throw e;
        }
        if (partitions != 1) {
            throw new ConfigException("kafka.topics.policies: topic " + topic + " has " + partitions
                    + " partitions, but has to have 1: policies need one order");
        }
    }

    /** Everything that is behind a failure: Kafka's own messages seldom say enough. */
    private static String because(Throwable failure) {
        StringJoiner reasons = new StringJoiner(": ");
        for (Throwable reason = failure; reason != null; reason = reason.getCause()) {
            reasons.add(String.valueOf(reason.getMessage()));
        }
        return reasons.toString();
    }

    private void publish(DataStream<AlertMessage> alerts, String topic, String name) {
        CheckpointConfig checkpoints = alerts.getExecutionEnvironment().getCheckpointConfig();
        if (!checkpoints.isCheckpointingEnabled()) {
            throw new ConfigException("Flink's execution.checkpointing.interval is not set:"
                    + " alerts become visible with a checkpoint, and never without");
        }
        options.kafka()
                .checkTransactions(
                        Duration.ofMillis(checkpoints.getCheckpointInterval()),
                        Duration.ofMillis(checkpoints.getCheckpointTimeout()));
        alerts.sinkTo(KafkaSink.<AlertMessage>builder()
                        .setKafkaProducerConfig(access)
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(options.kafka().transactionalIdPrefix() + "-" + job)
                        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                        .setProperty(
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                String.valueOf(
                                        options.kafka().transactionTimeout().toMillis()))
                        .setRecordSerializer(new AlertSerializer(topic))
                        .build())
                .name(name)
                .uid(name);
    }

    /** Dead letters leave at least once: their key tells a repetition. */
    public void deadLetters(DataStream<DeadLetter> letters) {
        letters.sinkTo(KafkaSink.<DeadLetter>builder()
                        .setKafkaProducerConfig(access)
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

    private static final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
        private static final long serialVersionUID = 1;
        private final String topic;
        private transient Map<DeadLetter.Reason, Counter> letters;

        DeadLetterSerializer(String topic) {
            this.topic = topic;
        }

        @Override
        public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
            MetricGroup metrics = JobMetrics.of(context.getMetricGroup());
            letters = new EnumMap<>(DeadLetter.Reason.class);
            for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
                letters.put(reason, metrics.addGroup("reason", reason.name()).counter("deadLetters"));
            }
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
            letters.get(letter.reason()).inc();
            return new ProducerRecord<>(topic, utf8(letter.key()), utf8(Json.of(letter)));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
