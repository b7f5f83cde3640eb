package io.touchstone.playground.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;

/**
 * Flink's processes: a job manager, task managers, and the ZooKeeper in which the job manager keeps which jobs there are and which
 * of their checkpoints is the newest. {@code conf/config.yaml} configures them; paths, ports and memory are the cluster's own.
 */
public final class FlinkServers {
    public static final String ZOOKEEPER = "zookeeper";
    public static final String JOB_MANAGER = "jobmanager";
    public static final String TASK_MANAGER = "taskmanager-";

    private static final String LOOPBACK = "localhost";
    /** Flink's serializers, and its client, look into these. */
    private static final List<String> OPENS =
            List.of("--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-opens=java.base/java.util=ALL-UNNAMED");

    /** Read by the gate of the REST interface, which this class path does not have. */
    private static final String TOKEN_FILE = "touchstone.rest.token-file";

    /** Each process takes the first that is free; conf/monitoring/prometheus.yml asks there. */
    private static final String METRICS_PORTS = "9249-9299";

    private static final long SLOT_MB = 320;
    private static final long METASPACE_MB = 512;
    private static final long TASK_MANAGER_MB = 640 + METASPACE_MB;

    private FlinkServers() {}

    /** All of them, in the order of their start. */
    static List<Server> servers(ClusterFolder folder, Settings settings) throws IOException {
        String classPath = classPath();
        Configuration configuration = configuration(folder);
        List<Server> servers = new ArrayList<>();
        servers.add(Server.java(
                folder,
                ZOOKEEPER,
                settings.zooKeeperPort(),
                List.of("-Xmx96m", "-XX:+UseSerialGC"),
                classPath,
                List.of(
                        FlinkZooKeeperQuorumPeer.class.getName(),
                        "--zkConfigFile",
                        zooKeeperConfig(folder).toString(),
                        "--peerId",
                        "1")));
        servers.add(jobManager(folder, settings, classPath, configuration));
        for (int i = 1; i <= settings.taskManagers(); i++) {
            servers.add(taskManager(folder, TASK_MANAGER + i, classPath, configuration));
        }
        return servers;
    }

    private static String classPath() throws IOException {
        return ClusterFolder.home().resolve("jobs/playground/flink/target/classes")
                + File.pathSeparator
                + ClusterFolder.classPath("flink");
    }

    private static Server jobManager(
            ClusterFolder folder, Settings settings, String classPath, Configuration configuration) {
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
        List<String> main = new ArrayList<>(List.of(
                StandaloneSessionClusterEntrypoint.class.getName(),
                "--configDir",
                folder.conf().toString()));
        main.addAll(words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
        main.add("-D" + WebOptions.LOG_PATH.key() + "=" + folder.log(JOB_MANAGER));
        return Server.java(
                folder,
                JOB_MANAGER,
                settings.webPort(),
                jvmOptions(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration), configuration),
                classPath,
                main);
    }

    private static Server taskManager(
            ClusterFolder folder, String name, String classPath, Configuration configuration) {
        TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        List<String> main = new ArrayList<>(List.of(
                TaskManagerRunner.class.getName(), "--configDir", folder.conf().toString()));
        main.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
        main.add("-D" + TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + name);
        main.add("-D" + TaskManagerOptions.TASK_MANAGER_LOG_PATH.key() + "=" + folder.log(name));
        return Server.java(
                folder,
                name,
                0,
                jvmOptions(ProcessMemoryUtils.generateJvmParametersStr(memory), configuration),
                classPath,
                main);
    }

    /** Flink's own arithmetic gives memory as its start scripts pass it on: in one line, quoted or not. */
    private static List<String> words(String line) {
        return List.of(line.strip().replace("'", "").split("\\s+"));
    }

    private static List<String> jvmOptions(String memory, Configuration configuration) {
        List<String> options = new ArrayList<>(words(memory));
        options.add("-XX:+UseSerialGC");
        options.addAll(OPENS);
        for (var further : List.of(CoreOptions.FLINK_DEFAULT_JVM_OPTIONS, CoreOptions.FLINK_JVM_OPTIONS)) {
            if (!configuration.get(further).isBlank()) {
                options.addAll(words(configuration.get(further)));
            }
        }
        return options;
    }

