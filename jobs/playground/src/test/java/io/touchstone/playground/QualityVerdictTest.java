package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.Stage.Step;
import io.touchstone.playground.traffic.Blameless;
import io.touchstone.playground.traffic.Factory;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedFault;
import io.touchstone.price.PriceAlert;
import io.touchstone.quality.QualityAlert;
import io.touchstone.quality.Standing;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QualityVerdictTest {
    private static final long DAY_MS = 86_400_000;

    private final Market market = Market.of(1, LocalDate.of(2024, 3, 4));
    private final List<Revision> alerts = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    @Test
    void isRightWhenEveryFaultWasAlertedAndCostTheBadgeWhereItHasTo() {
        catchAll();
        QualityVerdict verdict = verdict();
        assertThat(verdict.isRight()).isTrue();
        assertThat(verdict.faults()).hasSameSizeAs(market.faults()).allSatisfy(fault -> {
            assertThat(fault.caught()).isTrue();
            assertThat(fault.days(fault.alert().orElseThrow().openedAt())).isEqualTo(20);
            assertThat(fault.demotedAt().isPresent())
                    .isEqualTo(fault.planted().kind().isToBeDemoted());
            fault.demotedAt().ifPresent(at -> assertThat(fault.days(at)).isEqualTo(27));
        });
        assertThat(verdict.others()
                        + verdict.faults().size()
                        + verdict.blameless().size())
                .isEqualTo(market.factories().size());
    }

    @Test
    void missesAFaultThatWasAlertedAsSomethingElse() {
        catchAll();
        PlantedFault swings = fault(PlantedFault.Kind.SWINGS);
        alerts.removeIf(alert -> alert.factoryId().equals(swings.factoryId()));
        alerts.add(alert(QualityAlert.Kind.DEMOTION, swings.factoryId(), swings.from() + DAY_MS));
        QualityVerdict verdict = verdict();
        assertThat(verdict.caught()).isEqualTo(market.faults().size() - 1);
        assertThat(verdict.isRight()).isFalse();
        assertThat(verdict.unplanted()).as("it is about the fault").isEmpty();
    }

    @Test
    void missesAFaultThatCostNothing() {
        catchAll();
        PlantedFault collapse = fault(PlantedFault.Kind.COLLAPSE);
        steps.removeIf(step -> step.factoryId().equals(collapse.factoryId()));
        QualityVerdict verdict = verdict();
        assertThat(verdict.alerted()).isEqualTo(market.faults().size());
        assertThat(verdict.caught()).isEqualTo(market.faults().size() - 1);
        assertThat(verdict.isRight()).isFalse();
    }

    @Test
    void countsWhatCameBeforeTheFaultAsNotPlanted() {
        catchAll();
        PlantedFault collapse = fault(PlantedFault.Kind.COLLAPSE);
        alerts.removeIf(alert -> alert.factoryId().equals(collapse.factoryId()));
        steps.removeIf(step -> step.factoryId().equals(collapse.factoryId()));
        Revision early = alert(QualityAlert.Kind.DEMOTION, collapse.factoryId(), collapse.from() - 1);
        alerts.add(early);
        steps.add(new Step(collapse.factoryId(), collapse.from() - 1, Standing.DEMOTED));
        QualityVerdict verdict = verdict();
        assertThat(verdict.unplanted()).containsExactly(early);
        assertThat(verdict.unplantedDemotions()).containsExactly(collapse.factoryId());
        assertThat(verdict.caught()).isEqualTo(market.faults().size() - 1);
    }

    @Test
    void letsTheBlamelessBeAlertedButNotDemoted() {
        catchAll();
        Blameless unlucky = market.blameless().get(0);
        alerts.add(alert(QualityAlert.Kind.UNSTABLE_QUALITY, unlucky.factoryId(), unlucky.at()));
        steps.add(new Step(unlucky.factoryId(), unlucky.at(), Standing.PROBATION));
        assertThat(verdict().isRight()).isTrue();
        assertThat(verdict().blamelessAlerted()).isOne();
        assertThat(verdict().blamelessDemoted()).isZero();
        assertThat(verdict().unplanted()).isEmpty();

        steps.add(new Step(unlucky.factoryId(), unlucky.at() + DAY_MS, Standing.DEMOTED));
        assertThat(verdict().blamelessDemoted()).isOne();
        assertThat(verdict().isRight()).isFalse();
    }

    @Test
    void tellsHowManyOthersWereAlertedAndIsWrongIfOneWasDemoted() {
        catchAll();
        String ordinary = ordinary();
        Revision aboutNothing = alert(QualityAlert.Kind.COHORT_DISPARITY, ordinary, market.begin());
        alerts.add(aboutNothing);
        assertThat(verdict().unplanted()).containsExactly(aboutNothing);
        assertThat(verdict().isRight()).isTrue();

        steps.add(new Step(ordinary, market.begin(), Standing.DEMOTED));
        assertThat(verdict().unplantedDemotions()).containsExactly(ordinary);
        assertThat(verdict().isRight()).isFalse();
    }

    @Test
    void leavesPricesToTheOtherVerdict() {
        catchAll();
        market.rises().forEach(rise -> alerts.add(alert(PriceAlert.KIND, rise.factoryId(), rise.from())));
        assertThat(verdict().unplanted()).isEmpty();
    }

    private QualityVerdict verdict() {
        return QualityVerdict.of(market, alerts, steps);
    }

    private void catchAll() {
        for (PlantedFault fault : market.faults()) {
            alerts.add(alert(fault.kind().alert(), fault.factoryId(), fault.from() + 20 * DAY_MS));
            if (fault.kind().isToBeDemoted()) {
                steps.add(new Step(fault.factoryId(), fault.from() + 27 * DAY_MS, Standing.DEMOTED));
            }
        }
    }

    private PlantedFault fault(PlantedFault.Kind kind) {
        return market.faults().stream()
                .filter(fault -> fault.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private String ordinary() {
        Set<String> stories = Stream.concat(
                        market.faults().stream().map(PlantedFault::factoryId),
                        market.blameless().stream().map(Blameless::factoryId))
                .collect(Collectors.toSet());
        return market.factories().stream()
                .map(Factory::id)
                .filter(id -> !stories.contains(id))
                .findFirst()
                .orElseThrow();
    }

    private static Revision alert(QualityAlert.Kind kind, String factoryId, long openedAt) {
        return alert(kind.name(), factoryId, openedAt);
    }

    private static Revision alert(String kind, String factoryId, long openedAt) {
        return new Revision(
                kind + factoryId + openedAt,
                1,
                kind,
                AlertStatus.OPENED,
                Severity.WARN,
                factoryId,
                factoryId,
                openedAt,
                openedAt,
                null,
                "OPENED");
    }
}
