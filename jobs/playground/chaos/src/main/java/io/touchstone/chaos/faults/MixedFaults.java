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
import io.touchstone.playground.cluster.DatabaseServer;
import io.touchstone.playground.cluster.FlinkServers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** R03: everything is killed or frozen, in an order that the seed draws. */
public final class MixedFaults implements FaultTest {
    private static final int FAULTS = 25;
    private static final int FROZEN_SECONDS = 6;
    private static final Duration APART = Duration.ofSeconds(15);

    /** Whom a fault befalls. */
    enum Victim {
        TASK_MANAGER,
        JOB_MANAGER,
        BROKER,
        DATABASE,
        ZOOKEEPER;

        String server(Site site) throws IOException {
            return switch (this) {
                case TASK_MANAGER -> site.busiestTaskManager();
                case JOB_MANAGER -> FlinkServers.JOB_MANAGER;
                case BROKER -> BrokerServer.NAME;
                case DATABASE -> DatabaseServer.NAME;
                case ZOOKEEPER -> FlinkServers.ZOOKEEPER;
            };
        }
    }

    /** A fault of a run: somebody is killed, or frozen for a while. */
    record Fault(Duration at, Victim victim, boolean freezes) {}

    @Override
    public Description description() {
        return new Description(
                "R03",
                "25 kills and freezes of task manager, job manager, broker, PostgreSQL, ZooKeeper, as the seed draws them",
                "verdict V",
                "0 lost, 0 doubled; the seed reproduces the schedule",
                "alerts leave without transactions",
                9,
                false);
    }

    /** The schedule of a run: never the same victim twice within fifteen seconds. */
    static List<Fault> schedule(SplittableRandom random, int count) {
        List<Fault> faults = new ArrayList<>();
        Victim last = null;
        for (Duration at : Schedule.of(random, count, Duration.ofSeconds(2), APART, Duration.ofSeconds(4))) {
            Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
            while (victim == last) {
                victim = Victim.values()[random.nextInt(Victim.values().length)];
            }
            faults.add(new Fault(at, victim, random.nextInt(3) == 0));
            last = victim;
        }
        return faults;
    }

    @Override
    public Finding run(Round round) throws Exception {
        List<Fault> faults = schedule(round.random("faults"), round.scaled(FAULTS));
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.AT_LEAST_ONCE : Mutation.NONE)) {
            for (Fault fault : faults) {
                ordeal.waitUntil(fault.at());
                happen(ordeal, fault);
            }
            TimeUnit.SECONDS.sleep(20);
            finding.measure("%d faults", ordeal.faults());
            ordeal.judge(finding);
        }
        return finding;
    }

    private static void happen(Ordeal ordeal, Fault fault) throws Exception {
        Site site = ordeal.site();
        String server;
        try {
            server = fault.victim().server(site);
        } catch (IOException e) {
            // Nobody answers who could say; then any of them will do.
            server = FlinkServers.TASK_MANAGER + 1;
        }
        String victim = server;
        if (!site.runs(victim)) {
            return;
        }
        ordeal.hurt((fault.freezes() ? "freeze " : "kill ") + victim, () -> {
            if (!fault.freezes()) {
                site.kill(victim);
                return;
            }
            site.freeze(victim);
            TimeUnit.SECONDS.sleep(FROZEN_SECONDS);
            site.thaw(victim);
        });
    }
}
