package io.touchstone.oracle;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.Line;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.OrderEvent.Type;
import io.touchstone.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The price tables and the PRICE_BREACH alerts, recomputed from the whole history by brute force: sections 0, 1, 5 to 8
 * of the contract read aloud. Every deal is kept for ever and every question is answered by scanning all of them; the
 * only memory is what the contract calls history: the last CURRENT floor of a tier, its rows, and the key's alerts.
 */
public final class PriceOracle {
    private static final long HOUR_MS = 3_600_000L;
    private static final int WINDOW_DAYS = 30;
    private static final int LISTED_ORDERS = 20;

    /** A row of price_floor_history; {@code minQuantity} is the tier, {@code literal} the literal floor. */
    public record FloorRow(
            String sku,
            String channel,
            String currency,
            long minQuantity,
            long validFrom,
            Long floor,
            Long literal,
            String status,
            int buyers) {}

    /** A row of price_breach; {@code alertId} is null when no alert of the key is open once the order has acted. */
    public record BreachRow(
            String orderId,
            String lineId,
            String factoryId,
            String skuId,
            String channel,
            String currency,
            long quantity,
            long tier,
            String buyerId,
            long paidAt,
            long priceMicros,
            long floorMicros,
            String floorStatus,
            long excessBp,
            String alertId) {}

    /** A row of alert_revision with the compared part of its evidence; its cause is always null. */
    public record AlertRow(
            String alertId,
            int revision,
            String kind,
            String status,
            String subject,
            String factoryId,
            long at,
            String severity,
            long maxExcessBp,
            int orders,
            int buyers) {}

    /** Everything the oracle says, each list sorted by its table's primary key. */
    public record Result(List<FloorRow> floorHistory, List<BreachRow> breaches, List<AlertRow> alertRevisions) {
        /** The rows of price_floor: the newest history row of each tier; {@code validFrom} is the column since. */
        public List<FloorRow> floors() {
            Map<List<Object>, FloorRow> newest = new LinkedHashMap<>();
            for (FloorRow row : floorHistory) {
                newest.put(List.of(row.sku(), row.channel(), row.currency(), row.minQuantity()), row);
            }
            return List.copyOf(newest.values());
        }

        /** The rows of alert: the newest revision of each; opened_at is the {@code at} of revision 1. */
        public List<AlertRow> alerts() {
            Map<String, AlertRow> newest = new LinkedHashMap<>();
            for (AlertRow row : alertRevisions) {
                newest.put(row.alertId(), row);
            }
            return List.copyOf(newest.values());
        }
    }

    /**
     * What holds when a producer changes an order, which it should not. Section 0 says "each event speaks for itself in
     * section 5"; the cases (T32) have the order's first event of a status decide, by (event_time, event_id).
     */
    public enum ChangedOrders {
        EACH_EVENT_SPEAKS,
        FIRST_EVENT_DECIDES
    }

    private record Key(String sku, String channel, String currency) {}

    /** A line of a REGULAR order that was shipped. Two SHIPPED events that say the same make one deal. */
    private record Deal(String orderId, Line line, String buyerId, long paidAt) {}

    private record ShippedDeal(long tier, long price, String buyerId, long paidAt, long shippedAt) {}

    /** A line of a PAID event, to be checked. Two PAID events that say the same make one. */
    private record PaidLine(Line line, String factoryId, String buyerId) {}

    /** The lines of one order with one key, paid at one instant. */
    private record Check(String orderId, long paidAt, List<PaidLine> lines) {}

    /** What is known of a key and a tier at an instant. */
    private record State(Long floor, Long literal, String status, int buyers) {
        boolean hasFloor() {
            return status.equals("CURRENT") || status.equals("CARRIED");
        }

        /** A change of the number of buyers alone makes no row. */
        boolean differsFrom(State other) {
            return !(String.valueOf(floor).equals(String.valueOf(other.floor))
                    && String.valueOf(literal).equals(String.valueOf(other.literal))
                    && status.equals(other.status));
        }
    }

    private static final State NONE = new State(null, null, "NONE", 0);

    /** An order that breached a key. */
    private record Breach(
            String orderId, String buyerId, String factoryId, long paidAt, long excessBp, boolean spike) {}

