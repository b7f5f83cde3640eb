package io.touchstone.playground.cluster;

import io.touchstone.config.Options;
import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.config.Options.KafkaSecurity;
import io.touchstone.config.Options.Protocol;
import io.touchstone.config.Secret;
import io.touchstone.io.KafkaAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * Who logs in to the broker of a secure cluster: each job and each tool is a user of its own. What they may do is in {@code
 * conf/acls.yaml}.
 */
final class BrokerUsers {
    /** May do everything: makes topics and gives rights. */
    static final String ADMIN = "admin";

    /** Publishes to the inputs. */
    static final String REPLAY = "replay";

    /** Reads the outputs. */
    static final String EXPORT = "export";

    /** Compares the alerts with their table, and publishes what is missing. */
    static final String RECONCILE = "reconcile";

    /** Publishes policies. */
    static final String POLICY = "policy";

    /** Shows alerts in a terminal. */
    static final String ALERTS = "alerts";

    /** Sends alerts on to other systems. */
    static final String FORWARD = "forward";

    /** More would cost a second per login; the passwords are random. */
    private static final int ITERATIONS = 8192;

    private BrokerUsers() {}

    /** The user of a job or tool, as {@code kafka.group_id} makes it by default. */
    static String user(String name) {
        return "touchstone-" + name;
    }

    private static List<String> names() {
        return Stream.concat(
                        Stream.of(ADMIN, REPLAY, EXPORT, RECONCILE, POLICY, ALERTS, FORWARD),
                        Stream.of(JobKind.values()).map(JobKind::jobName))
                .toList();
    }

    /** How jobs and tools get in. */
    static KafkaSecurity security(ClusterFolder folder, Settings settings) {
        return settings.secure()
                ? new KafkaSecurity(
                        Protocol.SASL_SSL,
                        Certificates.authority(folder).toString(),
                        null,
                        new Secret(
                                Options.KAFKA_PASSWORD,
                                folder.secrets().resolve("{user}").toString()))
                : new KafkaSecurity(Protocol.PLAINTEXT, null, null, new Secret(Options.KAFKA_PASSWORD, null));
    }

    /**
     * What a tool's client is told.
     *
     * @param kafka the wiring; of a cluster's own broker only its names count
     * @param bootstrapServers another broker, which the wiring tells how to get in; null for the cluster's own
     */
    static Map<String, String> access(FolderOption where, KafkaOptions kafka, String bootstrapServers, String tool)
            throws IOException {
        if (bootstrapServers != null) {
            return KafkaAccess.properties(kafka.at(bootstrapServers, kafka.security()), tool);
        }
        return access(where.folder(), Settings.read(where.folder()), kafka, tool);
    }

    /** What a tool's client is told to reach the cluster's own broker. */
    static Map<String, String> access(ClusterFolder folder, Settings settings, KafkaOptions kafka, String tool) {
        return KafkaAccess.properties(kafka.at(settings.bootstrapServers(), security(folder, settings)), tool);
    }

    /** Lets all of them in, each with the password of its file; done again it changes nothing. */
    static void admit(ClusterFolder folder, Settings settings) throws IOException, InterruptedException {
        if (!settings.secure()) {
            return;
        }
        List<UserScramCredentialAlteration> users = new ArrayList<>();
        for (String name : names()) {
            users.add(new UserScramCredentialUpsertion(
                    user(name),
                    new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS),
                    Files.readString(folder.secret(user(name))).strip().getBytes(StandardCharsets.UTF_8)));
        }
        try (Admin broker = BrokerServer.itself(folder, settings)) {
            broker.alterUserScramCredentials(users).all().get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "the broker does not admit its users: " + e.getCause().getMessage(), e);
        }
    }
}
