package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.SslConfigs;

/** A Kafka broker that keeps its data: one KRaft node, on loopback. */
public final class BrokerServer {
    public static final String NAME = "broker";

    private BrokerServer() {}

    static Server server(ClusterFolder folder, Settings settings) throws IOException {
        return jvm(folder, settings, "kafka.Kafka", config(folder).toString());
    }

    private static Server jvm(ClusterFolder folder, Settings settings, String... main) throws IOException {
        return Server.java(
                folder,
                NAME,
                settings.brokerPort(),
                List.of("-Xmx512m", "-XX:+UseSerialGC"),
                ClusterFolder.classPath("broker"),
                List.of(main));
    }

    private static Path config(ClusterFolder folder) {
        return folder.conf().resolve("server.properties");
    }

    /** Writes its configuration, and formats its storage unless that was done. */
    static void prepare(ClusterFolder folder, Settings settings) throws IOException {
        Files.writeString(config(folder), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                %4$s
                log.dirs=%3$s
                # Topics are made by scripts/topics, and by nothing else.
                auto.create.topics.enable=false
                # One node: every internal topic has one replica, and few partitions so that they are there at once.
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                # The longest transaction_timeout that jobs.yaml may have: a sink that asks for more than this never starts.
                transaction.max.timeout.ms=604800000
                group.initial.rebalance.delay.ms=0
                # A broker that was killed may register again as soon as its old session has ended.
                broker.heartbeat.interval.ms=500
                broker.session.timeout.ms=3000
                log.cleaner.dedupe.buffer.size=4194304
                """.formatted(
                        settings.brokerPort(),
                        settings.controllerPort(),
                        folder.data(NAME),
                        listeners(folder, settings).strip()));
        if (Files.notExists(folder.data(NAME).resolve("meta.properties"))) {
            Server format = jvm(
                    folder,
                    settings,
                    "kafka.tools.StorageTool",
                    "format",
                    "-t",
                    Uuid.randomUuid().toString(),
                    "-c",
                    config(folder).toString());
            Run.toEnd(folder, "formatting the broker's storage", format.command(), Map.of());
        }
    }

    private static String listeners(ClusterFolder folder, Settings settings) {
        return (settings.secure() ? """
                listeners=CLIENTS://127.0.0.1:%1$d,INTERNAL://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=CLIENTS://127.0.0.1:%1$d,INTERNAL://127.0.0.1:%3$d
                # Clients know the broker by its certificate, and say who they are by a password; servers show theirs to each other.
                listener.security.protocol.map=CLIENTS:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL
                inter.broker.listener.name=INTERNAL
                listener.name.internal.ssl.client.auth=required
                listener.name.controller.ssl.client.auth=required
                ssl.keystore.type=PEM
                ssl.keystore.location=%4$s
                ssl.truststore.type=PEM
                ssl.truststore.location=%5$s
                sasl.enabled.mechanisms=SCRAM-SHA-512
                listener.name.clients.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
                # Whatever acls.yaml does not allow is forbidden.
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                allow.everyone.if.no.acl.found=false
                super.users=User:%6$s;User:%7$s
                """ : """
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                """)
                .formatted(
                        settings.brokerPort(),
                        settings.controllerPort(),
                        settings.internalPort(),
                        Certificates.identity(folder, NAME),
                        Certificates.authority(folder),
                        Certificates.principal(NAME),
                        BrokerUsers.user(BrokerUsers.ADMIN));
    }

    /** Whether it serves clients, those that commit offsets included. */
    static boolean isReady(ClusterFolder folder, Settings settings) {
        try (Admin admin = itself(folder, settings)) {
            // Whoever asks for a group's offsets first makes the broker create their topic.
            return admin.listConsumerGroupOffsets("nobody")
                    .partitionsToOffsetAndMetadata()
                    .get(3, TimeUnit.SECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A client that may do everything, without a password: it shows the broker's own certificate. */
    public static Admin itself(ClusterFolder folder, Settings settings) {
        if (!settings.secure()) {
            return admin(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers()));
        }
        return admin(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:" + settings.internalPort(),
                AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
                "SSL",
                SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
                "PEM",
                SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
                Certificates.identity(folder, NAME).toString(),
                SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
                "PEM",
                SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
                Certificates.authority(folder).toString()));
    }

    /**
     * A client that gives up after some seconds.
     *
     * @param access what it is told to reach the broker
     */
    static Admin admin(Map<String, String> access) {
        Map<String, Object> properties = new HashMap<>(access);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "touchstone-cluster");
        return Admin.create(properties);
    }
}
