package io.touchstone.playground;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster inside this JVM, configured by {@code conf/config.yaml}: RocksDB, checkpoints, web UI on loopback. Only paths,
 * ports and memory are its own.
 */
public final class FlinkCluster implements AutoCloseable {
    private final Configuration configuration;
    private final Path folder;
    private final MiniCluster cluster;

    private FlinkCluster(Configuration configuration, Path folder, MiniCluster cluster) {
        this.configuration = configuration;
        this.folder = folder;
        this.cluster = cluster;
    }

    /**
     * Starts one.
     *
     * @param folder for checkpoints, savepoints and local state
     * @param webPort of the web UI; 0 for any free one
     * @param adjust changes to the configuration, after everything else
     */
    public static FlinkCluster launch(
            Path folder, int webPort, int taskManagers, int slotsEach, Consumer<Configuration> adjust)
            throws Exception {
        Configuration configuration = GlobalConfiguration.loadConfiguration(
                Path.of(System.getProperty("touchstone.home", "."), "conf").toString());
        configuration.set(RestOptions.BIND_PORT, String.valueOf(Ports.wanted(webPort, "Flink's web UI")));
        configuration.set(RestOptions.ADDRESS, "localhost");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").toUri().toString());
        configuration.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                folder.resolve("savepoints").toUri().toString());
        configuration.set(
                CoreOptions.TMP_DIRS,
                Files.createDirectories(folder.resolve("tmp")).toString());
        configuration.set(WebOptions.TMP_DIR, folder.resolve("tmp").toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128L * slotsEach));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        adjust.accept(configuration);
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slotsEach)
                .build());
        cluster.start();
        return new FlinkCluster(configuration, folder, cluster);
    }

    /** Where the web UI is. */
    public String webUrl() {
        return cluster.getRestAddress().join().toString();
    }

    /**
     * Starts a job and waits until all its tasks run.
     *
     * @param define adds the job to an environment
     * @param restoreFrom a checkpoint or savepoint; null to begin anew
     */
    public JobID submit(String name, int parallelism, Path restoreFrom, Consumer<StreamExecutionEnvironment> define)
            throws Exception {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration(configuration));
        env.setParallelism(parallelism);
        define.accept(env);
        StreamGraph plan = env.getStreamGraph();
        plan.setJobName(name);
        JobGraph graph = plan.getJobGraph();
        if (restoreFrom != null) {
            graph.setSavepointRestoreSettings(
                    SavepointRestoreSettings.forPath(restoreFrom.toUri().toString(), false));
        }
        JobID job = cluster.submitJob(graph).get().getJobID();
        awaitRunning(job);
        return job;
    }

    private void awaitRunning(JobID job) throws Exception {
        while (!isRunning(cluster.getExecutionGraph(job).get())) {
            if (status(job).isGloballyTerminalState()) {
                cluster.requestJobResult(job)
                        .get()
                        .toJobExecutionResult(getClass().getClassLoader());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static boolean isRunning(AccessExecutionGraph graph) {
        if (graph.getState() != JobStatus.RUNNING) {
            return false;
        }
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            if (task.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return true;
    }

    public JobStatus status(JobID job) {
        return cluster.getJobStatus(job).join();
    }

    /** Ends a task manager with everything on it, as a crash does, and starts another in its place. */
    public void replaceTaskManager(int index) throws Exception {
        cluster.terminateTaskManager(index).get();
        cluster.startTaskManager();
    }

    /** Ends a job without a savepoint; its checkpoints stay. */
    public void cancel(JobID job) {
        cluster.cancelJob(job).join();
        cluster.requestJobResult(job).join();
    }

    /** Stops a job with a savepoint, without draining it; where the savepoint is. */
    public Path stop(JobID job) {
        String savepoint = cluster.stopWithSavepoint(
                        job, folder.resolve("savepoints").toUri().toString(), false, SavepointFormatType.CANONICAL)
                .join();
        cluster.requestJobResult(job).join();
        return Path.of(java.net.URI.create(savepoint));
    }

    /** Takes a checkpoint of everything that has come in, and waits until it is complete. */
    public void checkpoint(JobID job) {
        cluster.triggerCheckpoint(job, CheckpointType.DEFAULT).join();
    }

    /** The newest complete checkpoint of a job, if there is one yet. */
    public Optional<Path> newestCheckpoint(JobID job) throws Exception {
        Path checkpoints = folder.resolve("checkpoints").resolve(job.toHexString());
        if (Files.notExists(checkpoints)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(checkpoints, 2, (file, attributes) -> file.endsWith("_metadata"))) {
            return files.map(Path::getParent)
                    .max(Comparator.comparingInt(checkpoint ->
                            Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()))));
        }
    }

    @Override
    public void close() {
        // A task that hangs must not keep everything else from ending.
        cluster.closeAsync().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
