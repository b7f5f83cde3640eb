package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.chaos.site.VersionWatch;
import io.touchstone.playground.cluster.BrokerServer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** R04: who was given up for dead comes back, with old news to tell. */
public final class Zombies implements FaultTest {
    private static final int ROUNDS = 2;
    private static final int FROZEN_SECONDS = 20;

    @Override
    public Description description() {
        return new Description(
                "R04",
                "freeze task manager, PostgreSQL's backends, broker for 20 s, longer than a heartbeat may be late; twice",
                "verdict V; no row goes back to a lower version",
                "0 rows of a lower version, sampled every 0.5 s; 0 lost, 0 doubled",
                "rows replace newer ones",
                6,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal = Ordeal.start(
                        round, Load.of(round), round.mutant() ? Mutation.NO_VERSION_GUARD : Mutation.NONE);
                VersionWatch watch = new VersionWatch(ordeal.site())) {
            Site site = ordeal.site();
            for (int i = 0; i < round.scaled(ROUNDS) - (round.scale() < 1 ? 1 : 0); i++) {
                String busiest = site.busiestTaskManager();
                ordeal.hurt("freeze " + busiest, () -> site.freeze(busiest));
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
                site.thaw(busiest);
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS);

                List<Long> backends = site.backends();
                ordeal.hurt(
                        "freeze " + backends.size() + " backends of PostgreSQL", () -> site.signal(backends, "STOP"));
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
                site.signal(backends, "CONT");
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS / 2);

                ordeal.hurt("freeze the broker", () -> site.freeze(BrokerServer.NAME));
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
                site.thaw(BrokerServer.NAME);
                TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
            }
            finding.measure("%d freezes", ordeal.faults());
            ordeal.judge(finding);
            finding.measure("%d of lower version in %d looks", watch.regressions(), watch.looks());
            finding.check(
                    "versions",
                    watch.regressions() == 0 && watch.looks() > 0,
                    "%d rows of a lower version in %d looks, the first: %s",
                    watch.regressions(),
                    watch.looks(),
                    watch.first());
        }
        return finding;
    }
}
