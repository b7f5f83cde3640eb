package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.playground.AlertWatch.Excess;
import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.traffic.Innocent;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedRise;
import io.touchstone.price.PriceAlert;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriceVerdictTest {
    private static final long HOUR_MS = 3_600_000;

    private final Market market = Market.of(1, LocalDate.of(2024, 3, 4), 60, 1);
    private final List<Revision> alerts = new ArrayList<>();

    @Test
    void isRightWhenEveryRiseWasCaughtAndNothingElseAlerted() {
        catchAll();
        PriceVerdict verdict = PriceVerdict.of(market, alerts);
        assertThat(verdict.isRight()).isTrue();
        assertThat(verdict.rises()).hasSameSizeAs(market.rises()).allSatisfy(rise -> {
            assertThat(rise.hours()).isEqualTo(2);
            assertThat(rise.further()).isZero();
        });
    }

    @Test
    void missesARiseThatWasAlertedOnlyBeforeItBegan() {
        catchAll();
        PlantedRise first = market.rises().get(0);
        alerts.remove(0);
        assertThat(PriceVerdict.of(market, alerts).isRight()).isFalse();
        Revision early = alert(first.subject(), first.factoryId(), first.from() - 1);
        alerts.add(early);
        PriceVerdict verdict = PriceVerdict.of(market, alerts);
        assertThat(verdict.caught()).isEqualTo(market.rises().size() - 1);
        assertThat(verdict.unplanted()).containsExactly(early);
        assertThat(verdict.isRight()).isFalse();
    }

    @Test
    void countsALaterAlertAboutTheSameRiseWithTheFirst() {
        catchAll();
        PlantedRise first = market.rises().get(0);
        alerts.add(0, alert(first.subject(), first.factoryId(), first.from() + 400 * HOUR_MS));
        PriceVerdict verdict = PriceVerdict.of(market, alerts);
        assertThat(verdict.isRight()).isTrue();
        assertThat(verdict.rises())
                .filteredOn(rise -> rise.planted().equals(first))
                .singleElement()
                .satisfies(rise -> {
                    assertThat(rise.hours()).isEqualTo(2);
                    assertThat(rise.further()).isOne();
                });
    }

    @Test
    void isWrongWhenAnInnocentOrAnybodyElseIsAlerted() {
        catchAll();
        Innocent innocent = market.innocents().get(0);
        Revision aboutInnocent = alert(innocent.subject(), innocent.factoryId(), innocent.at());
        PriceVerdict verdict = PriceVerdict.of(market, with(aboutInnocent));
        assertThat(verdict.quiet()).isEqualTo(market.innocents().size() - 1);
        assertThat(verdict.unplanted()).containsExactly(aboutInnocent);
        assertThat(verdict.isRight()).isFalse();

        Revision aboutAnother = alert("nobody-01-nothing/WHOLESALE/CNY", "nobody-01", market.begin());
        assertThat(PriceVerdict.of(market, with(aboutAnother)).isRight()).isFalse();
    }

    private void catchAll() {
        market.rises().forEach(rise -> alerts.add(alert(rise.subject(), rise.factoryId(), rise.from() + 2 * HOUR_MS)));
    }

    private List<Revision> with(Revision alert) {
        List<Revision> more = new ArrayList<>(alerts);
        more.add(alert);
        return more;
    }

    private static Revision alert(String subject, String factoryId, long openedAt) {
        return new Revision(
                subject + openedAt,
                3,
                PriceAlert.KIND,
                AlertStatus.ESCALATED,
                Severity.WARN,
                subject,
                factoryId,
                openedAt + HOUR_MS,
                openedAt,
                new Excess(4, 600),
                "ESCALATED");
    }
}
