package io.touchstone.oracle;

import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Line;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.OrderEvent.Type;
import io.touchstone.market.Segment;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Small histories of prices on the edges of the rules: ties of instants, midnights, tiers, windows and thresholds. A
 * history is a chain of scenes on few keys (deals that make a floor, breaches by alternating buyers, conforming orders,
 * long gaps), so that floors lapse and alerts open, escalate and resolve. Producers never change an order here.
 */
public final class Histories {
    /** No event of a history comes this far behind the newest one before it. */
    public static final long MAX_OUT_OF_ORDERNESS_MS = 300_000L;

    private static final int LAST_DAY = 80;
    private static final long HOUR_MS = 3_600_000L;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final long MAX_PRICE = 1_000_000_000_000L;

    private static final List<String> ZONES =
            List.of("Asia/Shanghai", "UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe");
    /** Both starts lie some weeks before the clocks change in every zone that changes them. */
    private static final List<LocalDate> STARTS = List.of(LocalDate.of(2024, 2, 20), LocalDate.of(2024, 9, 15));

    private static final List<List<Long>> TIERS = List.of(
            PricePolicy.DEFAULT.tiers(),
            List.of(1L),
            List.of(1L, 2L),
            List.of(1L, 3L, 10L),
            List.of(1L, 2L, 3L, 4L, 5L, 10L, 20L, 50L, 100L, 1000L, 100_000L, 1_000_000_000L));

    private final Random random;
    private final Policy policy;
    private final int maxEvents;
    private final int firstDay;
    private final long end;
    private final List<Key> keys = new ArrayList<>();
    private final List<String> buyers = new ArrayList<>();
    private final List<OrderEvent> events = new ArrayList<>();
    private final Map<Key, Long> levels = new HashMap<>();
    private final Map<Key, Long> levelsSince = new HashMap<>();
    private long now;
    private int orders;
    /** Whether ids follow arrival for a while, so that orders of one instant happen in the order written. */
    private boolean idsFollowArrival;
    /** Whether dear orders all are spikes for a while. */
    private boolean spikes;

    private record Key(String sku, Channel channel, String currency) {}

