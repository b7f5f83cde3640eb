package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.Schedule;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.playground.cluster.Flink;
import io.touchstone.playground.cluster.FlinkServers;
import io.touchstone.playground.cluster.JobKind;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** R02: the job manager is killed; its successor has to go on from the newest checkpoints. */
public final class JobManagerKills implements FaultTest {
    private static final int KILLS = 6;
    private static final int GAP_SECONDS = 20;

    @Override
    public Description description() {
        return new Description(
                "R02",
                "kill -9 the job manager, 6 times",
                "verdict V; no job goes back behind its newest checkpoint",
                "0 lost, 0 doubled; gap <= 20 s",
                "alerts leave without transactions",
                6,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        List<Duration> kills = Schedule.of(
                round.random("kills"),
                round.scaled(KILLS),
                Duration.ofSeconds(2),
                Duration.ofSeconds(36),
                Duration.ofSeconds(4));
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.AT_LEAST_ONCE : Mutation.NONE)) {
            int back = 0;
            for (Duration kill : kills) {
                ordeal.waitUntil(kill);
                Map<JobKind, Long> before = newest(ordeal.site().flink(), "completed");
                ordeal.hurt("kill the job manager", () -> ordeal.site().kill(FlinkServers.JOB_MANAGER));
                Map<JobKind, Long> after = restored(ordeal);
                for (JobKind job : JobKind.values()) {
                    if (after.get(job) < before.get(job)) {
                        back++;
                        round.say("%s went back from checkpoint %d to %d", job, before.get(job), after.get(job));
                    }
                }
            }
            ordeal.waitUntil(kills.get(kills.size() - 1).plusSeconds(30));
            finding.measure("%d kills", ordeal.faults());
            finding.check("newest checkpoint", back == 0, "%d restores from an older one", back);
            ordeal.judge(finding).check(finding, GAP_SECONDS, GAP_SECONDS);
        }
        return finding;
    }

    private static Map<JobKind, Long> newest(Flink flink, String what) throws IOException {
        Map<JobKind, Long> ids = new EnumMap<>(JobKind.class);
        for (JobKind job : JobKind.values()) {
            Flink.Job running =
                    flink.running(job.jobName()).orElseThrow(() -> new IOException(job.jobName() + " is not there"));
            // Asked for its checkpoints before it knows any, a job manager complains in its log.
            boolean known = !running.state().equals("INITIALIZING");
            ids.put(
                    job,
                    !known
                            ? -1
                            : flink.checkpoints(running.id())
                                    .path("latest")
                                    .path(what)
                                    .path("id")
                                    .asLong(-1));
        }
        return ids;
    }

    /** What the new job manager, once it leads, has restored the jobs from. */
    private static Map<JobKind, Long> restored(Ordeal ordeal) throws InterruptedException {
        Map<JobKind, Long> restored = new EnumMap<>(JobKind.class);
        Flink.await("the jobs are restored", () -> {
            restored.putAll(newest(ordeal.site().flink(), "restored"));
            return restored.values().stream().allMatch(id -> id >= 0);
        });
        return restored;
    }
}
