package io.touchstone.chaos.mutant;

import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.TableSink;
import io.touchstone.policy.Policy;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.transformations.SinkTransformation;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** A job as it is deployed, but for one thing. */
public final class MutantJob {
    /** The topic that {@link Mutation#IGNORES_POLICIES} reads instead; the test makes it. */
    public static final String NO_POLICIES = "no-policies";

    private static final Duration FAR = Duration.ofDays(365_000);

    private MutantJob() {}

    /** {@code mutant-job CONF}: as the main classes of the jobs; CONF is named after the job and holds a {@link Mutation}. */
    public static void main(String[] args) throws Exception {
        Path conf = Path.of(args[0]);
        String job = conf.getFileName().toString();
        Mutation mutation = Mutation.read(conf);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Options options = Options.read(conf.resolve("jobs.yaml"));
        if (mutation == Mutation.NO_CLAMP) {
            options = unclamped(options);
        }
        if (mutation == Mutation.IGNORES_POLICIES) {
            options = unaware(options);
        }
        Policy policy = PolicyFile.read(conf.resolve("policy.yaml"));
        if (job.equals("price-floor")) {
            PriceFloorJob.define(env, options, policy);
        } else {
            FactoryQualityJob.define(env, options, policy);
        }
        for (Transformation<?> each : env.getTransformations()) {
            if (each instanceof SinkTransformation<?, ?> sink) {
                spoil(sink, mutation);
            }
            if (mutation == Mutation.TELLS_SECRETS
                    && each instanceof SinkTransformation<?, ?> sink
                    && sink.getSink() instanceof KafkaSink) {
                producer(sink).setProperty("told", options.database().password().readOrFail("the database"));
            }
            if (mutation == Mutation.SKIPS_GAPS) {
                skipGaps(each);
            }
        }
        env.execute(job);
    }

    /** Sources are not among the transformations of an environment, but in front of them. */
    private static void skipGaps(Transformation<?> of) throws ReflectiveOperationException {
        for (Transformation<?> each : of.getTransitivePredecessors()) {
            if (each instanceof SourceTransformation<?, ?, ?> source) {
                Properties consumer =
                        (Properties) field(KafkaSource.class, "props").get(source.getSource());
                consumer.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
            }
        }
    }

    /** Reads policies where nobody publishes any. */
    private static Options unaware(Options options) {
        KafkaOptions kafka = options.kafka();
        Options.Topics topics = kafka.topics();
        return new Options(
                new KafkaOptions(
                        kafka.bootstrapServers(),
                        kafka.security(),
                        kafka.groupId(),
                        kafka.start(),
                        kafka.longestOutage(),
                        kafka.transactionTimeout(),
                        kafka.transactionalIdPrefix(),
                        new Options.Topics(
                                topics.orders(),
                                topics.returns(),
                                topics.reviews(),
                                topics.demotionAlerts(),
                                topics.priceAlerts(),
                                topics.deadLetters(),
                                NO_POLICIES)),
                options.time(),
                options.database());
    }

    private static Options unclamped(Options options) {
        return new Options(
                options.kafka(),
                new Options.TimeOptions(
                        options.time().maxOutOfOrderness(),
                        FAR,
                        options.time().idleTimeout(),
                        options.time().maxDrift()),
                options.database());
    }

    @SuppressWarnings("unchecked") // the alerts' sink takes alerts
    private static void spoil(SinkTransformation<?, ?> sink, Mutation mutation) throws ReflectiveOperationException {
        boolean ofAlerts = sink.getName().endsWith("-alerts");
        boolean ofRows = sink.getName().endsWith("-tables");
        switch (mutation) {
            case AT_LEAST_ONCE -> {
                if (ofAlerts) {
                    field(KafkaSink.class, "deliveryGuarantee").set(sink.getSink(), DeliveryGuarantee.AT_LEAST_ONCE);
                }
            }
            case SLOW_COMMITS, SHORT_TRANSACTIONS -> {
                if (ofAlerts) {
                    if (mutation == Mutation.SHORT_TRANSACTIONS) {
                        producer(sink).setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "10000");
                    }
                    replace(sink, new SlowCommits((KafkaSink<AlertMessage>) sink.getSink()));
                }
            }
            case IMPATIENT_PRODUCERS -> {
                if (!ofRows) {
                    Properties producer = (Properties)
                            field(KafkaSink.class, "kafkaProducerConfig").get(sink.getSink());
                    producer.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "1000");
                    producer.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "3000");
                    producer.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, "3000");
                }
            }
            case NO_VERSION_GUARD, SLOW_ROWS, LEAKS, FORGETS_WAITING_ROWS -> {
                if (ofRows) {
                    TableSink tables = (TableSink) sink.getSink();
                    replace(
                            sink,
                            mutation == Mutation.NO_VERSION_GUARD
                                    ? new UnguardedSink(tables)
                                    : new CarelessSink(tables, mutation));
                }
            }
            case NO_DEAD_LETTERS -> {
                if (sink.getName().endsWith("-dead-letters")) {
                    replace(sink, new DiscardingSink<>());
                }
            }
            case SKIPS_GAPS, NO_CLAMP, IGNORES_POLICIES, TELLS_SECRETS, NONE -> {
                // Nothing about the sinks.
            }
        }
    }

    private static Properties producer(SinkTransformation<?, ?> sink) throws ReflectiveOperationException {
        return (Properties) field(KafkaSink.class, "kafkaProducerConfig").get(sink.getSink());
    }

    private static void replace(SinkTransformation<?, ?> sink, Sink<?> by) throws ReflectiveOperationException {
        field(SinkTransformation.class, "sink").set(sink, by);
    }

    static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