    private Histories(long seed, Policy policy, int maxEvents) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.policy = policy;
        this.maxEvents = maxEvents;
        this.firstDay = (int) pick(STARTS).toEpochDay() + random.nextInt(14);
        this.end = midnight(firstDay + LAST_DAY);
        this.now = midnight(firstDay) + pick(List.of(0L, 1L, 9 * HOUR_MS, 23 * HOUR_MS));
        Key first = new Key("sku-a", Channel.WHOLESALE, "CNY");
        keys.add(first);
        keys.add(first);
        keys.add(pick(List.of(
                new Key("sku-a", Channel.MEMBER, "CNY"),
                new Key("sku-a", Channel.WHOLESALE, "USD"),
                new Key("sku-b", Channel.DROPSHIP, "CNY"))));
        for (int i = 0; i < policy.price().minBuyers() + 2; i++) {
            buyers.add("buyer-" + i);
        }
    }

    /** The numbers in force for a seed; small values and zeros are frequent. */
    public static Policy policy(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 2);
        int minBuyers = random.nextInt(3) > 0 ? 1 + random.nextInt(4) : 1 + random.nextInt(10);
        PricePolicy price = new PricePolicy(
                pick(random, TIERS),
                minBuyers,
                pick(random, List.of(0, 1, 5, 25, 365)),
                pick(random, List.of(0, 0, 1, 50, 50, 500, 10_000)),
                pick(random, List.of(0, 1, 20, 20, 100, 1000)));
        return new Policy("random-" + seed, ZoneId.of(pick(random, ZONES)), price, QualityPolicy.DEFAULT);
    }

    /** About 300 events under the {@link #policy(long)} of the seed, in an order of arrival that makes none late. */
    public static List<OrderEvent> random(long seed) {
        return random(seed, policy(seed), 300);
    }

    /** About {@code maxEvents} events over at most 80 days, in an order of arrival that makes no event late. */
    public static List<OrderEvent> random(long seed, Policy policy, int maxEvents) {
        return new Histories(seed, policy, maxEvents).play();
    }

    /** A day to stop at: mostly after the last event, by a day, a window or a carry; now and then before it. */
    public static int untilDay(long seed, List<OrderEvent> events, Policy policy) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 3);
        long last = events.stream().mapToLong(OrderEvent::eventTime).max().orElse(0);
        return PriceOracle.day(last, policy.timeZone()) + pick(random, List.of(1, 1, 1, 2, 8, 32, 40, 400, 0, -7));
    }

    /**
     * A repetition of SHIPPED more than thirty days after payment looks like a first one that late, which has its tier published;
     * telling them apart would take a state per order.
     */
    public static List<OrderEvent> withoutStaleRepeats(List<OrderEvent> events) {
        List<OrderEvent> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(OrderEvent::eventTime));
        Set<String> shipped = new HashSet<>();
        List<OrderEvent> kept = new ArrayList<>();
        for (OrderEvent event : sorted) {
            boolean repeats = event.status() == OrderEvent.Status.SHIPPED && !shipped.add(event.orderId());
            if (!repeats || event.eventTime() - event.paidAt() < 30 * 86_400_000L) {
                kept.add(event);
            }
        }
        return kept;
    }

    private List<OrderEvent> play() {
        while (events.size() < maxEvents && now < end) {
            Key key = pick(keys);
            idsFollowArrival = random.nextBoolean();
            int scene = random.nextInt(100);
            if (scene < 25) {
                deals(key);
            } else if (scene < 55) {
                breaches(key, 1 + random.nextInt(9));
            } else if (scene < 70) {
                conformingOrders(key, 1 + random.nextInt(4));
            } else if (scene < 85) {
                reopening(key);
            } else if (scene < 93) {
                gap();
            } else if (scene < 95) {
                renewal(key);
            } else if (scene < 97) {
                breaches(key, 20 + random.nextInt(15));
            } else {
                noise();
            }
        }
        events.removeIf(event -> event.eventTime() >= end);
        return arrival();
    }

    /** As many buyers as a floor needs, or one fewer, ship at one price, often at one instant. */
    private void deals(Key key) {
        long base = levels.computeIfAbsent(key, k -> pick(List.of(7L, 100L, 10_000L, 4_500_000L, MAX_PRICE / 2)));
        long level = Math.max(1, pick(List.of(base, base, base, base, base + 1, base * 9 / 10, base * 11 / 10)));
        // A dearer level binds only once the cheaper deals have left the window.
        if (level <= base || now - levelsSince.getOrDefault(key, 0L) >= 31 * DAY_MS) {
            levels.put(key, level);
            levelsSince.put(key, now);
        }
        int count = Math.max(1, policy.price().minBuyers() - random.nextInt(2));
        long quantity = quantity();
        int first = random.nextInt(buyers.size());
        for (int i = 0; i < count; i++) {
            String buyer = buyers.get((first + i) % buyers.size());
            long price = random.nextInt(8) > 0 ? level : edge(level);
            order(buyer, List.of(line(1, key, random.nextInt(4) > 0 ? quantity : quantity(), price)), true);
            step();
        }
    }

    /** Deals leave the window at the very midnight at which others come, and orders are checked there. */
    private void renewal(Key key) {
        deals(key);
        now = midnight(PriceOracle.day(now, policy.timeZone()) + 31);
        order(pick(buyers), List.of(line(1, key, quantity(), edge(level(key)))), true);
        long midnight = now;
        deals(key);
        now = midnight;
        breaches(key, 1);
    }

    /** An alert that opens and resolves, and a breach that could open it again, closely or at one instant. */
    private void reopening(Key key) {
        if (random.nextBoolean()) {
            spikes = true;
        }
        breaches(key, 1 + random.nextInt(3));
        conformingOrders(key, 3);
        breaches(key, 1 + random.nextInt(3));
        spikes = false;
    }

    /** Dear orders by alternating buyers, sometimes of several lines. */
    private void breaches(Key key, int count) {
        long quantity = quantity();
        for (int i = 0; i < count; i++) {
            String buyer = random.nextInt(4) > 0 ? buyers.get(i % buyers.size()) : buyers.get(0);
            if (count >= 20) {
                buyer = "crowd-" + random.nextInt(count);
            }
            List<Line> lines = new ArrayList<>();
            lines.add(line(1, key, random.nextInt(3) > 0 ? quantity : quantity(), edge(level(key))));
            while (random.nextInt(4) == 0) {
                lines.add(
                        line(lines.size() + 1, random.nextBoolean() ? key : pick(keys), quantity(), edge(level(key))));
            }
            order(buyer, lines, random.nextInt(3) == 0);
            step();
        }
    }

    /** Orders at or below the floor; it takes three in a row to resolve an alert. */
    private void conformingOrders(Key key, int count) {
        long quantity = quantity();
        for (int i = 0; i < count; i++) {
            long price = Math.max(1, level(key) - random.nextInt(2));
            order(pick(buyers), List.of(line(1, key, quantity, price)), false);
            step();
        }
    }

    /** Time passes as far as the windows of the rules reach, to the millisecond or to a midnight. */
    private void gap() {
        int carry = Math.min(policy.price().carryDays(), 31);
        long days = pick(List.of(1, 2, 6, 7, 7, 8, 14, 29, 30, 31, carry));
        now += days * DAY_MS + pick(List.of(-1L, 0L, 0L, 1L));
        if (random.nextBoolean()) {
            toMidnight();
        }
    }

    private void noise() {
        for (int i = 0; i < 3; i++) {
            List<Line> lines = new ArrayList<>();
            do {
                Key key = pick(keys);
                lines.add(line(lines.size() + 1, key, quantity(), edge(level(key))));
            } while (random.nextBoolean());
            order(pick(buyers), lines, random.nextBoolean());
            step();
        }
    }

    /** Most orders share an instant with the one before; the others lie where a comparison could be off by one. */
    private void step() {
        switch (random.nextInt(32)) {
            case 0, 1, 2, 3 -> now += 1;
            case 4, 5, 6 -> now += HOUR_MS;
            case 7, 8 -> now += 5 * HOUR_MS;
            case 9 -> now += DAY_MS;
            case 10 -> now += DAY_MS - 1;
            case 11 -> toMidnight();
            default -> {
                // the same instant
            }
        }
    }

    private void toMidnight() {
        now = midnight(PriceOracle.day(now, policy.timeZone()) + 1) + pick(List.of(-1L, 0L, 0L, 0L, 1L));
    }

    /** A price around what tolerance, spike and doubling make of a level. */
    private long edge(long level) {
        long allowed = level * (10_000 + policy.price().toleranceBp()) / 10_000;
        long spike = (level * (100 + policy.price().spikePercent()) + 99) / 100;
        if (spikes) {
            return Math.min(MAX_PRICE, spike + random.nextInt(2));
        }
        long price = pick(List.of(
                level - 1,
                level,
                level + 1,
                allowed,
                allowed + 1,
                allowed + 1,
                allowed + 2,
                allowed + 2 + level / 1000,
                allowed + 2 + level / 500,
                allowed + (allowed - level),
                level + (allowed + 1 - level) * 2,
                level + (allowed + 1 - level) * 3 / 2,
                level + (spike - level) * 3 / 2,
                spike - 1,
                spike,
                spike + 1,
                level + (spike - level) * 2,
                random.nextInt(3) > 0 ? allowed + 3 : level * 3,
                random.nextInt(3) > 0 ? allowed + 1 : level / 2));
        return Math.min(MAX_PRICE, Math.max(1, price));
    }

    private long level(Key key) {
        return levels.getOrDefault(key, 100L);
    }

    /** Pieces around the edge of a tier, low tiers first; or as many as there may be. */
    private long quantity() {
        List<Long> tiers = policy.price().tiers();
        long edge = tiers.get(Math.min(random.nextInt(tiers.size()), random.nextInt(tiers.size())));
        long quantity = random.nextInt(40) == 0 ? 1_000_000_000L : edge + pick(List.of(0, 0, 0, -1, 1));
        return Math.min(1_000_000_000L, Math.max(1, quantity));
    }

    private static Line line(int number, Key key, long quantity, long price) {
        return new Line("line-" + number, key.sku(), quantity, price, key.currency(), key.channel());
    }

    /** An order paid now, and what becomes of it. */
    private void order(String buyer, List<Line> lines, boolean ships) {
        // Ids whose order is neither that of arrival nor that of UTF-16.
        String prefix = pick(List.of("A", "b", "-", "\uFF5E", "\uD83D\uDE00", "9")) + random.nextInt(100);
        String id = (idsFollowArrival ? "k" : prefix) + "-" + (10_000 + orders++);
        Type type = random.nextInt(10) > 0 ? Type.REGULAR : pick(List.of(Type.values()));
        int leadDays = pick(List.of(0, 0, 3, 10));
        int number = random.nextInt(2);
        OrderEvent paid = new OrderEvent(
                id + "-PAID",
                id,
                Status.PAID,
                now,
                type,
                "factory-" + number,
                "category",
                "belt",
                buyer,
                Segment.WHOLESALER,
                now,
                now + 2 * DAY_MS,
                leadDays,
                null,
                lines);
        if (random.nextInt(12) > 0) {
            deliver(paid);
        }
        if (ships || random.nextInt(5) == 0) {
            long shippedAt = shippedAt();
            deliver(later(paid, Status.SHIPPED, shippedAt, "1"));
            if (random.nextInt(5) == 0) {
                long again = pick(List.of(1L, HOUR_MS, 3 * DAY_MS, 31 * DAY_MS, 35 * DAY_MS));
                deliver(later(paid, Status.SHIPPED, shippedAt + again, "2"));
            }
            if (random.nextInt(5) == 0) {
                deliver(later(paid, Status.DELIVERED, shippedAt + DAY_MS, "1"));
            }
        }
        if (random.nextInt(8) == 0) {
            deliver(later(paid, Status.CANCELLED, now + pick(List.of(0L, HOUR_MS, 3 * DAY_MS)), "1"));
        }
    }

    /** At once, soon, at a midnight, or when the deal is about to leave the window or has left it. */
    private long shippedAt() {
        int day = PriceOracle.day(now, policy.timeZone());
        return pick(List.of(
                now,
                now,
                now,
                now,
                now + 1,
                now + HOUR_MS,
                midnight(day + 1),
                midnight(day + 2) - 1,
                now + DAY_MS,
                now + 4 * DAY_MS,
                midnight(day + 30),
                midnight(day + 31) - 1,
                midnight(day + 31),
                now + 35 * DAY_MS));
    }

    private static OrderEvent later(OrderEvent paid, Status status, long eventTime, String suffix) {
        return new OrderEvent(
                paid.orderId() + "-" + status + suffix,
                paid.orderId(),
                status,
                eventTime,
                paid.type(),
                paid.factoryId(),
                paid.categoryId(),
                paid.beltId(),
                paid.buyerId(),
                paid.segment(),
                paid.paidAt(),
                paid.shipBy(),
                paid.leadDays(),
                status == Status.CANCELLED ? CancelledBy.BUYER : null,
                paid.lines());
    }

    private void deliver(OrderEvent event) {
        do {
            events.add(event);
        } while (random.nextInt(10) == 0);
    }

    /** By event time, each event delayed by less than what is allowed. */
    private List<OrderEvent> arrival() {
        record Delivery(OrderEvent event, long time) {}
        return events.stream()
                .map(event -> new Delivery(event, event.eventTime() + random.nextLong(MAX_OUT_OF_ORDERNESS_MS - 1000)))
                .sorted(Comparator.comparing(Delivery::time))
                .map(Delivery::event)
                .toList();
    }

    private long midnight(int day) {
        return PriceOracle.midnight(day, policy.timeZone());
    }

    private <T> T pick(List<T> choices) {
        return pick(random, choices);
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
