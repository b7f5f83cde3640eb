package io.touchstone.playground.cluster;

import io.touchstone.config.AclsFile.Rights;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.io.KafkaAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Comes to the broker as one of its users.
 *
 * @param name of the job or tool whose user it is
 */
record BrokerClient(KafkaOptions kafka, String name) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Something one tries. */
    interface Act {
        void by(BrokerClient client) throws Exception;
    }

    private interface Administration {
        void by(Admin admin) throws Exception;
    }

    /** What the job of price floors has no business to do, by what it is called. */
    static Map<String, Act> forbidden() {
        Map<String, Act> forbidden = new LinkedHashMap<>();
        forbidden.put("read returns", client -> client.read("returns", null));
        forbidden.put("read its own alerts", client -> client.read("price-alerts", null));
        forbidden.put("read dead letters", client -> client.read("dead-letters", null));
        forbidden.put("write orders", client -> client.write("orders", null));
        forbidden.put("write demotion alerts", client -> client.write("demotion-alerts", null));
        forbidden.put("read in another group", client -> client.read("orders", "touchstone-factory-quality"));
        forbidden.put(
                "end another job's transactions",
                client -> client.write("price-alerts", "touchstone-factory-quality-0-1"));
        forbidden.put(
                "make a topic",
                client -> client.administer(admin -> admin.createTopics(List.of(new NewTopic("mine", 1, (short) 1)))
                        .all()
                        .get()));
        forbidden.put(
                "delete a topic",
                client -> client.administer(
                        admin -> admin.deleteTopics(List.of("orders")).all().get()));
        forbidden.put(
                "delete records",
                client -> client.administer(admin -> admin.deleteRecords(
                                Map.of(new TopicPartition("orders", 0), RecordsToDelete.beforeOffset(1)))
                        .all()
                        .get()));
        forbidden.put(
                "add partitions",
                client ->
                        client.administer(admin -> admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(8)))
                                .all()
                                .get()));
        forbidden.put(
                "shorten retention",
                client -> client.administer(admin -> admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET))))
                        .all()
                        .get()));
        forbidden.put(
                "change the broker",
                client -> client.administer(admin -> admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.BROKER, "1"),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("log.retention.ms", "1"), AlterConfigOp.OpType.SET))))
                        .all()
                        .get()));
        forbidden.put(
                "see rights",
                client -> client.administer(admin ->
                        admin.describeAcls(AclBindingFilter.ANY).values().get()));
        forbidden.put(
                "give itself rights",
                client -> client.administer(admin -> admin.createAcls(List.of(new AclBinding(
                                new ResourcePattern(ResourceType.TOPIC, "returns", PatternType.LITERAL),
                                new AccessControlEntry(
                                        "User:touchstone-price-floor",
                                        "*",
                                        AclOperation.READ,
                                        AclPermissionType.ALLOW))))
                        .all()
                        .get()));
        forbidden.put(
                "become the admin",
                client -> client.administer(admin -> admin.alterUserScramCredentials(
                                List.of(new UserScramCredentialUpsertion(
                                        "touchstone-admin",
                                        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192),
                                        "mine".getBytes(StandardCharsets.UTF_8))))
                        .all()
                        .get()));
        forbidden.put(
                "delete a group",
                client -> client.administer(admin -> admin.deleteConsumerGroups(List.of("touchstone-factory-quality"))
                        .all()
                        .get()));
        return forbidden;
    }

    /** Why it may not do something: the names of all causes; empty if it may. */
    String refusalOf(Act act) {
        try {
            act.by(this);
            return "";
        } catch (Exception e) {
            StringBuilder causes = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                causes.append(cause).append('\n');
            }
            return causes.toString();
        }
    }

    /** Does once what its rights are for, and leaves nothing behind. */
    void actAs(Rights rights) throws Exception {
        for (String topic : rights.read()) {
            read(topic, rights.groups().get(0));
        }
        for (String topic : rights.write()) {
            write(topic, rights.transactions().get(0) + "-rehearsal");
        }
        if (rights.brokerSettings()) {
            administer(admin -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.BROKER, "1")))
                    .all()
                    .get());
        }
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>(KafkaAccess.properties(kafka, name));
        properties.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        properties.put("request.timeout.ms", (int) PATIENCE.toMillis() / 2);
        return properties;
    }

    private void read(String topic, String group) {
        Map<String, Object> properties = properties();
        Optional.ofNullable(group).ifPresent(id -> properties.put(ConsumerConfig.GROUP_ID_CONFIG, id));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            if (group != null) {
                // What the job has committed stays as it is.
                OffsetAndMetadata at =
                        consumer.committed(java.util.Set.of(partition)).get(partition);
                consumer.commitSync(Map.of(partition, at == null ? new OffsetAndMetadata(0) : at));
            }
            consumer.seekToBeginning(List.of(partition));
            while (fetches(consumer) == 0) {
                consumer.poll(Duration.ofMillis(100));
            }
        }
    }

    /** How many times the broker gave what was asked for. */
    private static double fetches(KafkaConsumer<?, ?> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("fetch-total")
                        && metric.metricName().group().equals("consumer-fetch-manager-metrics"))
                .mapToDouble(metric -> (double) metric.metricValue())
                .sum();
    }

    private void write(String topic, String transaction) throws Exception {
        Map<String, Object> properties = properties();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        Optional.ofNullable(transaction).ifPresent(id -> properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, new byte[] {1}, new byte[] {1});
            if (transaction == null) {
                producer.send(record).get();
            } else {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(record).get();
                producer.abortTransaction();
            }
        }
    }

    private void administer(Administration act) throws Exception {
        try (Admin admin = Admin.create(properties())) {
            act.by(admin);
        }
    }
}
