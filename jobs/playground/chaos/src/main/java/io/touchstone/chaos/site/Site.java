package io.touchstone.chaos.site;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.touchstone.chaos.mutant.MutantJar;
import io.touchstone.chaos.mutant.MutantJob;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.playground.cluster.BrokerServer;
import io.touchstone.playground.cluster.Cluster;
import io.touchstone.playground.cluster.ClusterFolder;
import io.touchstone.playground.cluster.DatabaseServer;
import io.touchstone.playground.cluster.Deploy;
import io.touchstone.playground.cluster.Flink;
import io.touchstone.playground.cluster.FlinkServers;
import io.touchstone.playground.cluster.JobKind;
import io.touchstone.playground.cluster.Keeper;
import io.touchstone.playground.cluster.Server;
import io.touchstone.playground.cluster.Settings;
import io.touchstone.playground.cluster.Terminal;
import io.touchstone.playground.cluster.TopicsCommand;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.MemorySize;
import org.apache.kafka.clients.admin.Admin;

/**
 * A cluster in a folder of its own on free ports, run by the very commands that {@code scripts/cluster} and its neighbours run, and
 * wired as documented but for what a test asks for. It hurts only processes whose command line names its folder.
 */
public final class Site implements AutoCloseable {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final ClusterFolder folder;
    private final Path conf;
    private final Settings settings;
    private final Flink flink;
    /** Whoever interrupts a run leaves nothing behind. */
    private final Thread lastWill = new Thread(this::stop, "stop-cluster");

    private Site(ClusterFolder folder, Path conf) throws IOException {
        this.folder = folder;
        this.conf = conf;
        settings = Settings.read(folder);
        flink = Flink.operated(folder, settings);
        Runtime.getRuntime().addShutdownHook(lastWill);
    }

    /** The documented wiring, at the pace of a test: days pass in seconds. */
    public static Map<String, Object> wiring() {
        return Map.of("time", Map.of("max_drift", "1 d"));
    }

