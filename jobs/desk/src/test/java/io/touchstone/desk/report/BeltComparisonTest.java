package io.touchstone.desk.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.touchstone.desk.report.Picture.Belt;
import io.touchstone.desk.report.Picture.Factory;
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

    @Test
    void ranksTheBeltThatGivesMoreForThePriceFirst() {
        for (int i = 1; i <= 3; i++) {
            factory("n" + i, "north", 80);
            factory("s" + i, "south", 80);
        }
        BeltComparison comparison = new BeltComparison(factories, Map.of("odd", "n3"));
        comparison.floor("n1-mug", "WHOLESALE", "CNY", 1, 40);
        comparison.floor("n2-mug", "WHOLESALE", "CNY", 1, 40);
        comparison.floor("odd", "WHOLESALE", "CNY", 1, 40);
        comparison.floor("s1-mug", "WHOLESALE", "CNY", 1, 90);
        comparison.floor("s2-mug", "WHOLESALE", "CNY", 1, 90);
        comparison.floor("s3-mug", "WHOLESALE", "CNY", 1, 90);
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
        BeltComparison comparison = new BeltComparison(factories, Map.of());
        for (int i = 1; i <= 4; i++) {
            comparison.floor("n" + i + "-mug", "WHOLESALE", "CNY", 1, 40);
        }
        assertThat(comparison.belts().get(0).priceIndex()).isNull();
        assertThat(comparison.belts().get(0).score()).isEqualTo(80);
    }
}
