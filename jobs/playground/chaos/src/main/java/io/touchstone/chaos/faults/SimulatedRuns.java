package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.simulation.Mutant;
import io.touchstone.simulation.Simulations;
import io.touchstone.simulation.Simulations.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** R27: both jobs' operators in one thread each, through crashes, rescaling and uneven event time, thousands of times. */
public final class SimulatedRuns implements FaultTest {
    private static final int SEEDS = 2000;
    private static final int STEPS = 500;
    private static final int SHOWN = 3;

    @Override
    public Description description() {
        return new Description(
                "R27",
                "simulated: partitions interleaved, uneven event time, checkpoints, crashes, rescaling 1..4, of both jobs",
                "tables, alerts and dead letters are the oracle's",
                "2,000 seeds of 500 steps, each with both jobs: 0 differences",
                "a checkpoint leaves out what waits for the watermark",
                8,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        int seeds = round.scaled(SEEDS);
        Mutant mutant = round.mutant() ? Mutant.BUFFER_NOT_SAVED : Mutant.NONE;
        List<Callable<Outcome>> runs = new ArrayList<>();
        for (long seed = round.seed() * SEEDS; seed < round.seed() * SEEDS + seeds; seed++) {
            long chosen = seed;
            runs.add(() -> Simulations.prices(chosen, STEPS, mutant));
            runs.add(() -> Simulations.quality(chosen, STEPS, mutant));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        long actions = 0;
        long crashes = 0;
        long alerts = 0;
        List<String> different = new ArrayList<>();
        try {
            List<Future<Outcome>> outcomes = runs.stream().map(threads::submit).toList();
            for (int i = 0; i < outcomes.size(); i++) {
                Outcome outcome = outcomes.get(i).get();
                actions += outcome.actions();
                crashes += outcome.crashes() + outcome.rescales();
                alerts += outcome.alerts();
                if (!outcome.differences().isEmpty()) {
                    different.add((i % 2 == 0 ? "prices" : "quality") + " of seed " + (round.seed() * SEEDS + i / 2)
                            + " " + outcome.differences().get(0));
                }
                if (i > 0 && i % 400 == 0) {
                    round.say("%,d of %,d runs, %d differ", i, outcomes.size(), different.size());
                }
            }
        } finally {
            threads.shutdownNow();
        }
        Finding finding = new Finding();
        finding.measure("%,d runs, %,d actions, %,d crashes and rescalings", runs.size(), actions, crashes);
        finding.measure("%,d alerts", alerts);
        finding.check(
                "oracle",
                different.isEmpty(),
                "%,d runs differ, such as %s",
                different.size(),
                different.stream().limit(SHOWN).toList());
        return finding;
    }
}
