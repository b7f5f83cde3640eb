package io.touchstone.chaos.mutant;

import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.TableSink;
import io.touchstone.policy.Policy;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SinkTransformation;
import org.apache.kafka.clients.producer.ProducerConfig;

/** A job as it is deployed, but for one thing. */
public final class MutantJob {
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
        }
        env.execute(job);
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

    private static void spoil(SinkTransformation<?, ?> sink, Mutation mutation) throws ReflectiveOperationException {
        boolean ofAlerts = sink.getName().endsWith("-alerts");
        boolean ofRows = sink.getName().endsWith("-tables");
        switch (mutation) {
            case AT_LEAST_ONCE -> {
                if (ofAlerts) {
                    field(KafkaSink.class, "deliveryGuarantee").set(sink.getSink(), DeliveryGuarantee.AT_LEAST_ONCE);
                }
            }
            case SHORT_TRANSACTIONS -> {
                if (ofAlerts) {
                    Properties producer = (Properties)
                            field(KafkaSink.class, "kafkaProducerConfig").get(sink.getSink());
                    producer.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "10000");
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
            case NO_VERSION_GUARD, FORGETS_WAITING_ROWS -> {
                if (ofRows) {
                    TableSink tables = (TableSink) sink.getSink();
                    field(SinkTransformation.class, "sink")
                            .set(
                                    sink,
                                    mutation == Mutation.NO_VERSION_GUARD
                                            ? new UnguardedSink(tables)
                                            : new ForgetfulSink(tables));
                }
            }
            case NO_CLAMP, NONE -> {
                // Nothing about the sinks.
            }
        }
    }

    static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
