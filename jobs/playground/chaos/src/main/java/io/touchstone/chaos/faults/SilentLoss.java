package io.touchstone.chaos.faults;

import io.touchstone.Reconcile;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.FlinkServers;
import io.touchstone.playground.cluster.JobKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * R08: the control. Alerts are lost here, silently and on purpose, by transactions that are shorter than an outage: whoever looks
 * for loss has to find it, to the last alert; reconciliation has to mend it, and the jobs themselves refuse such a wiring.
 */
public final class SilentLoss implements FaultTest {
    private static final int KILLS = 3;
    private static final int DOWN_SECONDS = 22;
    private static final int MEND_SECONDS = 60;

    @Override
    public Description description() {
        return new Description(
                "R08",
                "transactions of 10 s, commits 3 s late, every task manager away for 22 s, 3 times",
                "the loss is seen, to the last alert, and mended",
                "verdict and table agree on what is lost; mended in <= 60 s; such a wiring is refused",
                "transactions as shipped: nothing is lost that could be found",
                9,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal = Ordeal.start(
                round, Load.of(round), round.mutant() ? Mutation.SLOW_COMMITS : Mutation.SHORT_TRANSACTIONS)) {
            Site site = ordeal.site();
            for (int i = 0; i < round.scaled(KILLS); i++) {
                TimeUnit.SECONDS.sleep(12);
                site.holdKeeper();
                ordeal.hurt("kill every task manager", () -> {
                    for (int each = 1; each <= site.settings().taskManagers(); each++) {
                        site.kill(FlinkServers.TASK_MANAGER + each);
                    }
                });
                TimeUnit.SECONDS.sleep(DOWN_SECONDS);
                site.resumeKeeper();
                TimeUnit.SECONDS.sleep(DOWN_SECONDS);
            }
            Finding control = new Finding();
            ordeal.judge(control);
            finding.measure("%s", control.measured());
            Set<String> lost = new TreeSet<>(ordeal.expectedAlerts());
            lost.removeAll(ordeal.reader().revisions().keySet());
            Set<String> missing = new TreeSet<>(ordeal.recordedAlerts());
            missing.removeAll(ordeal.reader().revisions().keySet());
            boolean reported = control.broken().stream().anyMatch(line -> line.startsWith("V(a)"))
                    && control.broken().stream().anyMatch(line -> line.startsWith("V(e)"));
            finding.measure("%d lost on purpose", lost.size());
            finding.check("loss reported", reported && !lost.isEmpty(), "%s", control.broken());
            finding.check(
                    "exactly",
                    lost.equals(missing),
                    "%d by the backtest, %d by the table",
                    lost.size(),
                    missing.size());
            mend(ordeal, lost, finding);
            refuse(round, site, finding);
        }
        return finding;
    }

    private static void mend(Ordeal ordeal, Set<String> lost, Finding finding) throws InterruptedException {
        long begun = System.nanoTime();
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        Path wiring = ordeal.site().folder().jobs().resolve(JobKind.PRICE_FLOOR.jobName());
        int code = Reconcile.run(out, out, "--conf", wiring.toString(), "--older-than", "1 s");
        while (!ordeal.reader().revisions().keySet().containsAll(lost)
                && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(MEND_SECONDS)) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        long doubled = ordeal.reader().revisions().values().stream()
                .filter(each -> each.size() > 1)
                .count();
        Set<String> still = new TreeSet<>(lost);
        still.removeAll(ordeal.reader().revisions().keySet());
        finding.measure("mended in %d s", seconds);
        finding.check(
                "mended",
                code == 0 && still.isEmpty() && doubled == 0,
                "%d still missing, %d doubled; reconcile ended with %d: %s",
                still.size(),
                doubled,
                code,
                said);
    }

    /** The shipped job, told to use such transactions, does not start. */
    private static void refuse(Round round, Site site, Finding finding) throws IOException {
        Path bad = Files.createDirectories(round.folder().resolve("bad-conf"));
        Files.copy(site.conf().resolve("policy.yaml"), bad.resolve("policy.yaml"));
        Files.writeString(bad.resolve("jobs.yaml"), "kafka: {transaction_timeout: 1 min}\n");
        String refusal;
        try {
            refusal = site.deploy(JobKind.PRICE_FLOOR, Mutation.NONE, bad);
        } catch (IllegalStateException e) {
            refusal = e.getMessage();
        }
        finding.check(
                "refused",
                refusal.contains("kafka.transaction_timeout is 1 min, but has to be at least"),
                "%s",
                refusal);
    }
}
