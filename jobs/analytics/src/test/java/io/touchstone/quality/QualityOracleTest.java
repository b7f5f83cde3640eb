package io.touchstone.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.oracle.QualityOracle;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.oracle.QualityRows;
import io.touchstone.quality.QualityDriver.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle against the rows that another batch program computed for the cases of shared/cases. */
class QualityOracleTest {
    private static final Set<String> DOUBLES = Set.of("score", "rate", "shrunk_rate", "sub_score", "z", "rr");

    @ParameterizedTest
    @ValueSource(strings = {"quality-tiny", "quality-worked", "quality-small"})
    void agreesWithEveryRowOfACase(String name) {
        QualityCase expected = new QualityCase(name);
        QualityRows rows = compute(expected, deliveries(expected));
        QualityRows.COLUMNS.forEach((table, columns) -> {
            int keys = QualityRows.KEYS.get(table).size();
            Map<String, Map<String, String>> there = expected.table(table, keys);
            assertThat(rows.table(table).keySet()).as(table).isEqualTo(there.keySet());
            there.forEach((key, row) -> {
                List<String> here = rows.table(table).get(key);
                Map<String, String> found = new TreeMap<>();
                columns.forEach(column -> {
                    if (row.containsKey(column)) {
                        found.put(column, here.get(columns.indexOf(column)));
                    }
                });
                row.keySet().removeAll(QualityRows.KEYS.get(table));
                row.replaceAll((column, value) -> DOUBLES.contains(column) && !value.isEmpty()
                        ? Double.toString(Double.parseDouble(value))
                        : value);
                if (!found.equals(row)) {
                    assertThat(found).as(table + " " + key).isEqualTo(row);
                }
            });
        });
        assertThat(rows.unmatched()).isEqualTo(expected.unmatched());
    }

    @Test
    void doesNotDependOnTheOrderOfArrivalOrOnRepeats() {
        QualityCase tiny = new QualityCase("quality-tiny");
        List<Delivery> twice = new ArrayList<>(deliveries(tiny));
        twice.addAll(deliveries(tiny));
        Collections.shuffle(twice, new Random(1));
        assertThat(compute(tiny, twice).differencesTo(compute(tiny, deliveries(tiny))))
                .isEmpty();
    }

    private static List<Delivery> deliveries(QualityCase some) {
        return some.history().stream()
                .map(input -> new Delivery(input.topic(), input.line(), input.event()))
                .toList();
    }

    private static QualityRows compute(QualityCase some, List<Delivery> deliveries) {
        List<Input> history = some.history();
        return QualityOracle.compute(deliveries, some.policy(), some.until(history, new QualityDriver(some.policy())));
    }
}
