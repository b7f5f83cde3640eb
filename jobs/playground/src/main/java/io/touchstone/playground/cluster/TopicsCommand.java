package io.touchstone.playground.cluster;

import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.config.TopicsFile;
import io.touchstone.config.TopicsFile.Cleanup;
import io.touchstone.config.TopicsFile.Timestamps;
import io.touchstone.config.TopicsFile.TopicOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the topics what their file says. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "apply",
        description = "Creates the topics that conf/topics.yaml describes, and reports those that are different.")
public final class TopicsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(Terminal.run(new TopicsCommand(), args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Creates what is missing. A topic that exists is never changed: what differs is said, with what to do about it.",
                "",
                "A file that keeps inputs for less than the policy's windows and the margin is refused."
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:every topic is as the file says", "1:some are different", "2:it could not be done"})
    int apply(
            @Mixin FolderOption where,
            @Option(names = "--file", paramLabel = "FILE", description = "default: conf/topics.yaml") Path file,
            @Option(
                            names = "--conf",
                            paramLabel = "DIR",
                            description =
                                    "where jobs.yaml (the topics' names) and policy.yaml (the windows) are (default: conf in the checkout)")
                    Path conf,
            @Option(
                            names = "--bootstrap-servers",
                            paramLabel = "HOST:PORT",
                            description = "which broker, entered as jobs.yaml says (default: the cluster's)")
                    String bootstrapServers,
            @Option(
                            names = "--replicas",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "of each new topic (default: ${DEFAULT-VALUE}; 3 in production)")
                    short replicas)
            throws Exception {
        Path from = conf == null ? ClusterFolder.home().resolve("conf") : conf;
        Options options = Options.read(from.resolve("jobs.yaml"));
        TopicsFile topics = TopicsFile.read(
                file == null ? ClusterFolder.home().resolve("conf/topics.yaml") : file,
                options.kafka().topics(),
                PolicyFile.read(from.resolve("policy.yaml")));
        PrintWriter out = spec.commandLine().getOut();
        boolean same = true;
        try (Admin admin =
                BrokerServer.admin(BrokerUsers.access(where, options.kafka(), bootstrapServers, BrokerUsers.ADMIN))) {
            Set<String> existing = admin.listTopics().names().get(10, TimeUnit.SECONDS);
            for (TopicOptions topic : topics.topics()) {
                if (!existing.contains(topic.name())) {
                    admin.createTopics(List.of(
                                    new NewTopic(topic.name(), topic.partitions(), replicas).configs(settings(topic))))
                            .all()
                            .get(10, TimeUnit.SECONDS);
                    out.println("%-18s created, %d partition(s), kept %s"
                            .formatted(
                                    topic.name(),
                                    topic.partitions(),
                                    topic.cleanup() == Cleanup.COMPACT
                                            ? "for ever"
                                            : topic.retention().toDays() + " d"));
                    continue;
                }
                List<String> differences = differences(admin, topic);
                same &= differences.isEmpty();
                out.println(
                        "%-18s %s".formatted(topic.name(), differences.isEmpty() ? "as it should be" : "is different"));
                differences.forEach(difference -> out.println("    " + difference));
            }
        }
        return same ? 0 : 1;
    }

    private static Map<String, String> settings(TopicOptions topic) {
        return new TreeMap<>(Map.of(
                topic.cleanup() == Cleanup.COMPACT
                        ? TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG
                        : TopicConfig.RETENTION_MS_CONFIG,
                String.valueOf(topic.retention().toMillis()),
                TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                topic.timestamps() == Timestamps.APPEND ? "LogAppendTime" : "CreateTime",
                TopicConfig.CLEANUP_POLICY_CONFIG,
                switch (topic.cleanup()) {
                    case DELETE -> "delete";
                    case COMPACT_AND_DELETE -> "compact,delete";
                    case COMPACT -> "compact";
                },
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(topic.maxMessageBytes())));
    }

    private static List<String> differences(Admin admin, TopicOptions topic) throws Exception {
        List<String> differences = new ArrayList<>();
        TopicDescription description = admin.describeTopics(List.of(topic.name()))
                .allTopicNames()
                .get(10, TimeUnit.SECONDS)
                .get(topic.name());
        int partitions = description.partitions().size();
        if (partitions != topic.partitions()) {
            differences.add("partitions: " + partitions + ", should be " + topic.partitions()
                    + (partitions < topic.partitions()
                            ? " (kafka-topics --alter adds some; keys move, which the jobs do not mind)"
                            : " (cannot shrink: change the file)"));
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        Config config = admin.describeConfigs(List.of(resource))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(resource);
        settings(topic).forEach((key, wanted) -> {
            String actual = config.get(key).value();
            if (!actual.equals(wanted)) {
                differences.add(key + ": " + actual + ", should be " + wanted + " (kafka-configs --alter --add-config "
                        + key + "=" + wanted + ")");
            }
        });
        return differences;
    }
}
