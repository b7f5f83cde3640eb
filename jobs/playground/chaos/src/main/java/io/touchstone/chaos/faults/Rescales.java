package io.touchstone.chaos.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.Flink;
import io.touchstone.playground.cluster.JobKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** R10: the jobs change their parallelism under load, planned and by a crash. */
public final class Rescales implements FaultTest {
    /** A planned change: stop with a savepoint of a format, start with another parallelism. */
    private record Step(JobKind job, String format, int parallelism) {}

    private static final List<Step> STEPS = List.of(
            new Step(JobKind.PRICE_FLOOR, "CANONICAL", 4),
            new Step(JobKind.FACTORY_QUALITY, "NATIVE", 1),
            new Step(JobKind.PRICE_FLOOR, "NATIVE", 1),
            new Step(JobKind.FACTORY_QUALITY, "CANONICAL", 3),
            new Step(JobKind.PRICE_FLOOR, "CANONICAL", 3),
            new Step(JobKind.FACTORY_QUALITY, "NATIVE", 2),
            new Step(JobKind.PRICE_FLOOR, "NATIVE", 2),
            new Step(JobKind.FACTORY_QUALITY, "CANONICAL", 4),
            new Step(JobKind.PRICE_FLOOR, "NATIVE", 4),
            new Step(JobKind.FACTORY_QUALITY, "NATIVE", 3));

    @Override
    public Description description() {
        return new Description(
                "R10",
                "10 stops with a savepoint, canonical and native, to 1, 2, 3, 4 tasks; 2 losses of half the slots",
                "verdict V",
                "12 transitions, 0 difference",
                "a job starts from the savepoint before its last",
                9,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round), Mutation.NONE)) {
            Site site = ordeal.site();
            List<String> savepoints = new ArrayList<>();
            int transitions = 0;
            for (Step step : STEPS.subList(0, round.scaled(STEPS.size()))) {
                String job = step.job().jobName();
                ordeal.hurt(job + " to " + step.parallelism() + " tasks by a " + step.format() + " savepoint", () -> {
                    String savepoint = stop(site, step);
                    if (step.job() == JobKind.PRICE_FLOOR) {
                        savepoints.add(savepoint);
                    }
                    boolean stale = round.mutant() && savepoints.size() == 2 && step.job() == JobKind.PRICE_FLOOR;
                    site.deploy(
                            step.job(),
                            Mutation.NONE,
                            "--from-savepoint",
                            stale ? savepoints.get(0) : savepoint,
                            "--parallelism",
                            String.valueOf(step.parallelism()));
                });
                transitions++;
                TimeUnit.SECONDS.sleep(3);
            }
            for (int i = 0; i < (round.scale() < 1 ? 1 : 2); i++) {
                ordeal.hurt("half of the slots are lost", () -> {
                    site.holdKeeper();
                    site.kill(site.busiestTaskManager());
                    TimeUnit.SECONDS.sleep(15);
                    round.say("tasks meanwhile: %s", tasks(site));
                    site.resumeKeeper();
                    TimeUnit.SECONDS.sleep(15);
                });
                transitions++;
                round.say("tasks then: %s", tasks(site));
            }
            finding.measure("%d transitions", transitions);
            ordeal.judge(finding);
        }
        return finding;
    }

    private static String stop(Site site, Step step) throws IOException, InterruptedException {
        Flink.Job running = site.flink()
                .running(step.job().jobName())
                .orElseThrow(() -> new IOException(step.job() + " is not there"));
        return site.flink()
                .stop(running.id(), site.folder().savepoints().toUri().toString(), step.format());
    }

    /** The parallelism of each job now. */
    private static List<String> tasks(Site site) throws IOException {
        List<String> tasks = new ArrayList<>();
        for (Flink.Job job : site.flink().jobs()) {
            if (!job.hasEnded()) {
                int parallelism = 0;
                for (JsonNode vertex : site.flink().get("/jobs/" + job.id()).get("vertices")) {
                    parallelism =
                            Math.max(parallelism, vertex.get("parallelism").asInt());
                }
                tasks.add(job.name() + " " + job.state() + " at " + parallelism);
            }
        }
        return tasks;
    }
}
