package io.touchstone.playground.traffic;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.CancelledBy;
import io.touchstone.event.Channel;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.playground.traffic.Behaviour.Occasion;
import io.touchstone.playground.traffic.Behaviour.OneOff;
import io.touchstone.policy.DefectClass;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/**
 * A market over a number of local days: its events in the order of their times, and the truth about what was planted in
 * it. It is a pure function of seed, start, days and scale; each iteration tells the same story again, a day at a time.
 *
 * <p>Prices are lists, equal for all buyers of a quantity tier, to which each article and channel adds up to 30 bp a
 * day: an ordinary price never exceeds its floor by more than the tolerance. How often things go wrong at a factory is its
 * {@link Conduct}. Whatever else a price or a factory does is a {@link Behaviour}.
 */
public final class Market implements Iterable<Traffic> {
    /** How long a market lasts unless said otherwise. */
    public static final int DAYS = 120;

    /** Everything is shipped within so many hours of what was promised, by those who keep promises. */
    private static final int PROMISED_HOURS = 72;

    /** A shop's prices end in hundredths of a cent. */
    private static final int PRICE_STEP_MICROS = 100;

    private final long seed;
    private final LocalDate start;
    private final int days;
    private final Scenario scenario;
    private final Buyers buyers;

    private Market(long seed, LocalDate start, int days, double scale) {
        if (days < 1 || !(scale > 0)) {
            throw new IllegalArgumentException("a market has days and a scale above 0, not " + days + " and " + scale);
        }
        this.seed = seed;
        this.start = start;
        this.days = days;
        this.scenario = Scenario.of(seed, start, days, scale);
        this.buyers = new Buyers(scale);
    }

    /** A market of usual length and size. */
    public static Market of(long seed, LocalDate start) {
        return of(seed, start, DAYS, 1);
    }

    /**
     * A market of any length and size.
     *
     * @param start its first local day
     * @param scale how many orders it has, compared with the usual; factories with a story about a price do not shrink
     *     below half, those with another story not at all
     */
    public static Market of(long seed, LocalDate start, int days, double scale) {
        return new Market(seed, start, days, scale);
    }

    /** The first instant. */
    public long begin() {
        return Rhythm.midnight(start);
    }

    /** The first instant after it; what would happen then or later is not told. */
    public long end() {
        return Rhythm.midnight(start.plusDays(days));
    }

    public List<Factory> factories() {
        return scenario.factories();
    }

    /** Which prices must be caught. */
    public List<PlantedRise> rises() {
        return scenario.rises();
    }

    /** Which prices must not be alerted. */
    public List<Innocent> innocents() {
        return scenario.innocents();
    }

    /** Which conduct must be alerted. */
    public List<PlantedFault> faults() {
        return scenario.faults();
    }

    /** Who must not be demoted. */
    public List<Blameless> blameless() {
        return scenario.blameless();
    }

    /** The subjects of the price alerts that must come; an alert about any other is a false one. */
    public Set<String> plantedSubjects() {
        Set<String> subjects = new TreeSet<>();
        rises().forEach(rise -> subjects.add(rise.subject()));
        return subjects;
    }

    /** All events by time. */
    @Override
    public Iterator<Traffic> iterator() {
        return new Days();
    }

    private final class Days implements Iterator<Traffic> {
        private final PriorityQueue<Traffic> ahead =
                new PriorityQueue<>(Comparator.comparingLong(Traffic::eventTime).thenComparing(Traffic::key));
        private int day;

        @Override
        public boolean hasNext() {
            // An order's events come after its payment: what precedes the next midnight is complete.
            while (day < days && (ahead.isEmpty() || ahead.peek().eventTime() >= midnight())) {
                LocalDate date = start.plusDays(day++);
                scenario.factories().forEach(factory -> ahead.addAll(placed(factory, date)));
            }
            return !ahead.isEmpty() && ahead.peek().eventTime() < end();
        }

        @Override
        public Traffic next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ahead.remove();
        }