    private final Policy policy;
    private final int untilDay;
    private final List<FloorRow> floorHistory = new ArrayList<>();
    private final Map<List<String>, BreachRow> breaches =
            new TreeMap<>(Comparator.<List<String>, String>comparing(id -> id.get(0), Ids.ORDER)
                    .thenComparing(id -> id.get(1), Ids.ORDER));
    private final List<AlertRow> alertRevisions = new ArrayList<>();

    private PriceOracle(Policy policy, int untilDay) {
        this.policy = policy;
        this.untilDay = untilDay;
    }

    /** What has to come out of a history, as section 0 reads; see the other method. */
    public static Result compute(List<OrderEvent> events, Policy policy, int orderRetentionDays, int untilDay) {
        return compute(events, policy, orderRetentionDays, untilDay, ChangedOrders.EACH_EVENT_SPEAKS);
    }

    /**
     * What has to come out of a history.
     *
     * @param events valid events in any order, with repeats; those at or after {@code midnight(untilDay)} do not act
     * @param orderRetentionDays events of an order this long after its cohort day are UNMATCHED and do nothing
     * @param untilDay an epoch day; midnights up to its own happen
     */
    public static Result compute(
            List<OrderEvent> events, Policy policy, int orderRetentionDays, int untilDay, ChangedOrders changedOrders) {
        PriceOracle oracle = new PriceOracle(policy, untilDay);
        ZoneId zone = policy.timeZone();
        List<OrderEvent> acting = events.stream()
                .filter(event -> event.status() == Status.SHIPPED || event.status() == Status.PAID)
                .filter(event -> event.eventTime() < midnight(untilDay, zone))
                .filter(event -> !isUnmatched(event, zone, orderRetentionDays))
                .toList();
        if (changedOrders == ChangedOrders.FIRST_EVENT_DECIDES) {
            acting = firstOfEachOrder(acting);
        }
        Map<Key, KeyHistory> keys = new LinkedHashMap<>();
        for (OrderEvent event : acting) {
            if (event.type() != Type.REGULAR) {
                continue;
            }
            for (Line line : event.lines()) {
                Key key = new Key(line.skuId(), line.channel().name(), line.currency());
                KeyHistory history = keys.computeIfAbsent(key, k -> oracle.new KeyHistory(k));
                if (event.status() == Status.SHIPPED) {
                    history.shipped(event, line);
                } else {
                    history.paid(event, line);
                }
            }
        }
        keys.values().forEach(KeyHistory::replay);
        return oracle.result();
    }

    /** The first PAID and the first SHIPPED event of each order, by (event_time, event_id). */
    private static List<OrderEvent> firstOfEachOrder(List<OrderEvent> events) {
        Map<List<Object>, OrderEvent> first = new LinkedHashMap<>();
        events.stream()
                .sorted(Comparator.comparing(OrderEvent::eventTime).thenComparing(OrderEvent::eventId, Ids.ORDER))
                .forEach(event -> first.putIfAbsent(List.of(event.orderId(), event.status()), event));
        return List.copyOf(first.values());
    }

    /** Whether an order's event comes so late that it is a dead letter (UNMATCHED); DELIVERED never is. */
    public static boolean isUnmatched(OrderEvent event, ZoneId zone, int orderRetentionDays) {
        long end = midnight(day(event.paidAt(), zone) + event.leadDays() + orderRetentionDays, zone);
        return event.status() != Status.DELIVERED && event.eventTime() >= end;
    }

    /** The local date of an instant, as an epoch day. */
    public static int day(long instant, ZoneId zone) {
        return (int) Instant.ofEpochMilli(instant).atZone(zone).toLocalDate().toEpochDay();
    }

    /** The first instant of a local date. */
    public static long midnight(int day, ZoneId zone) {
        return LocalDate.ofEpochDay(day).atStartOfDay(zone).toInstant().toEpochMilli();
    }

    private int day(long instant) {
        return day(instant, policy.timeZone());
    }

    private long midnight(int day) {
        return midnight(day, policy.timeZone());
    }

    private long tier(long quantity) {
        return policy.price().tiers().stream()
                .filter(tier -> tier <= quantity)
                .mapToLong(tier -> tier)
                .max()
                .orElseThrow();
    }

