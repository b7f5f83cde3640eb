package io.touchstone.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The random histories reach what they are made for. */
class HistoriesTest {
    @Test
    void reachEveryStatusOfFloorsAndAlerts() {
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = 0; seed < 200; seed++) {
            Policy policy = Histories.policy(seed);
            List<OrderEvent> events = Histories.random(seed);
            PriceOracle.Result result =
                    PriceOracle.compute(events, policy, 120, Histories.untilDay(seed, events, policy));
            result.floorHistory().forEach(row -> seen.merge("floor " + row.status(), 1, Integer::sum));
            result.breaches().forEach(row -> seen.merge("breach " + row.floorStatus(), 1, Integer::sum));
            result.alertRevisions().forEach(row -> seen.merge(row.status() + " " + row.severity(), 1, Integer::sum));
            result.alertRevisions().stream()
                    .filter(row -> row.status().equals("RESOLVED"))
                    .forEach(row -> seen.merge(
                            PriceOracle.midnight(PriceOracle.day(row.at(), policy.timeZone()), policy.timeZone())
                                            == row.at()
                                    ? "resolved by a midnight"
                                    : "resolved by conforming orders",
                            1,
                            Integer::sum));
        }
        System.out.println(seen);
        assertThat(seen).hasSize(13);
    }
}
