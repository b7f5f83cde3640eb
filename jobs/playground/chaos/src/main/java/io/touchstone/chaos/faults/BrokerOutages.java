package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.Schedule;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.BrokerServer;
import io.touchstone.playground.cluster.Flink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** R05: the broker is killed and is away for a while. */
public final class BrokerOutages implements FaultTest {
    private static final int KILLS = 5;
    private static final int DOWN_SECONDS = 10;
    private static final int GAP_SECONDS = 35;

    @Override
    public Description description() {
        return new Description(
                "R05",
                "kill -9 the broker, down for 10 s, 5 times",
                "verdict V; jobs ride it out",
                "0 lost, 0 doubled; at most 1 restart of each job; gap <= 35 s",
                "producers give up after 3 s",
                8,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        List<Duration> kills = Schedule.of(
                round.random("kills"),
                round.scaled(KILLS),
                Duration.ofSeconds(5),
                Duration.ofSeconds(50),
                Duration.ofSeconds(5));
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.IMPATIENT_PRODUCERS : Mutation.NONE)) {
            Site site = ordeal.site();
            for (Duration kill : kills) {
                ordeal.waitUntil(kill);
                site.holdKeeper();
                ordeal.hurt("kill the broker", () -> site.kill(BrokerServer.NAME));
                TimeUnit.SECONDS.sleep(DOWN_SECONDS);
                site.resumeKeeper();
            }
            ordeal.waitUntil(kills.get(kills.size() - 1).plusSeconds(45));
            long restarts = restarts(site);
            finding.measure("%d kills, %d restarts at most", ordeal.faults(), restarts);
            finding.check("restarts", restarts <= 1, "a job restarted %d times", restarts);
            ordeal.judge(finding).check(finding, GAP_SECONDS, GAP_SECONDS);
        }
        return finding;
    }

    /** How often the job that restarted most did. */
    private static long restarts(Site site) throws IOException {
        long most = 0;
        for (Flink.Job job : site.flink().jobs()) {
            most = Math.max(
                    most,
                    site.flink()
                            .checkpoints(job.id())
                            .path("counts")
                            .path("restored")
                            .asLong());
        }
        return most;
    }
}