    /**
     * Starts a cluster with all its topics.
     *
     * @param folder for everything of it
     * @param flink changes to {@code conf/config.yaml}
     * @param jobs changes to {@code conf/jobs.yaml}, section by section
     */
    public static Site start(Path folder, Map<String, String> flink, Map<String, Object> jobs, String... options)
            throws IOException {
        Path conf = Files.createDirectories(folder.resolve("conf"));
        Path shipped = ClusterFolder.home().resolve("conf");
        for (String file : List.of("log4j2-cluster.properties", "policy.yaml", "topics.yaml")) {
            Files.copy(shipped.resolve(file), conf.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        ObjectNode config =
                (ObjectNode) YAML.readTree(shipped.resolve("config.yaml").toFile());
        config.put("execution.checkpointing.interval", "2 s");
        flink.forEach(config::put);
        YAML.writeValue(conf.resolve("config.yaml").toFile(), config);
        ObjectNode wiring = YAML.valueToTree(jobs);
        YAML.writeValue(conf.resolve("jobs.yaml").toFile(), wiring);
        ClusterFolder cluster = new ClusterFolder(folder.resolve("cluster"));
        List<String> line = new ArrayList<>(List.of("start", "--conf", conf.toString()));
        for (String port : List.of("--broker-port", "--database-port", "--zookeeper-port", "--web-port")) {
            line.addAll(List.of(port, "0"));
        }
        line.addAll(List.of(options));
        try {
            run(cluster, new Cluster(), line);
            Site site = new Site(cluster, conf);
            run(cluster, new TopicsCommand(), List.of("apply", "--conf", conf.toString()));
            return site;
        } catch (RuntimeException e) {
            run(cluster, new Cluster(), List.of("stop"));
            throw e;
        }
    }

    private static String run(ClusterFolder folder, Object command, List<String> arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        List<String> line = new ArrayList<>(arguments);
        line.addAll(List.of("--folder", folder.root().toString()));
        if (Terminal.run(command, out, out, line.toArray(String[]::new)) != 0) {
            throw new IllegalStateException(command.getClass().getSimpleName() + " " + arguments + " said: "
                    + said.toString().strip());
        }
        return said.toString();
    }

    /** Runs one of the programs that operate a cluster on this one; what it said. An error if it did not end well. */
    public String run(Object command, String... arguments) {
        return run(folder, command, List.of(arguments));
    }

    /** Deploys a job, or what a mutation makes of it; {@code NONE} is the job itself. */
    public String deploy(JobKind job, Mutation mutation, String... options) throws IOException {
        return deploy(job, mutation, conf, options);
    }

    /** As {@link #deploy(JobKind, Mutation, String...)}, with the {@code jobs.yaml} and {@code policy.yaml} of another folder. */
    public String deploy(JobKind job, Mutation mutation, Path conf, String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(job.jobName(), "--conf", conf.toString()));
        if (mutation != Mutation.NONE) {
            mutation.write(folder.jobs().resolve(job.jobName()));
            line.addAll(List.of("--jar", MutantJar.in(folder.root()).toString(), "--main", MutantJob.class.getName()));
        }
        line.addAll(List.of(options));
        return run(folder, new Deploy(), line);
    }

    public ClusterFolder folder() {
        return folder;
    }

    /** The folder of {@code jobs.yaml}, {@code policy.yaml} and {@code config.yaml}. */
    public Path conf() {
        return conf;
    }

    public Settings settings() {
        return settings;
    }

    public Flink flink() {
        return flink;
    }

    public Options options() {
        return Options.read(conf.resolve("jobs.yaml"));
    }

    public Policy policy() {
        return PolicyFile.read(conf.resolve("policy.yaml"));
    }

    public Admin admin() {
        return BrokerServer.itself(folder, settings);
    }

    /** A connection to the tables, as {@link DatabaseServer#OWNER} or one of the other roles. */
    public Connection database(String role) throws IOException, SQLException {
        return DatabaseServer.connect(folder, settings, role);
    }

    /** The task manager with the fewest free slots: the one that would be missed. */
    public String busiestTaskManager() throws IOException {
        String busiest = null;
        int fewest = Integer.MAX_VALUE;
        for (JsonNode each : flink.get("/taskmanagers").get("taskmanagers")) {
            String name = each.get("id").asText();
            int free = each.get("freeSlots").asInt();
            // One that was killed a moment ago may still be listed.
            if (free < fewest && Server.process(folder, name).isPresent()) {
                fewest = free;
                busiest = name;
            }
        }
        if (busiest == null) {
            throw new IOException("no task manager is known to the job manager");
        }
        return busiest;
    }

    /** Ends a process at once; its keeper will start it again. */
    public void kill(String server) throws IOException {
        signal(server, "KILL");
    }

    /** Stops a process where it is: it answers nobody, and holds what it has. */
    public void freeze(String server) throws IOException {
        signal(server, "STOP");
    }

    /** Lets a process go on that was frozen. */
    public void thaw(String server) throws IOException {
        signal(server, "CONT");
    }

    /** What a process of Flink's may take in all, in MiB, as it is configured. */
    public long processSizeMb(String server) throws IOException {
        String key = server.equals(FlinkServers.JOB_MANAGER) ? "jobmanager" : "taskmanager";
        JsonNode config = YAML.readTree(folder.conf().resolve("config.yaml").toFile());
        JsonNode flat = config.path(key + ".memory.process.size");
        String size = flat.isMissingNode()
                ? config.path(key).path("memory").path("process").path("size").asText()
                : flat.asText();
        return MemorySize.parse(size).getMebiBytes();
    }

    /** Sends a signal to a process of this cluster, and to no other. */
    public void signal(String server, String signal) throws IOException {
        ProcessHandle process = Server.process(folder, server)
                .orElseThrow(() -> new IOException(server + " of " + folder.root() + " does not run"));
        send(process.pid(), signal);
    }

    /** The processes with which PostgreSQL serves the jobs: children of its own, which carry its role's name. */
    public List<Long> backends() throws IOException {
        ProcessHandle postgres = Server.process(folder, DatabaseServer.NAME)
                .orElseThrow(() -> new IOException(DatabaseServer.NAME + " of " + folder.root() + " does not run"));
        List<Long> backends = new ArrayList<>();
        for (ProcessHandle child : postgres.children().toList()) {
            String line = Files.readString(Path.of("/proc", String.valueOf(child.pid()), "cmdline"));
            if (line.contains(DatabaseServer.WRITER)) {
                backends.add(child.pid());
            }
        }
        return backends;
    }

    /** Sends a signal to children of this cluster's processes; those that have ended meanwhile are passed over. */
    public void signal(List<Long> children, String signal) throws IOException {
        List<ProcessHandle> own = Server.processes(folder);
        for (long pid : children) {
            boolean isOwn = ProcessHandle.of(pid)
                    .flatMap(ProcessHandle::parent)
                    .map(own::contains)
                    .orElse(false);
            if (isOwn) {
                send(pid, signal);
            }
        }
    }

    private static void send(long pid, String signal) throws IOException {
        try {
            // Java has no way to send a signal of one's choice.
            new ProcessBuilder("kill", "-s", signal, String.valueOf(pid))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Leaves what every thread of the task managers does beside their logs: for whoever has to find out why nothing goes on. */
    public void dumpThreads() throws IOException {
        for (int i = 1; i <= settings.taskManagers(); i++) {
            String name = FlinkServers.TASK_MANAGER + i;
            ProcessHandle process = Server.process(folder, name).orElse(null);
            if (process != null) {
                new ProcessBuilder("jstack", String.valueOf(process.pid()))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.logs().resolve(name + ".threads").toFile())
                        .start();
            }
        }
    }

    /** Whether a process runs. */
    public boolean runs(String server) {
        return Server.process(folder, server).isPresent();
    }

    /** Nobody starts what is down, until {@link #resumeKeeper}. */
    public void holdKeeper() throws IOException {
        freeze(Keeper.NAME);
    }

    /** The keeper looks after the cluster again. */
    public void resumeKeeper() throws IOException {
        thaw(Keeper.NAME);
    }

    /** Stops it all. Data and logs stay. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastWill);
        stop();
    }

    private void stop() {
        for (ProcessHandle process : Server.processes(folder)) {
            try {
                // What a test froze and forgot could not end.
                send(process.pid(), "CONT");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        run(new Cluster(), "stop");
    }
}
