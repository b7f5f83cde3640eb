package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs, from the packaged jar on a cluster of real processes, give what a backtest gives, whatever is killed or deployed. */
class ClusterTest {
    private static final Duration SOON = Duration.ofSeconds(90);

    /** In the midst of what the factories of the case live through. */
    private static final long BREAK = 1_705_900_000_000L;

    private static final Pattern AT = Pattern.compile("Metrics for Prometheus are at (http://\\S+)");
    private static final Pattern METRIC = Pattern.compile("flink_\\w+");

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

        assertThat(metrics()).containsAll(named("rules.yml"));

        kill("taskmanager-1");
        // What comes while nobody reads is read from its beginning: no partition is idle, and nothing late.
        cluster.replay(cluster.history("later", BREAK, Long.MAX_VALUE), "--until", ClusterCase.UNTIL);
        await().atMost(SOON).until(() -> checkpoints(flink, "restored") > 0 && allRun(flink));
        assertThat(cluster.deploy("factory-quality", 2)).contains("stopped with savepoint", "parallelism: 1 -> 2");
        // Nothing comes any more: the second stop, too, must not take the clock with it.
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

    /** What Prometheus would find on this cluster. */
    private Set<String> metrics() throws Exception {
        Set<String> names = new HashSet<>();
        try (Stream<Path> logs = Files.list(cluster.folder().logs())) {
            for (Path log : logs.toList()) {
                for (MatchResult at : AT.matcher(Files.readString(log, StandardCharsets.ISO_8859_1))
                        .results()
                        .toList()) {
                    HttpRequest request =
                            HttpRequest.newBuilder(URI.create(at.group(1))).build();
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofLines())
                            .body()
                            .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
                }
            }
        }
        return names;
    }

    private static Set<String> named(String file) throws IOException {
        Path rules = ClusterFolder.home().resolve("conf/monitoring").resolve(file);
        return METRIC.matcher(Files.readString(rules))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
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
