package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Gaps;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.DatabaseServer;
import java.util.concurrent.TimeUnit;

/** R06: PostgreSQL is away for a minute; alerts must not wait for it. */
public final class DatabaseOutages implements FaultTest {
    private static final int OUTAGES = 2;
    private static final int DOWN_SECONDS = 60;
    private static final int GAP_SECONDS = 20;
    private static final int CATCH_UP_SECONDS = 60;

    @Override
    public Description description() {
        return new Description(
                "R06",
                "PostgreSQL stops at once for 60 s, twice; the second time the task manager is killed meanwhile",
                "verdict V; alerts go on meanwhile",
                "0 rows different; gap <= 20 s; caught up 60 s after the return; no manual step",
                "rows that wait for the database are in no checkpoint",
                7,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.FORGETS_WAITING_ROWS : Mutation.NONE)) {
            Site site = ordeal.site();
            int outages = round.scale() < 1 ? 1 : OUTAGES;
            for (int i = 0; i < outages; i++) {
                TimeUnit.SECONDS.sleep(20);
                site.holdKeeper();
                ordeal.hurt("stop PostgreSQL", () -> site.signal(DatabaseServer.NAME, "QUIT"));
                TimeUnit.SECONDS.sleep(DOWN_SECONDS / 2);
                if (i == outages - 1) {
                    String busiest = site.busiestTaskManager();
                    ordeal.hurt("kill " + busiest, () -> site.kill(busiest));
                }
                TimeUnit.SECONDS.sleep(DOWN_SECONDS / 2);
                site.resumeKeeper();
                round.say("PostgreSQL may come back");
                TimeUnit.SECONDS.sleep(40);
            }
            finding.measure("%d outages of %d s", outages, DOWN_SECONDS);
            Gaps silence = ordeal.judge(finding);
            finding.check(
                    "catch-up",
                    ordeal.caughtUpSeconds() <= CATCH_UP_SECONDS,
                    "%d s after the last event",
                    ordeal.caughtUpSeconds());
            silence.check(finding, GAP_SECONDS, GAP_SECONDS);
        }
        return finding;
    }
}
