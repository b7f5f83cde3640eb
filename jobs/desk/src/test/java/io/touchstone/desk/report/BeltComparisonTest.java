package io.touchstone.desk.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.touchstone.desk.report.Picture.Belt;
import io.touchstone.desk.report.Picture.Factory;
import io.touchstone.market.Channel;
import io.touchstone.price.PriceKey;
import io.touchstone.quality.Standing;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BeltComparisonTest {
    private final Map<String, Factory> factories = new TreeMap<>();

    private void factory(String id, String belt, double score) {
        factories.put(id, new Factory(id, LocalDate.EPOCH, score, "B", Standing.GOOD, "mugs", belt));
    }

    private static void floor(BeltComparison comparison, String factory, long micros) {
        PriceKey mug = new PriceKey(factory + "-mug", Channel.WHOLESALE, "CNY");
        comparison.seller(mug, factory, "mugs");
        comparison.floor(mug, 1, micros);
        PriceKey lid = new PriceKey(factory + "-lid", Channel.WHOLESALE, "CNY");
        comparison.seller(lid, factory, "lids");
        comparison.floor(lid, 1, 7);
    }

    @Test
    void ranksTheBeltThatGivesMoreForThePriceFirst() {
        for (int i = 1; i <= 3; i++) {
            factory("n" + i, "north", 80);
            factory("s" + i, "south", 80);
        }
        BeltComparison comparison = new BeltComparison(factories, LocalDate.EPOCH);
        floor(comparison, "n1", 40);
        floor(comparison, "n2", 40);
        floor(comparison, "n3", 40);
        floor(comparison, "s1", 90);
        floor(comparison, "s2", 90);
        floor(comparison, "s3", 90);
        List<Belt> belts = comparison.belts();
        assertThat(belts).extracting(Belt::id).containsExactly("north", "south");
        assertThat(belts.get(0).priceIndex()).isEqualTo(1);
        assertThat(belts.get(0).priced()).isEqualTo(3);
        assertThat(belts.get(1).priceIndex()).isEqualTo(2.25);
        assertThat(belts.get(1).ratio()).isCloseTo(80 / 1.5, within(1e-9));
    }

    @Test
    void comparesNoPricesOfFewerThanFiveFactories() {
        for (int i = 1; i <= 4; i++) {
            factory("n" + i, "north", 80);
        }
        BeltComparison comparison = new BeltComparison(factories, LocalDate.EPOCH);
        for (int i = 1; i <= 4; i++) {
            floor(comparison, "n" + i, 40);
        }
        assertThat(comparison.belts().get(0).priceIndex()).isNull();
        assertThat(comparison.belts().get(0).score()).isEqualTo(80);
    }

    @Test
    void countsFactoriesThatWereEvaluatedOnTheDayOrLaterAndAreNotForgotten() {
        for (int i = 1; i <= 4; i++) {
            factory("n" + i, "north", 80);
        }
        LocalDate day = LocalDate.EPOCH.plusDays(1);
        factories.put("n2", new Factory("n2", day, 60, "B", Standing.GOOD, "mugs", "north"));
        factories.put("n3", new Factory("n3", day.plusDays(1), 70, "B", Standing.GOOD, "mugs", "north"));
        factories.put("n4", new Factory("n4", day, 50, "B", Standing.UNRATED, "mugs", "north"));
        Belt belt = new BeltComparison(factories, day).belts().get(0);
        assertThat(belt.rated()).isEqualTo(2);
        assertThat(belt.score()).isEqualTo(60);
    }
}
