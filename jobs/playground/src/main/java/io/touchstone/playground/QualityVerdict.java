package io.touchstone.playground;

import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.Stage.Step;
import io.touchstone.playground.traffic.Blameless;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedFault;
import io.touchstone.price.PriceAlert;
import io.touchstone.quality.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose conduct was alerted, and who was demoted, held against the truth about the market.
 *
 * @param faults what had to be caught
 * @param blameless who had to keep their badge
 * @param others how many other factories there are
 * @param unplanted alerts about others, and about faulty factories before their fault, by opening
 * @param unplantedDemotions who of those was demoted
 */
record QualityVerdict(
        List<Fault> faults,
        List<Kept> blameless,
        int others,
        List<Revision> unplanted,
        Set<String> unplantedDemotions) {

    /**
     * A planted fault, the first alert that says what it is, and when it cost the badge.
     *
     * @param demotedAt when the factory was demoted first, in epoch milliseconds
     */
    record Fault(PlantedFault planted, Optional<Revision> alert, Optional<Long> demotedAt) {
        private static final double DAY_MS = 86_400_000;

        boolean caught() {
            return alert.isPresent()
                    && (demotedAt.isPresent() || !planted.kind().isToBeDemoted());
        }

        /** From the first bad order, or unanswered return, to an instant, in event time. */
        double days(long instant) {
            return (instant - planted.from()) / DAY_MS;
        }
    }

    /** A blameless factory and what it was taken for. */
    record Kept(Blameless blameless, boolean alerted, boolean demoted) {}

    /** The verdict on the newest revisions of all alerts and on the steps of standing, by time. */
    static QualityVerdict of(Market market, List<Revision> alerts, List<Step> steps) {
        List<Revision> byOpening = alerts.stream()
                .filter(alert -> !alert.kind().equals(PriceAlert.KIND))
                .sorted(Comparator.comparingLong(Revision::openedAt).thenComparing(Revision::subject))
                .toList();
        List<Step> demotions =
                steps.stream().filter(step -> step.to() == Standing.DEMOTED).toList();
        List<Revision> unplanted = new ArrayList<>(byOpening);
        Set<String> unplantedDemotions = new HashSet<>();
        demotions.forEach(step -> unplantedDemotions.add(step.factoryId()));

        List<Fault> faults = new ArrayList<>();
        for (PlantedFault planted : market.faults()) {
            List<Revision> about = byOpening.stream()
                    .filter(alert ->
                            alert.factoryId().equals(planted.factoryId()) && alert.openedAt() >= planted.from())
                    .toList();
            Optional<Long> demotedAt = demotions.stream()
                    .filter(step -> step.factoryId().equals(planted.factoryId()) && step.enteredAt() >= planted.from())
                    .map(Step::enteredAt)
                    .findFirst();
            unplanted.removeAll(about);
            demotedAt.ifPresent(at -> unplantedDemotions.remove(planted.factoryId()));
            faults.add(new Fault(
                    planted,
                    about.stream()
                            .filter(alert ->
                                    alert.kind().equals(planted.kind().alert().name()))
                            .findFirst(),
                    demotedAt));
        }
        faults.sort(Comparator.comparingLong(fault -> fault.planted().from()));

        List<Kept> kept = new ArrayList<>();
        for (Blameless blameless : market.blameless()) {
            boolean alerted = unplanted.removeIf(alert -> alert.factoryId().equals(blameless.factoryId()));
            boolean demoted = unplantedDemotions.remove(blameless.factoryId());
            kept.add(new Kept(blameless, alerted, demoted));
        }
        kept.sort(Comparator.comparingLong(one -> one.blameless().at()));
        return new QualityVerdict(
                List.copyOf(faults),
                List.copyOf(kept),
                market.factories().size() - faults.size() - kept.size(),
                List.copyOf(unplanted),
                Set.copyOf(unplantedDemotions));
    }

    long alerted() {
        return faults.stream().filter(fault -> fault.alert().isPresent()).count();
    }

    long caught() {
        return faults.stream().filter(Fault::caught).count();
    }

    long blamelessAlerted() {
        return blameless.stream().filter(Kept::alerted).count();
    }

    long blamelessDemoted() {
        return blameless.stream().filter(Kept::demoted).count();
    }

    /** Whether every planted fault was caught and nobody demoted to whom nothing was planted, or who is blameless. */
    boolean isRight() {
        return caught() == faults.size() && blamelessDemoted() == 0 && unplantedDemotions.isEmpty();
    }
}
