package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cluster's processes running: whatever of the plan is down is started, again and again, and what left the plan is
 * ended. It holds nothing itself; a new keeper goes on where a dead one left off. What the processes had to remember is theirs to
 * find again: the job manager's jobs are in ZooKeeper.
 */
public final class Keeper {
    /** Its name among the cluster's processes. */
    public static final String NAME = "keeper";

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration WELL = Duration.ofSeconds(8);
    /** A task manager's place stays empty for so long if another takes over its work: starting a JVM would slow that down. */
    private static final Duration TAKE_OVER = Duration.ofSeconds(10);

    private static final Duration TIDY = Duration.ofMinutes(10);

    private final ClusterFolder folder;
    private final Map<String, Start> starts = new HashMap<>();
    private final Map<String, Long> downSince = new HashMap<>();

    /** When a server was started last, and how long to wait before the next time. */
    private record Start(long at, Duration pause) {}

    private Keeper(ClusterFolder folder) {
        this.folder = folder;
    }

    /** {@code keeper FOLDER}: runs until it is told to end. */
    public static void main(String[] args) throws Exception {
        Keeper keeper = new Keeper(new ClusterFolder(Path.of(args[0])));
        // On its own: a database that hangs must not keep the keeper from its processes.
        Thread tidy = new Thread(keeper::tidyTables, "tidy-tables");
        tidy.setDaemon(true);
        tidy.start();
        while (true) {
            keeper.look();
            TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
        }
    }

    static Server server(ClusterFolder folder) {
        return Server.java(
                folder,
                NAME,
                0,
                java.util.List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                System.getProperty("java.class.path"),
                java.util.List.of(Keeper.class.getName(), folder.root().toString()));
    }

    private void tidyTables() {
        while (true) {
            try {
                TimeUnit.NANOSECONDS.sleep(TIDY.toNanos());
                DatabaseServer.tidy(folder, Settings.read(folder));
            } catch (IOException | SQLException e) {
                LOG.warn("The tables were not tidied, next try in {} min: {}", TIDY.toMinutes(), e.getMessage());
            } catch (InterruptedException told) {
                return;
            }
        }
    }

    private void look() {
        try {
            Plan plan = Plan.read(folder);
            for (Server server : plan.servers()) {
                if (server.process(folder).isPresent()) {
                    downSince.remove(server.name());
                } else if (isDue(server.name()) && !isTakenOver(plan, server.name())) {
                    start(server);
                }
            }
            for (String name : Plan.started(folder)) {
                if (!name.equals(NAME)
                        && plan.servers().stream()
                                .noneMatch(server -> server.name().equals(name))) {
                    LOG.info("{} is no longer wanted", name);
                    new Server(name, java.util.List.of(), Map.of(), "TERM", 0).stop(folder);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("Looking after {} failed", folder.root(), e);
        }
    }

    private void start(Server server) throws IOException {
        Start last = starts.get(server.name());
        long now = System.nanoTime();
        // What falls over at once is started ever more slowly.
        boolean ranWell = last == null || now - last.at() > WELL.toNanos();
        Duration pause = ranWell ? Duration.ofMillis(250) : last.pause().multipliedBy(2);
        starts.put(server.name(), new Start(now, pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
        Process process = server.start(folder);
        LOG.info("{} {} as process {}", last == null ? "Started" : "Restarted", server.name(), process.pid());
    }

    private boolean isDue(String server) {
        Start last = starts.get(server);
        return last == null || System.nanoTime() - last.at() >= last.pause().toNanos();
    }

    private boolean isTakenOver(Plan plan, String server) {
        long now = System.nanoTime();
        return server.startsWith(FlinkServers.TASK_MANAGER)
                && starts.containsKey(server)
                && now - downSince.computeIfAbsent(server, first -> now) < TAKE_OVER.toNanos()
                && plan.servers().stream().anyMatch(this::isSettledTaskManager);
    }

    private boolean isSettledTaskManager(Server server) {
        Instant settled = Instant.now().minus(WELL);
        return server.name().startsWith(FlinkServers.TASK_MANAGER)
                && server.process(folder)
                        .flatMap(process -> process.info().startInstant())
                        .filter(settled::isAfter)
                        .isPresent();
    }
}
