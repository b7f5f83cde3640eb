package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs, from the packaged jar on a cluster of real processes, give what a backtest gives, whatever is killed or deployed. */
class ClusterTest {
    private static final Duration SOON = Duration.ofSeconds(90);

    /** In the midst of what the factories of the case live through. */
    private static final long BREAK = 1_705_900_000_000L;

    @TempDir
    private Path temp;

    private ClusterCase cluster;

    @BeforeEach
    void configure() throws IOException {
        cluster = ClusterCase.in(temp);
    }

    @AfterEach
    void stop() {
        cluster.run(new Cluster(), "stop");
    }

    @Test
    void findsWhatABacktestFindsWhateverIsKilledOrDeployed() throws Exception {
        assertThat(cluster.start()).contains("taskmanager-1    started");
        Flink flink = new Flink(Settings.read(cluster.folder()).webUrl());
        assertThat(cluster.run(
                        new TopicsCommand(), "apply", "--conf", cluster.conf().toString()))
                .contains("dead-letters       created");
        cluster.replay(cluster.history("early", Long.MIN_VALUE, BREAK));
        cluster.deploy("price-floor", 1);
        assertThat(cluster.deploy("factory-quality", 1)).contains("first deployment");
        await().atMost(SOON).until(() -> checkpoints(flink, "completed") > 0);

        kill("taskmanager-1");
        // What comes while nobody reads is read from its beginning: no partition is idle, and nothing late.
        cluster.replay(cluster.history("later", BREAK, Long.MAX_VALUE), "--until", ClusterCase.UNTIL);
        await().atMost(SOON).until(() -> checkpoints(flink, "restored") > 0 && allRun(flink));
        assertThat(cluster.deploy("factory-quality", 2)).contains("stopped with savepoint", "parallelism: 1 -> 2");
        cluster.run(
                new Replay(),
                "--until",
                ClusterCase.UNTIL,
                "--conf",
                cluster.conf().toString());
        Path live = temp.resolve("live");
        cluster.run(
                new Export(),
                "--output",
                live.toString(),
                "--conf",
                cluster.conf().toString(),
                "--until",
                ClusterCase.UNTIL);

        ClusterCase.agree(live, cluster.backtest(cluster.history("whole", Long.MIN_VALUE, Long.MAX_VALUE)));
        assertThat(cluster.run(new Cluster(), "stop")).contains("postgres         stopped");
        assertThat(Server.processes(cluster.folder())).isEmpty();
    }

    private void kill(String server) {
        ProcessHandle process = Server.process(cluster.folder(), server).orElseThrow();
        process.destroyForcibly();
        await().until(() -> Server.process(cluster.folder(), server)
                .map(p -> p.pid() != process.pid())
                .orElse(false));
    }

    private static int checkpoints(Flink flink, String which) throws IOException {
        return flink.checkpoints(flink.running("factory-quality").orElseThrow().id())
                .path("counts")
                .path(which)
                .asInt();
    }

    private static boolean allRun(Flink flink) throws IOException {
        return flink.jobs().stream().allMatch(Flink.Job::isUp);
    }
}
