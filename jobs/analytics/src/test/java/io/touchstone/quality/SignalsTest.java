package io.touchstone.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.quality.Disparity.Split;
import io.touchstone.quality.Dispersion.Week;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers that the contract works out in its sections 3 and 4. */
class SignalsTest {
    private static final long E = 352_400;
    private static final int STANDARD_BP = 300;

    @Test
    void warnsAndFailsWhereTheContractSaysSo() {
        assertThat(List.of(13, 17, 18, 20, 21))
                .map(SignalsTest::signal)
                .containsExactly(null, null, Signal.WARN, Signal.WARN, Signal.FAIL);
    }

    private static Signal signal(int x) {
        return Signal.strongest(new Tally(x, 400, E, x), STANDARD_BP);
    }

    @Test
    void aSignalNeedsOrdersDefectsAndBuyers() {
        assertThat(Signal.strongest(new Tally(20, 400, E, 20), STANDARD_BP)).isEqualTo(Signal.WARN);
        assertThat(Signal.strongest(new Tally(20, 400, E, 2), STANDARD_BP)).isNull();
        assertThat(Signal.strongest(new Tally(100, 400, E, 4), STANDARD_BP)).isEqualTo(Signal.FAIL);
        assertThat(Signal.strongest(new Tally(100, 400, E, 5), STANDARD_BP)).isEqualTo(Signal.SEVERE);
        assertThat(Signal.strongest(new Tally(10, 40, 29_999, 10), STANDARD_BP)).isNull();
        assertThat(Signal.strongest(new Tally(10, 40, 30_000, 10), STANDARD_BP)).isEqualTo(Signal.SEVERE);
    }

    @Test
    void decidesExactlyBeyond64Bits() {
        long e = 3_000_000_000_000L;
        // d = 10^7 x - E T; the bound lies at d = sqrt(4219 E T (10^4 - T)).
        long atStandard = e * STANDARD_BP / 10_000_000;
        long bound = (long) Math.ceil(Math.sqrt(4219.0 * e * STANDARD_BP * 9700) / 1e7);
        assertThat(Wilson.exceeds(atStandard + bound + 1, e, STANDARD_BP, 4219)).isTrue();
        assertThat(Wilson.exceeds(atStandard + bound - 1, e, STANDARD_BP, 4219)).isFalse();
        assertThat(Wilson.below(atStandard - bound - 1, e, STANDARD_BP, 4219)).isTrue();
        assertThat(Wilson.below(atStandard - bound + 1, e, STANDARD_BP, 4219)).isFalse();
        assertThat(Wilson.exceeds(atStandard, e, STANDARD_BP, 4219)).isFalse();
        assertThat(Wilson.below(atStandard, e, STANDARD_BP, 4219)).isFalse();
    }

    @Test
    void saysWhatWouldClearAWarning() {
        ClassFinding finding = ClassFinding.of(
                DefectClass.QUALITY,
                QualityPolicy.DEFAULT.classesOf(null).get(DefectClass.QUALITY),
                new Tally(20, 400, E, 20),
                0);
        ClearsWhen clears = ClearsWhen.of(finding, 7);

        assertThat(clears.largestX()).isEqualTo(17);
        long enough = clears.cleanOrders();
        assertThat(Signal.WARN.firesAt(20, E + 1000 * enough, STANDARD_BP)).isFalse();
        assertThat(Signal.WARN.firesAt(20, E + 1000 * (enough - 1), STANDARD_BP))
                .isTrue();
    }

    @Test
    void tenBuyersADayMake470EffectiveOrders() {
        TreeMap<Integer, CohortDay> days = new TreeMap<>();
        for (int day = 0; day < 60; day++) {
            CohortDay cohort = new CohortDay();
            for (int buyer = 0; buyer < 10; buyer++) {
                cohort.post(new Posting(day, new Cell(Segment.CONSUMER, "c"), 1, 1, Map.of(), null, null));
            }
            days.put(day, cohort);
        }
        Cohorts cohorts = new Cohorts(days, 60, new EntriesInMemory());
        QualityPolicy policy = QualityPolicy.DEFAULT;

        Tally tally = cohorts.tally(
                DefectClass.QUALITY, policy.classesOf(null).get(DefectClass.QUALITY), policy.windowDays() - 1, 0);
        assertThat(tally).isEqualTo(new Tally(0, 600, 470_000, 0));
    }

    @Test
    void weeksThatSwingFireThoughTheirMeanMeetsTheStandard() {
        Dispersion swinging = Dispersion.of(weeks(110, 0, 95, 9, 120, 0, 105, 1, 90, 8, 115, 0, 100, 6, 108, 0));
        assertThat(swinging.chiSquare()).isCloseTo(45.193, within(0.0005));
        assertThat(swinging.fires()).isTrue();

        Dispersion steady = Dispersion.of(weeks(110, 3, 95, 2, 120, 4, 105, 3, 90, 2, 115, 4, 100, 3, 108, 3));
        assertThat(steady.chiSquare()).isCloseTo(0.600, within(0.0005));
        assertThat(steady.fires()).isFalse();
    }

    @Test
    void tooFewDefectsOrWeeksSayNothing() {
        assertThat(Dispersion.of(weeks(110, 0, 95, 15, 120, 0, 105, 0, 90, 0, 115, 0, 100, 0, 108, 0))
                        .chiSquare())
                .isNull();
        assertThat(Dispersion.of(weeks(110, 0, 95, 90, 120, 0, 0, 0, 0, 0, 0, 0, 100, 0, 108, 0))
                        .kept())
                .isEqualTo(5);
    }

    private static List<Week> weeks(int... nAndX) {
        return IntStream.range(0, 8)
                .mapToObj(i -> new Week(nAndX[2 * i], nAndX[2 * i + 1]))
                .toList();
    }

    @Test
    void aSegmentThatGetsWorseGoodsInEveryCategoryFires() {
        Disparity disparity = Disparity.of(
                Segment.CONSUMER,
                List.of(new Split(200, 14, 180, 3), new Split(150, 11, 160, 2), new Split(120, 9, 150, 4)));
        assertThat(disparity.z()).isCloseTo(4.056, within(0.0005));
        assertThat(disparity.rr()).isCloseTo(4.00, within(0.005));
        assertThat(disparity.fires()).isTrue();
        assertThat(disparity.n()).isEqualTo(470);
        assertThat(disparity.x()).isEqualTo(34);
    }

    @Test
    void aMixOfCategoriesIsNoDisparity() {
        Disparity disparity =
                Disparity.of(Segment.CONSUMER, List.of(new Split(300, 18, 40, 2), new Split(100, 2, 420, 8)));
        assertThat(disparity.z()).isCloseTo(0.23, within(0.005));
        assertThat(disparity.fires()).isFalse();
    }

    @Test
    void nothingToCompareIsNullAndOneSidedIsInfinite() {
        Disparity alone = Disparity.of(Segment.CONSUMER, List.of(new Split(10, 3, 0, 0)));
        assertThat(alone.z()).isNull();
        assertThat(alone.rr()).isNull();
        Disparity oneSided = Disparity.of(Segment.CONSUMER, List.of(new Split(100, 12, 100, 0)));
        assertThat(oneSided.rr()).isInfinite();
        assertThat(oneSided.fires()).isTrue();
    }

    @Test
    void exposureIsAStepFunction() {
        Exposure exposure = Exposure.of(0, 0, 3, 50, 30, 1000);
        assertThat(IntStream.of(0, 2, 3, 29, 30, 89).map(exposure::at)).containsExactly(0, 0, 50, 50, 1000, 1000);
    }
}
