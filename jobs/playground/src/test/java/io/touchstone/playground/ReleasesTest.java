package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.FactoryQualityJob;
import io.touchstone.PriceFloorJob;
import io.touchstone.io.Table;
import io.touchstone.playground.LiveCase.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every release left a savepoint of each job, taken in the middle of a history, and the rows that it had written by then: today's
 * job goes on from there, at another parallelism, and completes the tables to those of a backtest.
 *
 * <p>A release adds its own by {@code -Dtest=ReleasesTest#leavesASavepoint -Drelease=1.2.3}.
 */
class ReleasesTest {
    private static final Path RELEASES = Path.of("src/test/resources/releases");

    private static final Map<String, History> HISTORIES = Map.of(
            "price-floor",
            new History(
                    "price-small",
                    PriceFloorJob::define,
                    List.of(
                            Table.PRICE_FLOOR_HISTORY,
                            Table.PRICE_FLOOR,
                            Table.PRICE_BREACH,
                            Table.ALERT_REVISION,
                            Table.ALERT),
                    Set.of("PRICE_BREACH"),
                    List.of("orders")),
            "factory-quality",
            new History(
                    "quality-worked",
                    FactoryQualityJob::define,
                    List.of(
                            Table.FACTORY_SCORE_DAILY,
                            Table.FACTORY_SCORE,
                            Table.FACTORY_CLASS_DAILY,
                            Table.FACTORY_SEGMENT_DAILY,
                            Table.STANDING_HISTORY,
                            Table.ALERT_REVISION,
                            Table.ALERT),
                    Set.of("DEMOTION", "UNSTABLE_QUALITY", "COHORT_DISPARITY"),
                    List.of("orders", "returns", "reviews")));

    @TempDir
    private Path temp;

    /** What a job is tried with. */
    private record History(String name, Job job, List<Table> tables, Set<String> kinds, List<String> topics) {}

    static Stream<Path> savepoints() throws IOException {
        try (Stream<Path> folders =
                Files.find(RELEASES, 2, (file, attributes) -> Files.exists(file.resolve("rows.txt")))) {
            return folders.sorted().toList().stream();
        }
    }

    private static Path newest(String job) throws IOException {
        return savepoints()
                .filter(savepoint -> savepoint.endsWith(job))
                .reduce((older, newer) -> newer)
                .orElseThrow()
                .toAbsolutePath();
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void goesOnFromEveryRelease(Path savepoint) throws Exception {
        History history = HISTORIES.get(savepoint.getFileName().toString());
        try (LiveCase live = LiveCase.launch(history.name, temp, 2)) {
            // The same records under the same offsets as then.
            live.publish(0, live.size() / 2);
            live.submit(history.job, 3, savepoint.toAbsolutePath());
            live.publish(live.size() / 2, live.size());
            live.passMidnight();
            Set<String> before = new HashSet<>(Files.readAllLines(savepoint.resolve("rows.txt")));
            live.completesTheBacktest(history.tables, history.kinds, before);
        }
    }

    @Test
    void refusesWhatWouldLoseState() throws Exception {
        try (LiveCase live = LiveCase.launch("price-tiny", temp, 2)) {
            assertThatThrownBy(() -> live.submit(FactoryQualityJob::define, 1, newest("price-floor")))
                    .as("the state of an operator that is not there any more, or has another uid")
                    .hasStackTraceContaining("allowNonRestoredState");
            assertThatThrownBy(() -> live.submit(
                            (env, options, policy) -> {
                                PriceFloorJob.define(env, options, policy);
                                env.setMaxParallelism(64);
                            },
                            1,
                            newest("price-floor")))
                    .as("another division of the keys")
                    .hasStackTraceContaining("Max parallelism mismatch");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    @EnabledIfSystemProperty(named = "release", matches = ".+")
    void leavesASavepoint(String name) throws Exception {
        Path release = RELEASES.resolve(System.getProperty("release")).resolve(name);
        assertThat(release).doesNotExist();
        History history = HISTORIES.get(name);
        try (LiveCase live = LiveCase.launch(history.name, temp, 2)) {
            live.publish(0, live.size() / 2);
            JobID job = live.submit(history.job, 1, null);
            live.awaitEverythingRead(job, "touchstone-" + name, history.topics);
            // Nothing may be left to commit: it would be looked for at a broker that is gone.
            live.flink().checkpoint(job);
            Path savepoint = live.flink().stop(job);
            Files.createDirectories(release);
            try (Stream<Path> files = Files.list(savepoint)) {
                for (Path file : files.toList()) {
                    Files.copy(file, release.resolve(file.getFileName()));
                }
            }
            Files.write(release.resolve("rows.txt"), live.rows(history.tables));
        }
    }
}
