package io.touchstone.simulation;

import io.touchstone.io.Table;
import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.oracle.Histories;
import io.touchstone.oracle.PriceOracle;
import io.touchstone.oracle.QualityHistories;
import io.touchstone.oracle.QualityOracle;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.oracle.QualityRows;
import io.touchstone.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/** Both jobs, simulated on random histories, beside the oracle. */
public final class Simulations {
    private static final int SHOWN = 3;
    private static final int MAX_PARALLELISM = 4;

    /** The event that an order's attributes are those of. */
    private static final Comparator<OrderEvent> FIRST = Comparator.comparingLong(OrderEvent::eventTime)
            .thenComparing(OrderEvent::status)
            .thenComparing(OrderEvent::eventId, Ids.ORDER);

    private Simulations() {}

    /**
     * What came of a seed.
     *
     * @param differences what the oracle says otherwise; empty if it agrees
     * @param digest of all rows and alerts
     */
    public record Outcome(
            long actions, int crashes, int rescales, int alerts, String digest, List<String> differences) {}

    /** The price-floor job. */
    public static Outcome prices(long seed, int steps, Mutant mutant) throws Exception {
        return prices(seed, seed, steps, mutant);
    }

    /** The same, with events in another order of arrival for every {@code arrival}: other partitions, repeats, checkpoints. */
    public static Outcome prices(long seed, long arrival, int steps, Mutant mutant) throws Exception {
        Policy policy = Histories.policy(seed);
        List<OrderEvent> events = Histories.withoutStaleRepeats(Histories.random(seed));
        int untilDay = Histories.untilDay(seed, events, policy);
        Random random = new Random(arrival);
        List<Delivery> deliveries = new ArrayList<>();
        for (OrderEvent event : events) {
            for (int times = random.nextInt(10) == 0 ? 2 : 1; times > 0; times--) {
                deliveries.add(new Delivery("orders", deliveries.size(), event));
            }
        }
        long end = PriceOracle.midnight(untilDay, policy.timeZone());
        try (Simulation simulation = new Simulation(true, deliveries, policy, end, MAX_PARALLELISM, arrival, mutant)) {
            Found found = simulation.play(steps);
            PriceOracle.Result expected =
                    PriceOracle.compute(events, policy, policy.quality().orderRetentionDays(), untilDay);
            return outcome(simulation, found, differences(expected, policy, found));
        }
    }

    /** The factory-quality job. */
    public static Outcome quality(long seed, int steps, Mutant mutant) throws Exception {
        return quality(seed, seed, steps, mutant);
    }

    /** The same, in another order of arrival for every {@code arrival}. */
    public static Outcome quality(long seed, long arrival, int steps, Mutant mutant) throws Exception {
        // Now and then a history in which factories are demoted, fail their trials and recover.
        boolean turns = seed % 20 == 19;
        Policy policy = turns ? QualityHistories.strict() : QualityHistories.policy(seed);
        List<Object> events = turns ? QualityHistories.turns(seed, policy) : QualityHistories.edges(seed, policy);
        List<Delivery> deliveries = withoutAfterlives(QualityHistories.deliveries(arrival, events), policy);
        // A return whose order is forgotten waits in vain before it dies: by then all have.
        int untilDay = PriceOracle.day(
                        deliveries.stream().mapToLong(Delivery::time).max().orElse(0), policy.timeZone())
                + policy.quality().matchTimeoutHours() / 24
                + 2;
        long end = PriceOracle.midnight(untilDay, policy.timeZone());
        try (Simulation simulation = new Simulation(false, deliveries, policy, end, MAX_PARALLELISM, arrival, mutant)) {
            Found found = simulation.play(steps);
            List<String> differences = new ArrayList<>(
                    QualityOracle.compute(deliveries, policy, untilDay).differencesTo(rows(found)));
            differences.addAll(committed(found));
            return outcome(simulation, found, differences);
        }
    }

    /**
     * Without events that a producer, against its word, gave a later paid_at than the order's first one, so late that the job has
     * forgotten the order: it takes them for another order.
     */
    private static List<Delivery> withoutAfterlives(List<Delivery> deliveries, Policy policy) {
        Map<String, OrderEvent> first = new HashMap<>();
        for (Delivery delivery : deliveries) {
            if (delivery.event() instanceof OrderEvent order && order.status() != OrderEvent.Status.DELIVERED) {
                first.merge(order.orderId(), order, BinaryOperator.minBy(FIRST));
            }
        }
        return deliveries.stream()
                .filter(delivery -> !(delivery.event() instanceof OrderEvent order
                        && first.containsKey(order.orderId())
                        && order.eventTime() >= end(first.get(order.orderId()), policy)))
                .toList();
    }

