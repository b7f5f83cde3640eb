package io.touchstone.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.Ids;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.oracle.Histories;
import io.touchstone.oracle.PriceOracle;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fold against a naive recomputation, on random histories that crowd around every edge of the contract. */
class PriceLedgerTest {
    private static final int RETENTION_DAYS = 120;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void findsWhatABatchRecomputationFindsWhereverItIsCutAndPacked(int block) {
        for (long seed = block * 40L; seed < block * 40L + 40; seed++) {
            Policy policy = Histories.policy(seed);
            List<OrderEvent> events = Histories.withoutStaleRepeats(Histories.random(seed));
            int untilDay = Histories.untilDay(seed, events, policy);

            PriceOracle.Result expected = PriceOracle.compute(events, policy, RETENTION_DAYS, untilDay);
            Recorded actual = fold(events, policy, untilDay, new Random(seed));

            assertThat(actual.floors).as("floors of seed %d", seed).isEqualTo(expected.floorHistory());
            assertThat(actual.breaches()).as("breaches of seed %d", seed).isEqualTo(expected.breaches());
            assertThat(actual.alerts).as("alerts of seed %d", seed).isEqualTo(expected.alertRevisions());
        }
    }

    @Test
    void forgetsEverythingInTheEnd() {
        for (long seed = 0; seed < 50; seed++) {
            Policy policy = Histories.policy(seed);
            LocalCalendar calendar = new LocalCalendar(policy.timeZone());
            Map<String, List<KeyedLines>> byKey = byKey(Histories.random(seed), Long.MAX_VALUE);
            byKey.forEach((subject, lines) -> {
                PriceLedger ledger = new PriceLedger(subject, new PolicyTimeline(policy), calendar);
                ledger.fold(lines, Long.MAX_VALUE, new Recorded());
                assertThat(ledger.isEmpty()).isTrue();
                assertThat(ledger.nextMidnight()).isEqualTo(Long.MAX_VALUE);
            });
        }
    }

    private static Recorded fold(List<OrderEvent> events, Policy policy, int untilDay, Random random) {
        LocalCalendar calendar = new LocalCalendar(policy.timeZone());
        long until = calendar.midnight(untilDay);
        Recorded recorded = new Recorded();
        byKey(events, until).forEach((subject, lines) -> {
            Collections.shuffle(lines, random);
            long first = lines.stream().mapToLong(KeyedLines::time).min().orElseThrow();
            PriceLedger ledger = new PriceLedger(subject, new PolicyTimeline(policy), calendar);
            long from = Long.MIN_VALUE;
            for (long through = first; from < until; through = next(lines, through, until, random)) {
                long after = from;
                long upTo = through;
                List<KeyedLines> due = lines.stream()
                        .filter(line -> line.time() > after && line.time() <= upTo)
                        .toList();
                ledger.fold(due, through, recorded);
                ledger = Packings.unpack(Packings.pack(ledger), subject, new PolicyTimeline(policy), calendar);
                from = through;
            }
        });
        recorded.floors.sort(Comparator.comparing(PriceOracle.FloorRow::sku, Ids.ORDER)
                .thenComparing(PriceOracle.FloorRow::channel)
                .thenComparing(PriceOracle.FloorRow::currency)
                .thenComparing(PriceOracle.FloorRow::minQuantity)
                .thenComparing(PriceOracle.FloorRow::validFrom));
        recorded.alerts.sort(
                Comparator.comparing(PriceOracle.AlertRow::alertId).thenComparing(PriceOracle.AlertRow::revision));
        return recorded;
    }

    /** To some line's instant, to just before or after it, or far on. */
    private static long next(List<KeyedLines> lines, long from, long until, Random random) {
        long step = random.nextInt(4) == 0
                ? from + random.nextInt(20 * 86_400) * 1000L
                : lines.get(random.nextInt(lines.size())).time() + random.nextInt(3) - 1;
        return Math.min(until, Math.max(from + 1, step));
    }

    private static Map<String, List<KeyedLines>> byKey(List<OrderEvent> events, long until) {
        Map<String, List<KeyedLines>> byKey = new TreeMap<>();
        for (OrderEvent event : events) {
            if (event.eventTime() < until) {
                for (KeyedLines lines : KeyedLines.of(event, null)) {
                    byKey.computeIfAbsent(lines.subject(), k -> new ArrayList<>())
                            .add(lines);
                }
            }
        }
        return byKey;
    }

    private static final class Recorded implements PriceLedger.Findings {
        private final List<PriceOracle.FloorRow> floors = new ArrayList<>();
        private final Map<List<String>, PriceOracle.BreachRow> breaches = new HashMap<>();
        private final List<PriceOracle.AlertRow> alerts = new ArrayList<>();

        List<PriceOracle.BreachRow> breaches() {
            return breaches.values().stream()
                    .sorted(Comparator.comparing(PriceOracle.BreachRow::orderId, Ids.ORDER)
                            .thenComparing(PriceOracle.BreachRow::lineId, Ids.ORDER))
                    .toList();
        }

        @Override
        public void floor(FloorRow row) {
            PriceKey key = PriceKey.parse(row.subject());
            floors.add(new PriceOracle.FloorRow(
                    key.skuId(),
                    key.channel().name(),
                    key.currency(),
                    row.minQuantity(),
                    row.validFrom(),
                    row.floor().floorMicros(),
                    row.floor().literalMicros(),
                    row.floor().status().name(),
                    row.floor().buyers()));
        }

        @Override
        public void breach(Breach breach) {
            PriceKey key = PriceKey.parse(breach.subject());
            breaches.put(
                    List.of(breach.orderId(), breach.lineId()),
                    new PriceOracle.BreachRow(
                            breach.orderId(),
                            breach.lineId(),
                            breach.factoryId(),
                            key.skuId(),
                            key.channel().name(),
                            key.currency(),
                            breach.quantity(),
                            breach.tier(),
                            breach.buyerId(),
                            breach.paidAt(),
                            breach.priceMicros(),
                            breach.floor().floorMicros(),
                            breach.floor().status().name(),
                            breach.excessBp(),
                            breach.alertId()));
        }

        @Override
        public void alert(PriceAlert alert) {
            alerts.add(new PriceOracle.AlertRow(
                    alert.alertId(),
                    alert.revision(),
                    PriceAlert.KIND,
                    alert.status().name(),
                    alert.subject(),
                    alert.factoryId(),
                    alert.at(),
                    alert.severity().name(),
                    alert.maxExcessBp(),
                    (int) alert.orders(),
                    alert.buyers()));
        }
    }
}