    private Result result() {
        floorHistory.sort(Comparator.comparing(FloorRow::sku, Ids.ORDER)
                .thenComparing(FloorRow::channel, Ids.ORDER)
                .thenComparing(FloorRow::currency, Ids.ORDER)
                .thenComparing(FloorRow::minQuantity)
                .thenComparing(FloorRow::validFrom));
        alertRevisions.sort(Comparator.comparing(AlertRow::alertId, Ids.ORDER).thenComparing(AlertRow::revision));
        return new Result(List.copyOf(floorHistory), List.copyOf(breaches.values()), List.copyOf(alertRevisions));
    }

    /** The life of one key, from its first event to midnight(until). */
    private final class KeyHistory {
        private final Key key;
        private final Map<Deal, Long> firstShipped = new LinkedHashMap<>();
        private final TreeMap<Long, TreeMap<String, Set<PaidLine>>> paid = new TreeMap<>();

        private final List<ShippedDeal> deals = new ArrayList<>();
        private final Map<Long, Long> lastCurrentFloor = new TreeMap<>();
        private final Map<Long, Long> carriedUntil = new TreeMap<>();
        private final Map<Long, State> previousRow = new TreeMap<>();
        private final Map<Long, Long> lastNone = new TreeMap<>();
        private final PriceAlerts alerts;

        KeyHistory(Key key) {
            this.key = key;
            this.alerts = new PriceAlerts(key.sku() + "/" + key.channel() + "/" + key.currency());
        }

        void shipped(OrderEvent event, Line line) {
            Deal deal = new Deal(event.orderId(), line, event.buyerId(), event.paidAt());
            firstShipped.merge(deal, event.eventTime(), Math::min);
        }

        void paid(OrderEvent event, Line line) {
            paid.computeIfAbsent(event.eventTime(), t -> new TreeMap<>(Ids.ORDER))
                    .computeIfAbsent(event.orderId(), o -> new LinkedHashSet<>())
                    .add(new PaidLine(line, event.factoryId(), event.buyerId()));
        }

        /** Midnight actions, then SHIPPED (deals are found by shipped_at), then PAID, then the instant's history. */
        void replay() {
            firstShipped.forEach((deal, shippedAt) -> deals.add(new ShippedDeal(
                    tier(deal.line().quantity()),
                    deal.line().unitPriceMicros(),
                    deal.buyerId(),
                    deal.paidAt(),
                    shippedAt)));
            TreeSet<Long> instants = new TreeSet<>(firstShipped.values());
            instants.addAll(paid.keySet());
            TreeSet<Long> midnights = new TreeSet<>();
            for (int day = day(instants.first()); day <= untilDay; day++) {
                midnights.add(midnight(day));
            }
            instants.addAll(midnights);
            for (long t : instants) {
                if (midnights.contains(t)) {
                    stopBeingCurrent(t);
                    alerts.midnight(t);
                }
                paid.getOrDefault(t, new TreeMap<>())
                        .forEach((orderId, lines) -> check(new Check(orderId, t, sorted(lines))));
                writeHistory(t);
            }
        }

        /** Lines that a producer changed within an instant keep a fixed order too. */
        private List<PaidLine> sorted(Set<PaidLine> lines) {
            return lines.stream()
                    .sorted(Comparator.comparing((PaidLine paid) -> paid.line().lineId(), Ids.ORDER)
                            .thenComparing(paid -> paid.line().unitPriceMicros())
                            .thenComparing(paid -> paid.line().quantity())
                            .thenComparing(PaidLine::buyerId, Ids.ORDER)
                            .thenComparing(PaidLine::factoryId, Ids.ORDER))
                    .toList();
        }

        /** The deals a tier is made of at an instant, among those that a further condition admits. */
        private List<ShippedDeal> candidates(long tier, long t, Predicate<ShippedDeal> admitted) {
            long windowStart = midnight(day(t) - WINDOW_DAYS);
            return deals.stream()
                    .filter(deal -> deal.tier() <= tier && deal.shippedAt() <= t && windowStart <= deal.paidAt())
                    .filter(admitted)
                    .toList();
        }

        private int buyers(List<ShippedDeal> candidates, Predicate<ShippedDeal> which) {
            return (int) candidates.stream()
                    .filter(which)
                    .map(ShippedDeal::buyerId)
                    .distinct()
                    .count();
        }

