package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.Schedule;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import java.time.Duration;
import java.util.List;

/** R01: the task manager that runs the tasks is killed, again and again. */
public final class TaskManagerStorm implements FaultTest {
    private static final int KILLS = 15;
    private static final int P95_SECONDS = 15;
    private static final int MAX_SECONDS = 30;

    @Override
    public Description description() {
        return new Description(
                "R01",
                "kill -9 the task manager that runs the tasks, every 25 s, 15 times; one stands by",
                "verdict V; gap between alerts",
                "0 lost, 0 doubled on 1,500,000 events; gap p95 <= 15 s, max <= 30 s",
                "alerts leave without transactions",
                9,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        List<Duration> kills = Schedule.of(
                round.random("kills"),
                round.scaled(KILLS),
                Duration.ofSeconds(2),
                Duration.ofSeconds(25),
                Duration.ofSeconds(5));
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.AT_LEAST_ONCE : Mutation.NONE)) {
            for (Duration kill : kills) {
                ordeal.waitUntil(kill);
                String busiest = ordeal.site().busiestTaskManager();
                ordeal.hurt("kill " + busiest, () -> ordeal.site().kill(busiest));
            }
            ordeal.waitUntil(kills.get(kills.size() - 1).plusSeconds(20));
            finding.measure("%d kills", ordeal.faults());
            ordeal.judge(finding).check(finding, P95_SECONDS, MAX_SECONDS);
        }
        return finding;
    }
}