    private static long end(OrderEvent order, Policy policy) {
        return PriceOracle.midnight(
                PriceOracle.day(order.paidAt(), policy.timeZone())
                        + order.leadDays()
                        + policy.quality().orderRetentionDays(),
                policy.timeZone());
    }

    private static Outcome outcome(Simulation simulation, Found found, List<String> differences) {
        differences.addAll(found.tables.changes());
        return new Outcome(
                simulation.actions(),
                simulation.crashes(),
                simulation.rescales(),
                found.alerts.size(),
                found.digest(),
                differences.stream().limit(SHOWN).toList());
    }

    private static List<String> differences(PriceOracle.Result expected, Policy policy, Found found) {
        List<String> differences = new ArrayList<>();
        differ(
                "price_floor_history",
                floors(expected.floorHistory(), policy),
                found.tables.rows(Table.PRICE_FLOOR_HISTORY),
                differences);
        differ("price_floor", floors(expected.floors(), policy), found.tables.rows(Table.PRICE_FLOOR), differences);
        differ(
                "price_breach",
                expected.breaches().stream()
                        .map(row -> texts(
                                row.orderId(),
                                row.lineId(),
                                row.factoryId(),
                                row.skuId(),
                                row.channel(),
                                row.currency(),
                                row.quantity(),
                                row.tier(),
                                row.buyerId(),
                                row.paidAt(),
                                row.priceMicros(),
                                row.floorMicros(),
                                row.floorStatus(),
                                row.excessBp(),
                                row.alertId(),
                                policy.version()))
                        .toList(),
                found.tables.rows(Table.PRICE_BREACH),
                differences);
        differ(
                "alert_revision",
                expected.alertRevisions().stream()
                        .map(row -> texts(
                                row.alertId(),
                                row.revision(),
                                row.kind(),
                                row.status(),
                                row.subject(),
                                row.factoryId(),
                                row.at(),
                                null,
                                row.severity()))
                        .toList(),
                found.tables.rows(Table.ALERT_REVISION).stream()
                        .map(row -> row.subList(0, 9))
                        .toList(),
                differences);
        differences.addAll(committed(found));
        found.letters.forEach(letter -> differences.add("late, though nothing was: " + letter));
        return differences;
    }

    private static List<List<String>> floors(List<PriceOracle.FloorRow> rows, Policy policy) {
        return rows.stream()
                .map(row -> texts(
                        row.sku(),
                        row.channel(),
                        row.currency(),
                        row.minQuantity(),
                        row.validFrom(),
                        row.floor(),
                        row.literal(),
                        row.status(),
                        row.buyers(),
                        policy.version()))
                .toList();
    }

    private static void differ(
            String table, List<List<String>> expected, List<List<String>> actual, List<String> differences) {
        List<List<String>> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        List<List<String>> extra = new ArrayList<>(actual);
        expected.forEach(extra::remove);
        missing.forEach(row -> differences.add(table + " lacks " + row));
        extra.forEach(row -> differences.add(table + " has " + row));
    }

    /** Each revision of the table has to be published, and once. */
    private static List<String> committed(Found found) {
        List<String> published = found.alerts.stream()
                .map(alert -> alert.alertId() + "/" + alert.revision())
                .sorted()
                .toList();
        List<String> recorded = found.tables.rows(Table.ALERT_REVISION).stream()
                .map(row -> row.get(0) + "/" + row.get(1))
                .sorted()
                .toList();
        return published.equals(recorded)
                ? List.of()
                : List.of("published " + published + ", but recorded " + recorded);
    }

    private static QualityRows rows(Found found) {
        QualityRows rows = new QualityRows();
        QualityRows.COLUMNS.forEach((name, columns) -> {
            Table table = Table.valueOf(name.toUpperCase(java.util.Locale.ROOT));
            List<String> names =
                    table.columns().stream().map(Table.Column::name).toList();
            for (List<String> values : found.tables.rows(table)) {
                rows.put(
                        name,
                        Stream.concat(QualityRows.KEYS.get(name).stream(), columns.stream())
                                .map(column -> values.get(names.indexOf(column)))
                                .toArray());
            }
        });
        for (String letter : found.letters) {
            String[] parts = letter.split("/", 2);
            rows.unmatched(parts[0], Long.parseLong(parts[1]));
        }
        return rows;
    }

    private static List<String> texts(Object... values) {
        return Arrays.asList(Arrays.stream(values)
                .map(value -> Objects.toString(value, null))
                .toArray(String[]::new));
    }
}