    private static Path zooKeeperConfig(ClusterFolder folder) {
        return folder.conf().resolve("zoo.cfg");
    }

    /** Flink's configuration as the cluster's processes read it. */
    static Configuration configuration(ClusterFolder folder) {
        return GlobalConfiguration.loadConfiguration(folder.conf().toString());
    }

    /**
     * Writes the configuration.
     *
     * @param conf a folder with {@code config.yaml}
     */
    static void prepare(ClusterFolder folder, Settings settings, Path conf) throws IOException {
        Files.createDirectories(folder.data(ZOOKEEPER));
        Files.writeString(zooKeeperConfig(folder), """
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                server.1=127.0.0.1
                # A job manager that was killed has to be given up for dead before the next one may lead.
                tickTime=1000
                initLimit=10
                syncLimit=5
                admin.enableServer=false
                autopurge.purgeInterval=1
                """.formatted(folder.data(ZOOKEEPER), settings.zooKeeperPort()));

        Configuration c = GlobalConfiguration.loadConfiguration(conf.toString());
        c.set(JobManagerOptions.ADDRESS, LOOPBACK);
        c.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        c.set(TaskManagerOptions.HOST, LOOPBACK);
        c.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        c.set(RestOptions.ADDRESS, LOOPBACK);
        c.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        c.set(RestOptions.PORT, settings.webPort());
        c.set(RestOptions.BIND_PORT, String.valueOf(settings.webPort()));
        c.setString(TOKEN_FILE, folder.secret(Flink.TOKEN).toString());
        c.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
        c.set(HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM, "127.0.0.1:" + settings.zooKeeperPort());
        c.set(HighAvailabilityOptions.HA_STORAGE_PATH, uri(folder.data("high-availability")));
        c.set(HighAvailabilityOptions.HA_CLUSTER_ID, "touchstone");
        c.set(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT, Duration.ofSeconds(6));
        c.set(HighAvailabilityOptions.ZOOKEEPER_CONNECTION_TIMEOUT, Duration.ofSeconds(4));
        c.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(2));
        c.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(15));
        // On one machine a call that finds nobody has found a dead process; waiting for a second gives it tasks again.
        c.set(HeartbeatManagerOptions.HEARTBEAT_RPC_FAILURE_THRESHOLD, 1);
        c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, uri(folder.checkpoints()));
        c.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, uri(folder.savepoints()));
        c.set(CoreOptions.TMP_DIRS, folder.data("tmp").toString());
        c.set(WebOptions.TMP_DIR, folder.data("tmp").toString());
        c.set(BlobServerOptions.STORAGE_DIRECTORY, folder.data("tmp").toString());
        c.setString(
                "metrics.reporter.prom.factory.class",
                "org.apache.flink.metrics.prometheus.LoopbackPrometheusReporter");
        c.setString("metrics.reporter.prom.port", METRICS_PORTS);
        // Status is asked for by people who wait.
        c.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofSeconds(2));
        // Threads that show metrics keep the classes of a job that has ended until they end themselves: after eight
        // deployments in six
        // minutes the usual 256 MiB were full.
        c.set(TaskManagerOptions.JVM_METASPACE, MemorySize.ofMebiBytes(METASPACE_MB));
        c.set(TaskManagerOptions.NUM_TASK_SLOTS, settings.slots());
        c.set(JobManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(1024));
        c.set(
                TaskManagerOptions.TOTAL_PROCESS_MEMORY,
                MemorySize.ofMebiBytes(TASK_MANAGER_MB + SLOT_MB * settings.slots()));
        Files.write(folder.conf().resolve("config.yaml"), ConfigurationUtils.convertConfigToWritableLines(c, false));
    }

    private static String uri(Path folder) {
        return folder.toUri().toString();
    }

    /** Flink's own client, as {@code flink} is: a program of its own, because the job's jar brings classes that ours has too. */
    static String client(ClusterFolder folder, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(Server.java(
                        folder,
                        "client",
                        0,
                        Stream.concat(
                                        Stream.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                                        OPENS.stream())
                                .toList(),
                        classPath(),
                        List.of("org.apache.flink.client.cli.CliFrontend"))
                .command());
        command.addAll(arguments);
        return Run.toEnd(
                folder,
                "Flink's client",
                command,
                Map.of("FLINK_CONF_DIR", folder.conf().toString()));
    }
}
