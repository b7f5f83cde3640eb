package io.touchstone.oracle;

import io.touchstone.market.Channel;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Line;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.OrderEvent.Type;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Reason;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.market.Segment;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Histories that crowd around the rules of quality: single orders whose events lie on every edge ({@link #edges}), factories that
 * walk through the standings ({@link #walks}), and a market of many factories that mostly behave ({@link #market}).
 */
public final class QualityHistories {
    private static final long HOUR_MS = 3_600_000L;
    private static final long DAY_MS = 24 * HOUR_MS;

    /** In the last two some midnights are skipped by the clock: the day starts at 01:00. */
    private static final List<String> ZONES = List.of(
            "Asia/Shanghai",
            "UTC",
            "America/New_York",
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "America/Sao_Paulo",
            "Africa/Cairo");

    /** Some weeks before the clocks change in the zones that change them. */
    private static final List<LocalDate> STARTS =
            List.of(LocalDate.of(2024, 2, 20), LocalDate.of(2024, 9, 15), LocalDate.of(2018, 9, 20));

    private static final List<Exposure> EXPOSURES = List.of(
            Exposure.of(0, 1000),
            Exposure.of(0, 1000),
            Exposure.of(0, 500, 3, 1000),
            Exposure.of(0, 0, 2, 350, 3, 650, 4, 850, 6, 1000),
            Exposure.of(0, 0, 1, 1, 29, 999, 30, 1000),
            QualityPolicy.DEFAULT.classes().get(DefectClass.QUALITY).exposure());

    private static final List<String> CATEGORIES = List.of("c1", "c2", "c-\uD83D\uDE00", "c-\uFF5E");
    private static final List<Reason> FAULTS =
            List.of(Reason.QUALITY, Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.COUNTERFEIT);

    private final Random random;
    private final Policy policy;
    private final int firstDay;
    private final long end;
    private final List<Object> events = new ArrayList<>();
    private int ids;
    private int orders;

    private QualityHistories(long seed, Policy policy, int days) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.policy = policy;
        this.firstDay = (int) pick(STARTS).toEpochDay() + random.nextInt(14);
        this.end = midnight(firstDay + days);
    }

    /** The numbers in force for a seed; the ends of the ranges are frequent. */
    public static Policy policy(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 2);
        boolean lenient = random.nextInt(3) == 0;
        Map<DefectClass, ClassPolicy> classes = classes(random, lenient);
        Map<String, Map<DefectClass, ClassPolicy>> categories = new HashMap<>();
        CATEGORIES.forEach(category -> {
            if (random.nextInt(6) == 0) {
                categories.put(category, classes(random, lenient));
            }
        });
        QualityPolicy quality = new QualityPolicy(
                pick(random, List.of(30, 30, 31, 45, 60)),
                pick(random, List.of(1, 24, 168, 168, 1440)),
                pick(random, List.of(8, 16, 30, 60, 120, 120, 400)),
                pick(random, List.of(1, 24, 168, 168, 1440)),
                classes,
                categories);
        return new Policy("random-" + seed, ZoneId.of(pick(random, ZONES)), PricePolicy.DEFAULT, quality);
    }

    private static Map<DefectClass, ClassPolicy> classes(Random random, boolean lenient) {
        List<Integer> weights = new ArrayList<>(
                pick(random, List.of(List.of(400, 200, 200, 200), List.of(1000, 0, 0, 0), List.of(1, 2, 3, 994))));
        Collections.shuffle(weights, random);
        boolean usual = random.nextBoolean();
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : DefectClass.values()) {
            int standard = lenient
                    ? pick(random, List.of(3000, 4000, 4999))
                    : pick(random, List.of(300, 500, 500, 700, 1000, usual ? 500 : 1, usual ? 500 : 101));
            classes.put(
                    defectClass,
                    new ClassPolicy(
                            standard,
                            pick(random, List.of(1, 50, 150, 250, 5000)),
                            pick(random, List.of(1, 50, 50, 100_000)),
                            weights.get(defectClass.ordinal()),
                            pick(random, EXPOSURES)));
        }
        return classes;
    }

    /** A few hundred orders of a few factories, nearly all of them strange. */
    public static List<Object> edges(long seed, Policy policy) {
        QualityHistories history = new QualityHistories(seed, policy, 220);
        int factories = 1 + history.random.nextInt(3);
        int days = history.pick(List.of(3, 20, 60, 120));
        int orders = history.pick(List.of(5, 40, 150));
        for (int i = 0; i < orders; i++) {
            history.strange("f" + history.random.nextInt(factories), history.firstDay + history.random.nextInt(days));
        }
        return history.play();
    }

    /** Some factories, each of which behaves in one way after another. */
    public static List<Object> walks(long seed, Policy policy) {
        QualityHistories history = new QualityHistories(seed, policy, 520);
        int factories = 2 + history.random.nextInt(2);
        for (int i = 0; i < factories; i++) {
            history.new Walk("factory-" + i).walk();
        }
        return history.play();
    }

    /** Numbers under which a day of shocking quality is severe at once; for {@link #turns}. */
    public static Policy strict() {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : DefectClass.values()) {
            int standard = defectClass == DefectClass.FULFILMENT ? 100 : 500;
            classes.put(defectClass, new ClassPolicy(standard, standard / 2, 50, 250, Exposure.of(0, 1000)));
        }
        return new Policy(
                "strict",
                ZoneId.of("America/New_York"),
                PricePolicy.DEFAULT,
                new QualityPolicy(30, 168, 120, 24, classes, Map.of()));
    }

    /** The turns that chance rarely takes: for each class, severe out of nothing and failing its trial; all called off. */
    public static List<Object> turns(long seed, Policy policy) {
        QualityHistories history = new QualityHistories(seed, policy, 400);
        for (DefectClass defectClass : DefectClass.values()) {
            history.new Walk("failing-soon-" + defectClass).trial(defectClass, 3);
            history.new Walk("failing-later-" + defectClass).trial(defectClass, 9);
        }
        for (int i = 0; i < 5; i++) {
            history.new Walk("called-off-on-trial-" + i).calledOffOnTrial(5 * i);
        }
        history.new Walk("called-off-on-watch").calledOffOnWatch();
        return history.play();
    }

    /** About this many orders of factories that mostly behave, over 150 days. */
    public static List<Object> market(long seed, Policy policy, int orders) {
        QualityHistories history = new QualityHistories(seed, policy, 200);
        int factories = Math.max(1, orders / 1500);
        for (int i = 0; i < orders; i++) {
            int factory = (int) (factories * Math.pow(history.random.nextDouble(), 1.5));
            int day = history.random.nextInt(150);
            // One factory in seven turns bad, some of them for a while.
            boolean bad = factory % 7 == 3 && day > 50 && (factory % 2 == 0 || day < 80);
            Set<DefectClass> defects = EnumSet.noneOf(DefectClass.class);
            for (DefectClass defectClass : DefectClass.values()) {
                double standard = policy.quality().classes().get(defectClass).standardBp() / 10_000.0;
                boolean hit = bad && factory % DefectClass.values().length == defectClass.ordinal();
                if (history.random.nextDouble() < standard * (hit ? 4 : 0.5)) {
                    defects.add(defectClass);
                }
            }
            long time = history.midnight(history.firstDay + day) + history.random.nextInt((int) DAY_MS - 1);
            Attributes attributes = history.attributes("factory-" + factory, time);
            attributes.buyer = "buyer-" + (int) (2000 * Math.pow(history.random.nextDouble(), 2));
            attributes.category = factory % 3 == 0 ? history.pick(CATEGORIES) : CATEGORIES.get(factory % 2);
            attributes.leadDays = history.pick(List.of(0, 0, 0, 3, 15));
            attributes.shipBy = time + (2 + attributes.leadDays) * DAY_MS;
            history.plain(attributes, defects);
        }
        return history.play();
    }

    /** The events as lines of their files, shuffled; some come again, at least once all over. */
    public static List<Delivery> deliveries(long seed, List<Object> events) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 4);
        List<Object> shuffled = new ArrayList<>(events);
        events.stream().filter(event -> random.nextInt(8) == 0).forEach(shuffled::add);
        Collections.shuffle(shuffled, random);
        Map<String, Integer> lines = new HashMap<>();
        List<Delivery> deliveries = new ArrayList<>();
        for (Object event : shuffled) {
            String topic =
                    event instanceof OrderEvent ? "orders" : event instanceof ReturnEvent ? "returns" : "reviews";
            deliveries.add(new Delivery(topic, lines.merge(topic, 1, Integer::sum) - 1, event));
        }
        return deliveries;
    }

    /** A day to stop at: mostly well after the last event, now and then before it. */
    public static int untilDay(long seed, List<Delivery> history, Policy policy) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 3);
        long last = history.stream().mapToLong(Delivery::time).max().orElse(0);
        return QualityOracle.day(last, policy) + pick(random, List.of(1, 1, 2, 8, 30, 91, 185, 0, -7, -30));
    }

    private List<Object> play() {
        events.removeIf(event -> new Delivery("", 0, event).time() >= end);
        return events;
    }

    /** What an order says of itself. */
    private static final class Attributes implements Cloneable {
        String order;
        Type type = Type.REGULAR;
        String factory;
        String category;
        String belt;
        String buyer;
        Segment segment;
        long paidAt;
        long shipBy;
        int leadDays;

        Attributes copy() {
            try {
                return (Attributes) clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Attributes attributes(String factory, long paidAt) {
        Attributes attributes = new Attributes();
        // Ids whose order is neither that of payment nor that of UTF-16.
        attributes.order = pick(List.of("A", "b", "-", "\uFF5E", "\uD83D\uDE00", "9")) + orders++;
        attributes.factory = factory;
        attributes.category = CATEGORIES.get(0);
        attributes.belt = "belt-" + random.nextInt(3);
        attributes.buyer = "buyer-" + random.nextInt(5);
        attributes.segment = pick(List.of(Segment.values()));
        attributes.paidAt = paidAt;
        attributes.shipBy = paidAt + 2 * DAY_MS;
        return attributes;
    }

    private void order(Attributes attributes, Status status, long time, CancelledBy cancelledBy) {
        events.add(new OrderEvent(
                eventId(),
                attributes.order,
                status,
                time,
                attributes.type,
                attributes.factory,
                attributes.category,
                attributes.belt,
                attributes.buyer,
                attributes.segment,
                attributes.paidAt,
                attributes.shipBy,
                attributes.leadDays,
                cancelledBy,
                List.of(new Line("1", "sku", 1, 1_000_000, "CNY", Channel.WHOLESALE))));
    }

    private void step(String order, String id, ReturnEvent.Stage stage, long time, Reason reason, Liable liable) {
        events.add(new ReturnEvent(eventId(), id, order, stage, time, reason, liable));
    }

    private void review(String order, String id, ReviewEvent.Stage stage, long time, int stars, Set<Topic> topics) {
        events.add(new ReviewEvent(eventId(), id, order, stage, time, stars, topics));
    }

    private String eventId() {
        return pick(List.of("e", "E", "\uFF5E", "\uD83D\uDE00")) + random.nextInt(10) + "-" + ids++;
    }

    /** An order as most are, with the defects asked for; they show within days. */
    private void plain(Attributes order, Set<DefectClass> defects) {
        if (random.nextInt(50) > 0) {
            order(order, Status.PAID, order.paidAt, null);
        }
        boolean late = defects.contains(DefectClass.FULFILMENT);
        if (late && random.nextBoolean()) {
            order(order, Status.CANCELLED, order.paidAt + random.nextInt(72) * HOUR_MS, CancelledBy.FACTORY);
        } else {
            long shippedAt = late
                    ? order.shipBy + pick(List.of(1L, HOUR_MS, DAY_MS))
                    : order.shipBy - pick(List.of(0L, 1L, 2 * HOUR_MS, DAY_MS));
            order(order, Status.SHIPPED, Math.max(order.paidAt, shippedAt), null);
        }
        long now = order.paidAt + pick(List.of(0L, 1L, 5 * HOUR_MS, DAY_MS, 4 * DAY_MS, 11 * DAY_MS));
        if (defects.contains(DefectClass.QUALITY)) {
            step(order.order, "q", ReturnEvent.Stage.OPENED, now, pick(FAULTS), null);
            if (random.nextInt(6) == 0) {
                step(
                        order.order,
                        "q",
                        ReturnEvent.Stage.JUDGED,
                        now + random.nextInt(40) * DAY_MS / 2,
                        pick(FAULTS),
                        pick(List.of(Liable.values())));
            } else {
                step(order.order, "q", ReturnEvent.Stage.ACCEPTED, now + HOUR_MS / 2, pick(FAULTS), null);
            }
        }
        if (defects.contains(DefectClass.NEGATIVE_REVIEW)) {
            review(order.order, "n", ReviewEvent.Stage.POSTED, now, 1 + random.nextInt(2), Set.of(Topic.PRODUCT));
            if (random.nextInt(8) == 0) {
                review(order.order, "n", ReviewEvent.Stage.REMOVED, now + 9 * DAY_MS, 1, Set.of());
            }
        }
        if (defects.contains(DefectClass.AFTER_SALES)) {
            switch (random.nextInt(3)) {
                case 0 -> step(order.order, "a", ReturnEvent.Stage.OPENED, now, Reason.CHANGED_MIND, null);
                case 1 -> step(order.order, "a", ReturnEvent.Stage.JUDGED, now, Reason.OTHER, Liable.FACTORY);
                default -> review(order.order, "a", ReviewEvent.Stage.POSTED, now, 5, Set.of(Topic.UNREACHABLE));
            }
        }
    }

    /** An order whose events lie wherever a comparison could be off by one, in any sequence, some of them contradicting. */
    private void strange(String factory, int day) {
        QualityPolicy quality = policy.quality();
        long match = quality.matchTimeoutHours() * HOUR_MS;
        long sla = quality.returnSlaHours() * HOUR_MS;
        long paidAt = random.nextInt(3) == 0
                ? midnight(day) + pick(List.of(-1L, 0L, 0L, 1L))
                : midnight(day) + random.nextInt(26) * HOUR_MS;
        Attributes order = attributes(factory, paidAt);
        order.type = random.nextInt(10) == 0 ? pick(List.of(Type.values())) : Type.REGULAR;
        order.category = pick(CATEGORIES);
        order.leadDays = pick(List.of(0, 0, 0, 0, 1, 5, 30, 365));
        order.shipBy = paidAt + pick(List.of(0L, HOUR_MS, DAY_MS, 2 * DAY_MS, 20 * DAY_MS));
        long forgotten = midnight(QualityOracle.day(paidAt, policy) + order.leadDays + quality.orderRetentionDays());
        int late = day + random.nextInt(12);
        List<Long> instants = List.of(
                paidAt,
                paidAt,
                order.shipBy,
                order.shipBy,
                midnight(late),
                midnight(late),
                midnight(late) + random.nextInt(48) * HOUR_MS / 2,
                paidAt + random.nextInt(200) * HOUR_MS,
                paidAt - match,
                paidAt - sla,
                paidAt + sla,
                forgotten,
                forgotten - sla);
        List<Long> edges = new ArrayList<>(instants);
        instants.forEach(instant -> edges.addAll(List.of(instant - 1, instant + 1)));

        boolean exists = random.nextInt(20) > 0;
        if (exists) {
            if (random.nextInt(10) > 0) {
                strangeOrderEvent(order, Status.PAID, paidAt);
            }
            if (random.nextInt(12) == 0) {
                strangeOrderEvent(order, Status.PAID, Math.max(paidAt, pick(edges)));
            }
            long last = Math.max(paidAt, pick(edges));
            for (int i = random.nextInt(3); i > 0; i--) {
                strangeOrderEvent(order, Status.SHIPPED, last);
                last = random.nextBoolean() ? last : Math.max(paidAt, pick(edges));
            }
            for (int i = Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
                strangeOrderEvent(order, Status.CANCELLED, last);
                last = random.nextBoolean() ? last : Math.max(paidAt, pick(edges));
            }
        }
        if (random.nextInt(5) == 0) {
            strangeOrderEvent(order, Status.DELIVERED, Math.max(paidAt, pick(edges)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            long last = pick(edges);
            Reason reason = random.nextBoolean() ? pick(FAULTS) : pick(List.of(Reason.values()));
            for (int j = 1 + random.nextInt(4); j > 0; j--) {
                ReturnEvent.Stage stage =
                        random.nextInt(3) == 0 ? ReturnEvent.Stage.OPENED : pick(List.of(ReturnEvent.Stage.values()));
                boolean judged = stage == ReturnEvent.Stage.JUDGED;
                step(
                        order.order,
                        "r" + i,
                        stage,
                        last,
                        random.nextInt(3) > 0 ? reason : pick(List.of(Reason.values())),
                        judged || random.nextInt(4) == 0
                                ? (random.nextBoolean() ? Liable.FACTORY : pick(List.of(Liable.values())))
                                : null);
                last = switch (random.nextInt(8)) {
                    case 0, 1 -> last;
                    case 2 -> last + sla - 1;
                    case 3 -> last + sla;
                    case 4 -> last + sla + 1;
                    case 5 -> last - sla;
                    default -> pick(edges);
                };
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            long last = pick(edges);
            for (int j = 1 + random.nextInt(3); j > 0; j--) {
                Set<Topic> topics = EnumSet.noneOf(Topic.class);
                while (random.nextInt(3) > 0) {
                    topics.add(pick(List.of(Topic.LOGISTICS, Topic.LOGISTICS, Topic.PRODUCT, Topic.UNREACHABLE)));
                }
                ReviewEvent.Stage stage =
                        random.nextBoolean() ? ReviewEvent.Stage.POSTED : pick(List.of(ReviewEvent.Stage.values()));
                review(order.order, "v" + i, stage, last, 1 + random.nextInt(5), topics);
                last = random.nextInt(3) == 0 ? last : pick(edges);
            }
        }
    }

    /** A producer that contradicts itself now and then. */
    private void strangeOrderEvent(Attributes order, Status status, long time) {
        Attributes said = order.copy();
        said.paidAt = status == Status.PAID ? time : said.paidAt;
        if (random.nextInt(8) == 0) {
            if (status != Status.PAID && random.nextBoolean()) {
                said.paidAt = time - pick(List.of(0L, 1L, DAY_MS, 9 * DAY_MS));
            }
            said.belt = random.nextBoolean() ? said.belt : "belt-x";
            said.shipBy = random.nextBoolean() ? said.shipBy : time;
            said.leadDays = random.nextBoolean() ? said.leadDays : random.nextInt(30);
            said.buyer = random.nextBoolean() ? said.buyer : "buyer-x";
            said.segment = random.nextBoolean() ? said.segment : Segment.CONSUMER;
            said.factory = random.nextBoolean() ? said.factory : "f" + random.nextInt(3);
            said.category = random.nextBoolean() ? said.category : pick(CATEGORIES);
            said.type = random.nextInt(4) > 0 ? said.type : pick(List.of(Type.values()));
        }
        said.shipBy = Math.max(said.paidAt, said.shipBy);
        order(said, status, time, status == Status.CANCELLED ? pick(List.of(CancelledBy.values())) : null);
    }

    /** One factory's days. */
    private final class Walk {
        private final String factory;
        private int perDay = pick(List.of(2, 3, 5, 8));
        private int pool = pick(List.of(6, 30, 200));
        private final List<String> categories = pick(
                List.of(List.of(CATEGORIES.get(0)), List.of(CATEGORIES.get(1)), CATEGORIES, CATEGORIES.subList(0, 2)));
        private final Map<DefectClass, Double> rates = new EnumMap<>(DefectClass.class);
        private final List<Attributes> cancellable = new ArrayList<>();
        private Segment poorSegment;
        private double poorRate;
        private int leadDays;
        private boolean promises;
        private boolean tidy;
        private int day = firstDay + random.nextInt(5);

        Walk(String factory) {
            this.factory = factory;
        }

        void walk() {
            int scenes = 1 + random.nextInt(3);
            if (random.nextInt(5) == 0) {
                calledOff();
            }
            for (int i = 0; i < scenes; i++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> demotion();
                    case 3 -> {
                        days(30 + random.nextInt(40));
                        bad(pick(List.of(1.3, 1.7, 2.2)), 3 + random.nextInt(25));
                    }
                    case 4 -> erratic();
                    case 5 -> unequal();
                    case 6 -> burst();
                    case 7 -> promises();
                    case 8 -> pause();
                    default -> cancels();
                }
                if (random.nextInt(3) == 0) {
                    day += pick(List.of(1, 2, 30, 88, 89, 90, 91, 92, 178, 179, 180, 181, 182));
                } else {
                    days(pick(List.of(0, 10, 30, 50)));
                }
            }
        }

        /** Bad enough to be demoted, good for long enough to be tried, then bad or good again. */
        private void demotion() {
            days(pick(List.of(5, 12, 25)));
            double far = pick(List.of(3.0, 5.0, 30.0));
            bad(far, pick(List.of(8, 12, 20)));
            if (random.nextInt(6) == 0) {
                return;
            }
            days(pick(List.of(20, 28, 30, 32, 36, 45, 75)));
            for (int i = random.nextInt(3); i > 0; i--) {
                bad(far, pick(List.of(3, 8, 14)));
                days(pick(List.of(20, 45, 75)));
            }
            days(pick(List.of(0, 14, 30)));
        }

        /** Severe in one day, bad for long enough to be demoted, good until the trial, and severe again. */
        private void trial(DefectClass defectClass, int daysOfTrial) {
            tidy = true;
            pool = 1000;
            perDay = 6;
            days(12);
            // What is shipped late shows later than the rest.
            shock(defectClass, defectClass == DefectClass.FULFILMENT ? 500 : 80, 0.95);
            rates.put(defectClass, 0.5);
            days(6);
            rates.clear();
            days(31 + daysOfTrial);
            shock(defectClass, 80, 0.95);
            days(30);
        }

        private void calledOffOnTrial(int delay) {
            promises = true;
            tidy = true;
            pool = 1000;
            perDay = 8;
            days(12);
            shock(DefectClass.QUALITY, 80, 0.95);
            rates.put(DefectClass.QUALITY, 0.5);
            days(6);
            rates.clear();
            days(26 + delay);
            promises = false;
            cancelAll();
        }

        private void calledOffOnWatch() {
            promises = true;
            tidy = true;
            pool = 1000;
            perDay = 8;
            days(40);
            shock(DefectClass.NEGATIVE_REVIEW, 24, 0.9);
            promises = false;
            day++;
            cancelAll();
        }

        private void shock(DefectClass defectClass, int orders, double rate) {
            int usual = perDay;
            perDay = orders;
            rates.put(defectClass, rate);
            days(1);
            rates.clear();
            perDay = usual;
        }

        private void bad(double times, int count) {
            for (DefectClass defectClass : DefectClass.values()) {
                if (random.nextInt(3) == 0 || (defectClass == DefectClass.QUALITY && random.nextBoolean())) {
                    double standard = policy.quality()
                                    .classesOf(categories.get(0))
                                    .get(defectClass)
                                    .standardBp()
                            / 10_000.0;
                    rates.put(defectClass, Math.min(0.95, standard * times));
                }
            }
            days(count);
            rates.clear();
        }

        /** Weeks of very different quality, each whole. */
        private void erratic() {
            double poor = pick(List.of(0.4, 0.5, 0.7));
            for (int week = 0; week < 10 + random.nextInt(6); week++) {
                rates.put(DefectClass.QUALITY, week % 3 == 0 ? poor : 0.0);
                days(7);
            }
            rates.clear();
            switch (random.nextInt(3)) {
                case 0 -> {
                    // What comes next decides.
                }
                case 1 -> bad(5, 20);
                default -> days(70 + random.nextInt(40));
            }
        }

        /** One segment gets the bad goods. */
        private void unequal() {
            poorSegment = pick(List.of(Segment.values()));
            poorRate = pick(List.of(0.3, 0.5, 0.8));
            days(30 + random.nextInt(50));
            if (random.nextInt(3) == 0) {
                bad(5, 15);
            }
            poorSegment = null;
            days(pick(List.of(0, 0, 60, 130)));
        }

        /** Long good, then so many defects within days that the drift is seen before the rate. */
        private void burst() {
            days(60);
            rates.put(pick(List.of(DefectClass.values())), 0.9);
            days(1 + random.nextInt(3));
            rates.clear();
            days(30);
        }

        /** Orders whose cohort day is far off, and a pause before it; some of them are called off. */
        private void promises() {
            promises = random.nextBoolean();
            leadDays = pick(List.of(60, 100, 200, 365));
            days(3 + random.nextInt(10));
            leadDays = 0;
            promises = false;
            day += pick(List.of(0, 20, 91, 95));
            if (random.nextBoolean()) {
                cancelAll();
            }
        }

        /** Long without an order that counts, but with orders to come, amid whatever is going on. */
        private void pause() {
            switch (random.nextInt(4)) {
                case 0 -> erratic();
                case 1 -> unequal();
                case 2 -> demotion();
                default -> {
                    // Nothing is going on.
                }
            }
            days(pick(List.of(0, 3, 10, 20, 40)));
            leadDays = 150;
            days(5);
            leadDays = 0;
            day += 145 - random.nextInt(10);
            days(pick(List.of(0, 10, 25, 60)));
        }

        /** Somewhere between probation and trial, or on watch, all that counts is called off. */
        private void calledOff() {
            promises = true;
            days(12);
            bad(pick(List.of(1.5, 10.0, 30.0)), 8);
            days(random.nextInt(44));
            promises = false;
            cancelAll();
        }

        /** Orders that need not be shipped for long, called off in one night, which leaves nothing that counts. */
        private void cancels() {
            promises = true;
            if (random.nextBoolean()) {
                bad(20, 12);
            }
            days(10 + random.nextInt(20));
            promises = false;
            cancelAll();
        }

        private void cancelAll() {
            long night = midnight(day) + pick(List.of(-1L, 0L, HOUR_MS));
            for (Attributes order : cancellable) {
                order(order, Status.CANCELLED, Math.max(night, order.paidAt), CancelledBy.BUYER);
            }
            cancellable.clear();
        }

        private void days(int count) {
            for (int i = 0; i < count; i++, day++) {
                int today = perDay + random.nextInt(3) - 1;
                for (int j = 0; j < today; j++) {
                    if (!tidy && random.nextInt(40) == 0) {
                        strange(factory, day);
                    } else {
                        one();
                    }
                }
            }
        }

        private void one() {
            long time = midnight(day) + random.nextInt(23) * HOUR_MS + pick(List.of(0L, 0L, 1L, HOUR_MS / 2));
            Attributes order = attributes(factory, time);
            order.buyer = "b" + random.nextInt(pool);
            order.category = pick(categories);
            order.leadDays = leadDays;
            order.shipBy = time + (leadDays + 2) * DAY_MS;
            Set<DefectClass> defects = EnumSet.noneOf(DefectClass.class);
            rates.forEach((defectClass, rate) -> {
                if (random.nextDouble() < rate) {
                    defects.add(defectClass);
                }
            });
            if (order.segment == poorSegment && random.nextDouble() < poorRate) {
                defects.add(DefectClass.QUALITY);
            }
            if (promises) {
                order.shipBy = time + 300 * DAY_MS;
                defects.remove(DefectClass.FULFILMENT);
                cancellable.add(order);
                int before = events.size();
                plain(order, defects);
                events.subList(before, events.size())
                        .removeIf(event -> event instanceof OrderEvent paid && paid.status() == Status.SHIPPED);
                if (events.subList(before, events.size()).stream().noneMatch(OrderEvent.class::isInstance)) {
                    order(order, Status.PAID, time, null);
                }
                return;
            }
            plain(order, defects);
        }
    }

    private long midnight(int day) {
        return QualityOracle.midnight(day, policy);
    }

    private <T> T pick(List<T> choices) {
        return pick(random, choices);
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