        private State state(long tier, long t, List<ShippedDeal> candidates) {
            int minBuyers = policy.price().minBuyers();
            int buyers = Math.min(minBuyers, buyers(candidates, deal -> true));
            List<Long> prices =
                    candidates.stream().map(ShippedDeal::price).sorted().toList();
            Long literal = prices.isEmpty() ? null : prices.get(0);
            for (Long price : prices) {
                if (buyers(candidates, deal -> deal.price() <= price) >= minBuyers) {
                    return new State(price, literal, "CURRENT", buyers);
                }
            }
            if (t < carriedUntil.getOrDefault(tier, Long.MIN_VALUE)) {
                return new State(lastCurrentFloor.get(tier), literal, "CARRIED", buyers);
            }
            return literal == null ? NONE : new State(null, literal, "THIN", buyers);
        }

        /** A tier stops being CURRENT only at a midnight, when deals leave the window; then its floor is carried. */
        private void stopBeingCurrent(long midnight) {
            for (long tier : policy.price().tiers()) {
                boolean wasCurrent = lastCurrentFloor.containsKey(tier) && !carriedUntil.containsKey(tier);
                List<ShippedDeal> left = candidates(tier, midnight, deal -> deal.shippedAt() < midnight);
                if (wasCurrent && !state(tier, midnight, left).status().equals("CURRENT")) {
                    carriedUntil.put(
                            tier, midnight(day(midnight) + policy.price().carryDays()));
                }
            }
        }

        private void check(Check check) {
            List<Breach> breaching = new ArrayList<>();
            List<BreachRow> rows = new ArrayList<>();
            boolean judged = false;
            for (PaidLine paid : check.lines()) {
                long price = paid.line().unitPriceMicros();
                long tier = tier(paid.line().quantity());
                long t = check.paidAt();
                State state = state(tier, t, candidates(tier, t, deal -> deal.paidAt() < t));
                judged |= state.hasFloor();
                if (state.hasFloor()
                        && price * 10_000
                                > state.floor() * (10_000 + policy.price().toleranceBp())) {
                    long excessBp = price * 10_000 / state.floor() - 10_000;
                    boolean spike =
                            price * 100 >= state.floor() * (100 + policy.price().spikePercent());
                    breaching.add(new Breach(check.orderId(), paid.buyerId(), paid.factoryId(), t, excessBp, spike));
                    rows.add(new BreachRow(
                            check.orderId(),
                            paid.line().lineId(),
                            paid.factoryId(),
                            key.sku(),
                            key.channel(),
                            key.currency(),
                            paid.line().quantity(),
                            tier,
                            paid.buyerId(),
                            t,
                            price,
                            state.floor(),
                            state.status(),
                            excessBp,
                            null));
                }
            }
            if (!breaching.isEmpty()) {
                Breach first = breaching.get(0);
                alerts.breach(new Breach(
                        first.orderId(),
                        first.buyerId(),
                        first.factoryId(),
                        first.paidAt(),
                        breaching.stream().mapToLong(Breach::excessBp).max().orElseThrow(),
                        breaching.stream().anyMatch(Breach::spike)));
            } else if (judged) {
                alerts.conform(check.paidAt());
            }
            for (BreachRow row : rows) {
                breaches.put(List.of(row.orderId(), row.lineId()), with(row, alerts.openId()));
            }
        }

        private BreachRow with(BreachRow row, String alertId) {
            return new BreachRow(
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
                    alertId);
        }

        /** What holds after everything of an instant has happened, and the rows that this makes. */
        private void writeHistory(long t) {
            for (long tier : policy.price().tiers()) {
                State state = state(tier, t, candidates(tier, t, deal -> deal.paidAt() <= t));
                if (state.status().equals("CURRENT")) {
                    lastCurrentFloor.put(tier, state.floor());
                    carriedUntil.remove(tier);
                }
                State previous = previousRow.getOrDefault(tier, NONE);
                if (state.status().equals("NONE")) {
                    lastNone.put(tier, t);
                }
                long none = lastNone.getOrDefault(tier, Long.MIN_VALUE);
                boolean dealOfThisTier = deals.stream()
                        .anyMatch(deal -> deal.tier() == tier && none < deal.shippedAt() && deal.shippedAt() <= t);
                // The row that says NONE closes what was published; with no deal of the tier nothing was.
                boolean published = dealOfThisTier || state.status().equals("NONE");
                if (published && state.differsFrom(previous)) {
                    previousRow.put(tier, state);
                    floorHistory.add(new FloorRow(
                            key.sku(),
                            key.channel(),
                            key.currency(),
                            tier,
                            t,
                            state.floor(),
                            state.literal(),
                            state.status(),
                            state.buyers()));
                }
            }
        }
    }

