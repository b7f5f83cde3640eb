package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.simulation.Mutant;
import io.touchstone.simulation.Simulations;
import io.touchstone.simulation.Simulations.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** R14: the same events in twenty orders of arrival. */
public final class OrdersOfArrival implements FaultTest {
    private static final int ARRIVALS = 20;
    private static final int HISTORIES = 10;
    private static final int STEPS = 500;

    @Override
    public Description description() {
        return new Description(
                "R14",
                "the same events shuffled, repeated, returns before orders, interleaved otherwise, at parallelism 1 to 4",
                "SHA-256 over all tables and alerts, and the oracle",
                "20 orders of arrival of each of 10 histories, both jobs: one digest each, the oracle's rows",
                "event time runs ahead of events that are still to come",
                3,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Mutant mutant = round.mutant() ? Mutant.WATERMARK_TOO_EARLY : Mutant.NONE;
        int histories = round.scaled(HISTORIES);
        long runs = 0;
        long most = 0;
        List<String> different = new ArrayList<>();
        for (long history = round.seed() * HISTORIES; history < round.seed() * HISTORIES + histories; history++) {
            Set<String> prices = new HashSet<>();
            Set<String> quality = new HashSet<>();
            for (long arrival = 0; arrival < ARRIVALS; arrival++) {
                prices.add(take(Simulations.prices(history, arrival, STEPS, mutant), "prices", history, different));
                quality.add(take(Simulations.quality(history, arrival, STEPS, mutant), "quality", history, different));
                runs += 2;
            }
            most = Math.max(most, Math.max(prices.size(), quality.size()));
            round.say("history %d: %d and %d digest(s)", history, prices.size(), quality.size());
        }
        Finding finding = new Finding();
        finding.measure("%,d runs of %d histories, %d digest(s) per history and job", runs, histories, most);
        finding.check("digest", most == 1, "%d digests of one history", most);
        finding.check("oracle", different.isEmpty(), "%,d runs differ, such as %s", different.size(), different);
        return finding;
    }

    private static String take(Outcome outcome, String job, long history, List<String> different) {
        if (!outcome.differences().isEmpty() && different.size() < 3) {
            different.add(
                    job + " of history " + history + " " + outcome.differences().get(0));
        }
        return outcome.digest();
    }
}
