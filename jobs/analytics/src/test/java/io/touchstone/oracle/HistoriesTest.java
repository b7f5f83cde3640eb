package io.touchstone.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The random histories reach what they are made for. */
class HistoriesTest {
    @Test
    void reachEveryStatusOfFloorsAndAlerts() {
        Set<String> seen = new TreeSet<>();
        for (long seed = 0; seed < 60; seed++) {
            Policy policy = Histories.policy(seed);
            List<OrderEvent> events = Histories.random(seed);
            int untilDay = Histories.untilDay(seed, events, policy);
            PriceOracle.Result result = PriceOracle.compute(events, policy, 120, untilDay);
            result.floorHistory().forEach(row -> seen.add("floor " + row.status()));
            result.breaches().forEach(row -> seen.add("breach " + row.floorStatus()));
            result.alertRevisions().forEach(row -> seen.add(row.status() + " " + row.severity()));
        }
        assertThat(seen)
                .containsExactly(
                        "ESCALATED CRITICAL",
                        "ESCALATED WARN",
                        "OPENED CRITICAL",
                        "OPENED WARN",
                        "RESOLVED INFO",
                        "breach CARRIED",
                        "breach CURRENT",
                        "floor CARRIED",
                        "floor CURRENT",
                        "floor NONE",
                        "floor THIN");
    }

    @Test
    void areTheSameForTheSameSeedAndNeverLate() {
        for (long seed = 0; seed < 60; seed++) {
            List<OrderEvent> events = Histories.random(seed);
            assertThat(Histories.random(seed)).isEqualTo(events);
            long newest = 0;
            for (OrderEvent event : events) {
                assertThat(newest - event.eventTime()).isLessThan(Histories.MAX_OUT_OF_ORDERNESS_MS);
                newest = Math.max(newest, event.eventTime());
            }
        }
    }
}