    /** The PRICE_BREACH alerts of one key. */
    private final class PriceAlerts {
        private final String subject;
        private final List<Breach> sinceResolved = new ArrayList<>();
        private final Set<Long> openedAt = new HashSet<>();
        private Episode open;

        PriceAlerts(String subject) {
            this.subject = subject;
        }

        String openId() {
            return open == null ? null : open.id;
        }

        void midnight(long midnight) {
            if (open != null && midnight >= open.lastBreach() + 7 * 24 * HOUR_MS) {
                resolve(midnight);
            }
        }

        void conform(long t) {
            if (open != null && ++open.conformingInARow == 3) {
                resolve(t);
            }
        }

        void breach(Breach breach) {
            if (open != null) {
                open.add(breach);
            } else {
                open(breach);
            }
            sinceResolved.add(breach);
        }

        private void open(Breach breach) {
            List<Breach> others = sinceResolved.stream()
                    .filter(other -> !other.buyerId().equals(breach.buyerId()))
                    .filter(other -> breach.paidAt() - other.paidAt() < 24 * HOUR_MS)
                    .toList();
            // Two episodes that start at one instant would have one id.
            if ((breach.spike() || !others.isEmpty()) && openedAt.add(breach.paidAt())) {
                open = new Episode(subject, breach);
                if (!others.isEmpty()) {
                    open.orders.add(others.get(others.size() - 1));
                }
                open.orders.add(breach);
                open.publish("OPENED", breach.paidAt());
            }
        }

        private void resolve(long at) {
            open.publish("RESOLVED", at);
            open = null;
            sinceResolved.clear();
        }
    }

    /** One open alert: its orders in event order, and what was published of it. */
    private final class Episode {
        private final String id;
        private final String subject;
        private final String factoryId;
        private final List<Breach> orders = new ArrayList<>();
        private int revision;
        private long publishedExcessBp;
        private int conformingInARow;

        Episode(String subject, Breach opening) {
            this.subject = subject;
            this.factoryId = opening.factoryId();
            this.id = alertId(subject, opening.paidAt());
        }

        long lastBreach() {
            return orders.get(orders.size() - 1).paidAt();
        }

        void add(Breach breach) {
            conformingInARow = 0;
            orders.add(breach);
            boolean powerOfTwo = Integer.bitCount(orders.size()) == 1;
            if (powerOfTwo || breach.excessBp() >= 2 * publishedExcessBp) {
                publish("ESCALATED", breach.paidAt());
            }
        }

        void publish(String status, long at) {
            long excessBp = orders.stream().mapToLong(Breach::excessBp).max().orElseThrow();
            boolean critical = excessBp >= policy.price().spikePercent() * 100L;
            String severity = status.equals("RESOLVED") ? "INFO" : critical ? "CRITICAL" : "WARN";
            int buyers = (int) orders.stream()
                    .sorted(Comparator.comparing(Breach::paidAt).reversed().thenComparing(Breach::orderId, Ids.ORDER))
                    .limit(LISTED_ORDERS)
                    .map(Breach::buyerId)
                    .distinct()
                    .count();
            publishedExcessBp = excessBp;
            alertRevisions.add(new AlertRow(
                    id,
                    ++revision,
                    "PRICE_BREACH",
                    status,
                    subject,
                    factoryId,
                    at,
                    severity,
                    excessBp,
                    orders.size(),
                    buyers));
        }
    }

    private static String alertId(String subject, long episodeStart) {
        try {
            byte[] name = ("PRICE_BREACH|" + subject + "|" + episodeStart).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name);
            return HexFormat.of().formatHex(digest).substring(0, 32);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