        private long midnight() {
            return Rhythm.midnight(start.plusDays(day));
        }
    }

    /** Everything that will happen to the orders placed with a factory on a day. */
    private List<Traffic> placed(Factory factory, LocalDate day) {
        Dice dice = Dice.of(seed, factory.number(), day.toEpochDay());
        long[] instants = new long[dice.poisson(factory.demand(day))];
        for (int i = 0; i < instants.length; i++) {
            instants[i] = Rhythm.instant(day, dice);
        }
        Arrays.sort(instants);
        List<Traffic> traffic = new ArrayList<>();
        int count = 0;
        for (long at : instants) {
            Order order = paid(factory, day, ++count, at, dice);
            fill(order, factory, dice);
            live(order, factory, dice, fate(factory, day, count), traffic);
        }
        for (Behaviour behaviour : factory.behaviours()) {
            for (OneOff oneOff : behaviour.oneOffs()) {
                if (Rhythm.day(oneOff.at()).equals(day)) {
                    Order order = paid(factory, day, ++count, oneOff.at(), dice);
                    fill(order, factory, oneOff, dice);
                    live(order, factory, dice, fate(factory, day, count), traffic);
                }
            }
        }
        return traffic;
    }

    /** What goes wrong with an order is one thing, who orders what another: neither changes the other. */
    private Dice fate(Factory factory, LocalDate day, int count) {
        return Dice.of(seed, factory.number(), day.toEpochDay(), count);
    }

    /** An order at its payment, its buyer, type and lines still open. */
    private static Order paid(Factory factory, LocalDate day, int count, long at, Dice dice) {
        Order order = new Order();
        order.setOrderId(
                String.format("%s-%s-%04d", factory.id(), day.toString().replace("-", ""), count));
        order.setFactoryId(factory.id());
        order.setCategoryId(factory.categoryId());
        order.setBeltId(factory.belt().id());
        order.setBuyerSegment(Buyers.SEGMENTS.get(dice.pick(factory.segments())));
        order.setPaidAt(Instant.ofEpochMilli(at));
        return order;
    }

    /** Lets chance decide what is ordered. */
    private void fill(Order order, Factory factory, Dice dice) {
        BuyerSegment segment = order.getBuyerSegment();
        order.setBuyerId(buyers.draw(segment, factory, dice));
        OrderType type = type(dice);
        order.setType(type);
        Channel channel = channel(segment, factory, dice);
        List<Sku> offered = new ArrayList<>(factory.skus());
        int lines = type == OrderType.REGULAR ? 1 + dice.pick(List.of(75, 18, 7)) : 1;
        List<OrderLine> chosen = new ArrayList<>();
        for (int i = 0; i < lines && !offered.isEmpty(); i++) {
            Sku sku = offered.remove(dice.pick(offered.stream().map(Sku::weight).toList()));
            long quantity =
                    type == OrderType.SAMPLE || type == OrderType.SURCHARGE ? 1 : quantity(segment, channel, dice);
            double price =
                    price(factory, sku, channel, quantity, order.getPaidAt().toEpochMilli());
            double asked = switch (type) {
                case SAMPLE -> price * 1.5;
                case GIFT -> 10_000;
                case SURCHARGE -> price * 0.2;
                case RELATED_PARTY -> price * 0.55;
                default -> price;
            };
            chosen.add(line(i, sku, quantity, asked, factory, channel));
        }
        order.setLines(chosen);
    }

    /** Makes an order one that a behaviour asks for. */
    private void fill(Order order, Factory factory, OneOff oneOff, Dice dice) {
        order.setBuyerSegment(BuyerSegment.WHOLESALER);
        order.setBuyerId(buyers.draw(BuyerSegment.WHOLESALER, factory, dice));
        order.setType(OrderType.REGULAR);
        Sku sku = factory.skus().stream()
                .filter(candidate -> candidate.id().equals(oneOff.skuId()))
                .findFirst()
                .orElseThrow();
        double price = price(factory, sku, oneOff.channel(), oneOff.quantity(), oneOff.at());
        double asked = price * (100 + oneOff.percent()) / 100;
        order.setLines(List.of(line(0, sku, oneOff.quantity(), asked, factory, oneOff.channel())));
    }

    /** What one piece costs at that moment. */
    private double price(Factory factory, Sku sku, Channel channel, long quantity, long at) {
        long day = Rhythm.day(at).toEpochDay();
        // A day's noise is upwards and the same for all: the floor stays the list price.
        int noiseBp = 10
                * Dice.of(seed, -3, sku.id().hashCode(), channel.name().hashCode(), day)
                        .whole(0, 3);
        double price = sku.list(channel, quantity) * (10_000 + noiseBp) / 10_000;
        for (Behaviour behaviour : factory.behaviours()) {
            price = behaviour.price(price, new Behaviour.Offer(sku, channel, quantity, at));
        }
        return price;
    }

    private static OrderLine line(int index, Sku sku, long quantity, double price, Factory factory, Channel channel) {
        OrderLine line = new OrderLine();
        line.setLineId(Integer.toString(index + 1));
        line.setSkuId(sku.id());
        line.setQuantity(quantity);
        line.setUnitPriceMicros(Math.max(1, Math.round(price / PRICE_STEP_MICROS)) * PRICE_STEP_MICROS);
        line.setCurrency(factory.currency());
        line.setChannel(channel);
        return line;
    }

    private static OrderType type(Dice dice) {
        return List.of(
                        OrderType.REGULAR,
                        OrderType.SAMPLE,
                        OrderType.GIFT,
                        OrderType.SURCHARGE,
                        OrderType.RELATED_PARTY)
                .get(dice.pick(List.of(965, 15, 5, 5, 10)));
    }

    private static Channel channel(BuyerSegment segment, Factory factory, Dice dice) {
        return switch (segment) {
            case SMALL_BUSINESS, CONSUMER ->
                dice.happens(factory.dropshipShare()) ? Channel.DROPSHIP : Channel.WHOLESALE;
            case PLUS_MEMBER -> Channel.MEMBER;
            default -> Channel.WHOLESALE;
        };
    }

    private static long quantity(BuyerSegment segment, Channel channel, Dice dice) {
        if (channel == Channel.DROPSHIP) {
            return (long) dice.logarithmic(1, 9);
        }
        return switch (segment) {
            // Mostly some dozens, now and then thousands.
            case WHOLESALER -> round((long) (dice.logarithmic(1.7, 50) * dice.logarithmic(1.7, 50)));
            case SMALL_BUSINESS -> round((long) dice.logarithmic(1, 120));
            case CONSUMER -> (long) dice.logarithmic(1, 5);
            default -> (long) dice.logarithmic(1, 25);
        };
    }

    /** Large lots come in round numbers. */
    private static long round(long quantity) {
        long unit = quantity < 20 ? 1 : quantity < 200 ? 10 : 50;
        return quantity / unit * unit;
    }

    /** Lets an order live: from its payment to the door of its buyer and what follows, or to its end before. */
    private static void live(Order order, Factory factory, Dice dice, Dice fate, List<Traffic> traffic) {
        long paid = order.getPaidAt().toEpochMilli();
        long most = order.getLines().stream()
                .mapToLong(OrderLine::getQuantity)
                .max()
                .orElse(0);
        // Large lots are made to order.
        int leadDays = most >= 1000 ? 7 : most >= 200 ? 3 : 0;
        order.setLeadDays(leadDays);
        order.setShipBy(Instant.ofEpochMilli(paid + leadDays * Rhythm.DAY_MS + PROMISED_HOURS * Rhythm.HOUR_MS));
        traffic.add(event(order, OrderStatus.PAID, paid));

        // Production takes most of its time, and parcels pile up at festivals.
        double backlog = StrictMath.sqrt(Rhythm.festival(Rhythm.day(paid)));
        double hours = leadDays * 24 * dice.between(0.4, 0.95) + factory.shipHours() * dice.between(0.3, 1.5) * backlog;
        long shipped = Rhythm.pickUp(paid + (long) (hours * Rhythm.HOUR_MS));
        if (fate.happens(factory.failing(DefectClass.FULFILMENT, new Occasion(order.getBuyerSegment(), paid)))) {
            shipped =
                    Rhythm.pickUp(order.getShipBy().toEpochMilli() + 1 + (long) (fate.between(0, 48) * Rhythm.HOUR_MS));
        }
        if (dice.happens(0.025)) {
            order.setCancelledBy(List.of(CancelledBy.BUYER, CancelledBy.FACTORY, CancelledBy.PLATFORM)
                    .get(dice.pick(List.of(70, 20, 10))));
            long cancelled = paid + 1 + (long) (dice.share() * (shipped - paid - 1));
            traffic.add(event(order, OrderStatus.CANCELLED, cancelled));
            return;
        }
        traffic.add(event(order, OrderStatus.SHIPPED, shipped));
        long delivered = shipped + (long) (dice.between(18, 100) * Rhythm.HOUR_MS);
        traffic.add(event(order, OrderStatus.DELIVERED, delivered));
        Aftermath.follow(order, delivered, factory, fate, traffic);
    }

    private static Traffic event(Order order, OrderStatus status, long at) {
        Order snapshot = new Order(
                order.getOrderId() + "-" + status,
                order.getOrderId(),
                status,
                Instant.ofEpochMilli(at),
                order.getType(),
                order.getFactoryId(),
                order.getCategoryId(),
                order.getBeltId(),
                order.getBuyerId(),
                order.getBuyerSegment(),
                order.getPaidAt(),
                order.getShipBy(),
                order.getLeadDays(),
                order.getCancelledBy(),
                order.getLines());
        return new Traffic(Traffic.ORDERS, order.getOrderId(), at, snapshot);
    }
}
