package io.touchstone.playground.cluster;

import io.touchstone.playground.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts, shows and stops a cluster of processes of their own. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "(start | status | stop)",
        description = {
            "A broker, PostgreSQL, ZooKeeper, a Flink job manager and task managers as processes of their own on loopback,"
                    + " and a keeper that restarts whichever of them dies. Everything they write is in one folder.",
            "",
            "Each command may be given again at any time: it does what is still to be done, and says so."
        })
public final class Cluster implements Runnable {
    private static final int BROKER_PORT = 9092;
    private static final int DATABASE_PORT = 5432;
    private static final int ZOOKEEPER_PORT = 2181;
    private static final int WEB_PORT = 8081;
    private static final int TASK_MANAGERS = 2;
    private static final int SLOTS = 4;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(Terminal.run(new Cluster(), args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description =
                    "Starts what does not run yet and waits until all of it is ready. Options that are not given stay as they were at the last start.")
    int start(
            @Mixin FolderOption where,
            @Option(
                            names = "--taskmanagers",
                            paramLabel = "N",
                            description =
                                    "how many task managers (default: " + TASK_MANAGERS + ", one of which stands by)")
                    Integer taskManagers,
            @Option(
                            names = "--slots",
                            paramLabel = "N",
                            description = "slots of each (default: " + SLOTS
                                    + ", so that both jobs at parallelism 2 fit on one)")
                    Integer slots,
            @Option(
                            names = "--conf",
                            paramLabel = "DIR",
                            description = "where Flink's config.yaml is (default: conf in the checkout)")
                    Path conf,
            @Option(
                            names = "--broker-port",
                            paramLabel = "PORT",
                            description = "default: " + BROKER_PORT + "; 0 for any free one, here and below")
                    Integer brokerPort,
            @Option(names = "--database-port", paramLabel = "PORT", description = "default: " + DATABASE_PORT)
                    Integer databasePort,
            @Option(names = "--zookeeper-port", paramLabel = "PORT", description = "default: " + ZOOKEEPER_PORT)
                    Integer zooKeeperPort,
            @Option(names = "--web-port", paramLabel = "PORT", description = "Flink's web UI, default: " + WEB_PORT)
                    Integer webPort,
            @Option(
                            names = "--secure",
                            negatable = true,
                            description =
                                    "broker and database speak TLS, and let in only who has a password and the right:"
                                            + " see scripts/acls")
                    Boolean secure)
            throws Exception {
        ClusterFolder folder = where.folder();
        folder.make();
        try (RandomAccessFile file =
                        new RandomAccessFile(folder.run().resolve("lock").toFile(), "rw");
                FileLock lock = file.getChannel().tryLock()) {
            if (lock == null) {
                throw new IllegalStateException("another start or stop is at work in " + folder.root());
            }
            Optional<Settings> before = folder.isCluster() ? Optional.of(Settings.read(folder)) : Optional.empty();
            Settings settings = new Settings(
                    first(taskManagers, () -> before.map(Settings::taskManagers).orElse(TASK_MANAGERS)),
                    first(slots, () -> before.map(Settings::slots).orElse(SLOTS)),
                    port(brokerPort, before.map(Settings::brokerPort), BROKER_PORT),
                    before.map(Settings::controllerPort).orElseGet(Ports::free),
                    before.map(Settings::internalPort).filter(port -> port != 0).orElseGet(Ports::free),
                    port(databasePort, before.map(Settings::databasePort), DATABASE_PORT),
                    port(zooKeeperPort, before.map(Settings::zooKeeperPort), ZOOKEEPER_PORT),
                    port(webPort, before.map(Settings::webPort), WEB_PORT),
                    secure == null ? before.map(Settings::secure).orElse(false) : secure);
            check(settings);
            start(
                    folder,
                    before.orElse(settings),
                    settings,
                    conf == null ? ClusterFolder.home().resolve("conf") : conf);
        }
        return 0;
    }

    private static int first(Integer given, IntSupplier otherwise) {
        return given == null ? otherwise.getAsInt() : given;
    }

    private static int port(Integer given, Optional<Integer> before, int usual) {
        if (given == null) {
            return before.orElse(usual);
        }
        return given == 0 ? before.orElseGet(Ports::free) : given;
    }

    private static void check(Settings settings) {
        if (settings.taskManagers() < 1
                || settings.taskManagers() > 16
                || settings.slots() < 1
                || settings.slots() > 64) {
            throw new IllegalStateException("--taskmanagers is " + settings.taskManagers() + " and --slots is "
                    + settings.slots() + ", but have to be 1 to 16 and 1 to 64");
        }
    }

    private void start(ClusterFolder folder, Settings before, Settings settings, Path conf) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        boolean kept = Server.process(folder, Keeper.NAME).isPresent();
        if (kept && !settings.equals(before.withTaskManagers(settings.taskManagers()))) {
            throw new IllegalStateException(
                    "ports, slots and security cannot change while the cluster runs: stop it first");
        }
        Files.copy(
                conf.resolve("log4j2-cluster.properties"),
                folder.conf().resolve("log4j2.properties"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        FlinkServers.prepare(folder, settings, conf);
        if (settings.secure()) {
            Certificates.prepare(folder);
        }
        List<Server> servers = new ArrayList<>();
        servers.add(DatabaseServer.server(folder, settings));
        servers.add(BrokerServer.server(folder, settings));
        servers.addAll(FlinkServers.servers(folder, settings));
        List<Server> missing = servers.stream()
                .filter(server -> server.process(folder).isEmpty())
                .toList();
        for (Server server : missing) {
            if (server.port() != 0) {
                Ports.wanted(server.port(), server.name());
            }
        }
        DatabaseServer.prepare(folder, settings);
        BrokerServer.prepare(folder, settings);
        settings.write(folder);
        new Plan(servers).write(folder);
        if (!kept) {
            Keeper.server(folder).start(folder);
        }
        for (Server server : servers) {
            awaitReady(folder, settings, server);
            say(
                    out,
                    server.name(),
                    missing.contains(server) ? "started" : "was up",
                    server.port() == 0 ? "" : "127.0.0.1:" + server.port());
            if (server.name().equals(DatabaseServer.NAME)) {
                int migrations = DatabaseServer.migrate(folder, settings);
                if (migrations > 0) {
                    say(out, "tables", migrations + " migrations", "");
                }
            }
            if (server.name().equals(BrokerServer.NAME)) {
                BrokerUsers.admit(folder, settings);
            }
        }
        out.println();
        out.println("Folder " + folder.root() + ", web UI " + settings.webUrl() + ", broker "
                + settings.bootstrapServers() + ", database " + settings.jdbcUrl());
    }

    private static void awaitReady(ClusterFolder folder, Settings settings, Server server) throws InterruptedException {
        Flink flink = new Flink(settings.webUrl());
        try {
            Flink.await(server.name() + " is ready", () -> isReady(folder, settings, server, flink));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + folder.tail(server.name()), e);
        }
    }

    private static boolean isReady(ClusterFolder folder, Settings settings, Server server, Flink flink)
            throws IOException {
        if (server.process(folder).isEmpty() || (server.port() != 0 && !Ports.answers(server.port()))) {
            return false;
        }
        return switch (server.name()) {
            case DatabaseServer.NAME -> DatabaseServer.isReady(folder, settings);
            case BrokerServer.NAME -> BrokerServer.isReady(folder, settings);
            case FlinkServers.ZOOKEEPER -> true;
            case FlinkServers.JOB_MANAGER -> flink.isUp();
            default -> flink.taskManagers() >= settings.taskManagers();
        };
    }

    @Command(
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description = "Shows processes, jobs, checkpoints and lag.",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:every process is up and every task of every job runs", "1:something is down"})
    int status(@Mixin FolderOption where) throws Exception {
        ClusterFolder folder = where.folder();
        return new Status(folder, Settings.read(folder), spec.commandLine().getOut()).print() ? 0 : 1;
    }

    @Command(
            sortOptions = false,
            mixinStandardHelpOptions = true,
            description =
                    "Stops everything in the order in which nobody misses anybody. Data stay, and so do the jobs: the next start goes on from their newest checkpoints.")
    int stop(
            @Mixin FolderOption where,
            @Option(names = "--purge", description = "delete the folder too: data, checkpoints, savepoints, logs, all")
                    boolean purge)
            throws Exception {
        ClusterFolder folder = where.folder();
        PrintWriter out = spec.commandLine().getOut();
        if (!folder.isCluster()) {
            out.println("There is no cluster in " + folder.root());
            return 0;
        }
        stop(Keeper.server(folder), folder, out);
        List<Server> servers =
                new ArrayList<>(Plan.exists(folder) ? Plan.read(folder).servers() : List.of());
        Collections.reverse(servers);
        for (Server server : servers) {
            stop(server, folder, out);
        }
        List<Long> others =
                Server.processes(folder).stream().map(ProcessHandle::pid).toList();
        if (!others.isEmpty()) {
            out.println("Still there, and not known by name: processes " + others);
        }
        if (purge) {
            folder.delete();
            say(out, "folder", "deleted", folder.root().toString());
        }
        return 0;
    }

    private static void stop(Server server, ClusterFolder folder, PrintWriter out) {
        say(out, server.name(), server.stop(folder) ? "stopped" : "was down", "");
    }

    private static void say(PrintWriter out, String what, String state, String where) {
        out.println("%-16s %-12s %s".formatted(what, state, where).stripTrailing());
    }
}
