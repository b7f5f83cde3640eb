package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** A Kafka broker that keeps its data: one KRaft node, on loopback. */
final class BrokerServer {
    static final String NAME = "broker";

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
        Files.writeString(
                config(folder), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
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
                """.formatted(settings.brokerPort(), settings.controllerPort(), folder.data(NAME)));
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

    /** Whether it serves clients, those that commit offsets included. */
    static boolean isReady(Settings settings) {
        try (Admin admin = admin(settings.bootstrapServers())) {
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

    static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                "10000",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                "5000",
                AdminClientConfig.CLIENT_ID_CONFIG,
                "touchstone-cluster"));
    }
}
