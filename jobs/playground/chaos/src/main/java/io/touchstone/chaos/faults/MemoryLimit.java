package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.ProcessWatch;
import io.touchstone.chaos.site.Slope;
import io.touchstone.playground.cluster.FlinkServers;
import java.time.Duration;
import java.util.List;

/** R20: the task manager that runs the tasks keeps within its memory, however much comes in. */
public final class MemoryLimit implements FaultTest {
    private static final int MINUTES = 6;
    private static final double MARGIN = 1.05;
    private static final double LAST_SHARE = 0.6;

    @Override
    public Description description() {
        return new Description(
                "R20",
                "full load for 6 minutes; resident memory sampled every second",
                "verdict V; memory stays within what was configured",
                "RSS <= process.size x 1.05; slope < 1 MiB/min over the last minutes; 0 out of memory",
                "each checkpoint leaks 8 MiB outside of the heap",
                8,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        Mutation mutation = round.mutant() ? Mutation.LEAKS : Mutation.NONE;
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round), mutation)) {
            String busiest = ordeal.site().busiestTaskManager();
            List<String> servers = List.of(busiest, FlinkServers.JOB_MANAGER);
            try (ProcessWatch watch = new ProcessWatch(ordeal.site(), servers)) {
                ordeal.waitUntil(Duration.ofSeconds(Math.round(MINUTES * 60 * round.scale())));
                for (String server : servers) {
                    long limit = ordeal.site().processSizeMb(server);
                    List<ProcessWatch.Sample> all = watch.samples(server);
                    List<ProcessWatch.Sample> last = all.subList((int) (all.size() * (1 - LAST_SHARE)), all.size());
                    Slope slope = Slope.of(last, ProcessWatch.Sample::residentMb);
                    finding.measure(
                            "%s %d of %d MiB, %+.1f MiB/min",
                            server, watch.mostResidentMb(server), limit, slope.perMinute());
                    finding.check(
                            "memory of " + server,
                            watch.mostResidentMb(server) <= limit * MARGIN,
                            "%d MiB of %d",
                            watch.mostResidentMb(server),
                            limit);
                    // A JVM that fills its heap for the first time grows: what counts is whether it ever has to stop.
                    finding.check(
                            "slope of " + server,
                            !slope.isAbove(1) || watch.mostResidentMb(server) < limit * LAST_SHARE,
                            "%+.1f MiB/min at %d of %d MiB",
                            slope.perMinute(),
                            watch.mostResidentMb(server),
                            limit);
                }
            }
            ordeal.judge(finding);
        }
        return finding;
    }
}
