package io.touchstone.playground;

import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.traffic.Innocent;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedRise;
import io.touchstone.price.PriceAlert;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which prices were alerted, held against the truth about the market.
 *
 * @param rises what had to be caught
 * @param innocents what had to be left alone
 * @param unplanted alerts about anything but a planted rise, by opening; those about innocents included
 */
record PriceVerdict(List<Rise> rises, List<Quiet> innocents, List<Revision> unplanted) {

    /**
     * A planted rise and the first alert about it.
     *
     * @param further how many alerts about it opened after the first had closed
     */
    record Rise(PlantedRise planted, Optional<Revision> alert, int further) {
        private static final double HOUR_MS = 3_600_000;

        boolean caught() {
            return alert.isPresent();
        }

        /** From the first raised price to the opening, in event time. */
        double hours() {
            return (alert.orElseThrow().openedAt() - planted.from()) / HOUR_MS;
        }
    }

    /** An innocent and whether no alert was about it. */
    record Quiet(Innocent innocent, boolean quiet) {}

    /** The verdict on the newest revisions of all alerts. */
    static PriceVerdict of(Market market, List<Revision> alerts) {
        List<Revision> byOpening = alerts.stream()
                .filter(alert -> alert.kind().equals(PriceAlert.KIND))
                .sorted(Comparator.comparingLong(Revision::openedAt).thenComparing(Revision::subject))
                .toList();
        List<Revision> unplanted = new ArrayList<>(byOpening);
        List<Rise> rises = new ArrayList<>();
        for (PlantedRise planted : market.rises()) {
            List<Revision> about = byOpening.stream()
                    .filter(alert -> alert.subject().equals(planted.subject()) && alert.openedAt() >= planted.from())
                    .toList();
            unplanted.removeAll(about);
            rises.add(new Rise(planted, about.stream().findFirst(), Math.max(0, about.size() - 1)));
        }
        rises.sort(Comparator.comparingLong(rise -> rise.planted().from()));
        List<Quiet> innocents = market.innocents().stream()
                .sorted(Comparator.comparingLong(Innocent::at))
                .map(innocent -> new Quiet(
                        innocent,
                        byOpening.stream().noneMatch(alert -> alert.subject().equals(innocent.subject()))))
                .toList();
        return new PriceVerdict(List.copyOf(rises), innocents, List.copyOf(unplanted));
    }

    long caught() {
        return rises.stream().filter(Rise::caught).count();
    }

    long quiet() {
        return innocents.stream().filter(Quiet::quiet).count();
    }

    /** Whether every planted rise was caught and nothing else alerted. */
    boolean isRight() {
        return caught() == rises.size() && quiet() == innocents.size() && unplanted.isEmpty();
    }
}
