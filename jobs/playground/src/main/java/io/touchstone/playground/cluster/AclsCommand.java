package io.touchstone.playground.cluster;

import io.touchstone.config.AclsFile;
import io.touchstone.config.AclsFile.Rights;
import io.touchstone.config.Options;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the rights on the broker what their file says. */
@Command(
        name = "acls",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "apply",
        description = "Gives the broker's users the rights that conf/acls.yaml describes, and no others.")
public final class AclsCommand implements Runnable {
    private static final String ANY_HOST = "*";

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(Terminal.run(new AclsCommand(), args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Grants what a user of the file lacks and revokes what it has beyond; other users are left alone.",
                "",
                "The broker needs an authorizer: see scripts/cluster start --secure."
            })
    int apply(
            @Mixin FolderOption where,
            @Option(names = "--file", paramLabel = "FILE", description = "default: conf/acls.yaml") Path file,
            @Option(
                            names = "--conf",
                            paramLabel = "DIR",
                            description = "where jobs.yaml (the topics' names) is (default: conf in the checkout)")
                    Path conf,
            @Option(
                            names = "--bootstrap-servers",
                            paramLabel = "HOST:PORT",
                            description = "which broker, entered as jobs.yaml says (default: the cluster's)")
                    String bootstrapServers)
            throws Exception {
        Path home = ClusterFolder.home().resolve("conf");
        Options options = Options.read((conf == null ? home : conf).resolve("jobs.yaml"));
        AclsFile acls = AclsFile.read(
                file == null ? home.resolve("acls.yaml") : file, options.kafka().topics());
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin =
                BrokerServer.admin(BrokerUsers.access(where, options.kafka(), bootstrapServers, BrokerUsers.ADMIN))) {
            for (Rights rights : acls.users()) {
                Set<AclBinding> wanted = bindings(rights);
                Set<AclBinding> missing = new HashSet<>(wanted);
                Set<AclBinding> beyond = new HashSet<>(
                        admin.describeAcls(ofUser(rights.user())).values().get(10, TimeUnit.SECONDS));
                missing.removeAll(beyond);
                beyond.removeAll(wanted);
                admin.createAcls(missing).all().get(10, TimeUnit.SECONDS);
                admin.deleteAcls(beyond.stream().map(AclBinding::toFilter).toList())
                        .all()
                        .get(10, TimeUnit.SECONDS);
                out.println("%-28s %d rights, %d granted, %d revoked"
                        .formatted(rights.user(), wanted.size(), missing.size(), beyond.size()));
            }
        }
        return 0;
    }

    private static AclBindingFilter ofUser(String user) {
        return new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(principal(user), null, AclOperation.ANY, AclPermissionType.ANY));
    }

    /** A user's rights as the broker keeps them. */
    static Set<AclBinding> bindings(Rights rights) {
        Set<AclBinding> bindings = new HashSet<>();
        allow(bindings, rights.user(), AclOperation.READ, ResourceType.TOPIC, PatternType.LITERAL, rights.read());
        allow(bindings, rights.user(), AclOperation.WRITE, ResourceType.TOPIC, PatternType.LITERAL, rights.write());
        allow(bindings, rights.user(), AclOperation.READ, ResourceType.GROUP, PatternType.LITERAL, rights.groups());
        allow(
                bindings,
                rights.user(),
                AclOperation.DESCRIBE,
                ResourceType.GROUP,
                PatternType.LITERAL,
                rights.progressOf());
        allow(
                bindings,
                rights.user(),
                AclOperation.WRITE,
                ResourceType.TRANSACTIONAL_ID,
                PatternType.PREFIXED,
                rights.transactions());
        allow(
                bindings,
                rights.user(),
                AclOperation.DESCRIBE_CONFIGS,
                ResourceType.CLUSTER,
                PatternType.LITERAL,
                rights.brokerSettings() ? List.of(Resource.CLUSTER_NAME) : List.of());
        return bindings;
    }

    private static void allow(
            Set<AclBinding> bindings,
            String user,
            AclOperation operation,
            ResourceType type,
            PatternType pattern,
            List<String> names) {
        for (String name : names) {
            bindings.add(new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry(principal(user), ANY_HOST, operation, AclPermissionType.ALLOW)));
        }
    }

    private static String principal(String user) {
        return "User:" + user;
    }
}
