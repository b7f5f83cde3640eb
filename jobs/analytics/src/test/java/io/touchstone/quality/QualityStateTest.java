package io.touchstone.quality;

import static io.touchstone.quality.Orders.CALENDAR;
import static io.touchstone.quality.Orders.DAY_0;
import static io.touchstone.quality.Orders.HOUR;
import static io.touchstone.quality.Orders.ORDER;
import static io.touchstone.quality.Orders.cancelled;
import static io.touchstone.quality.Orders.judged;
import static io.touchstone.quality.Orders.midnight;
import static io.touchstone.quality.Orders.newOrder;
import static io.touchstone.quality.Orders.noon;
import static io.touchstone.quality.Orders.opened;
import static io.touchstone.quality.Orders.order;
import static io.touchstone.quality.Orders.paid;
import static io.touchstone.quality.Orders.posted;
import static io.touchstone.quality.Orders.removed;
import static io.touchstone.quality.Orders.returned;
import static io.touchstone.quality.Orders.shipped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Reason;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.state.ReleasedState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

/** What releases kept of orders and factories is read by today's program, and looks as it did. */
class QualityStateTest {
    private static final PolicyTimeline POLICIES = new PolicyTimeline(Policy.DEFAULT);
    private static final int END = 170;

    /** The classes of 0.1.0: what a release kept does not grow with those that came later. */
    private static final List<DefectClass> CLASSES =
            List.of(DefectClass.QUALITY, DefectClass.NEGATIVE_REVIEW, DefectClass.FULFILMENT, DefectClass.AFTER_SALES);

    private static Spells spells(long first) {
        Map<DefectClass, Long> since = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : CLASSES) {
            since.put(defectClass, first + defectClass.ordinal() * HOUR);
        }
        return new Spells(since);
    }

    private static BuyerDay unit(int day, String buyer) {
        return new BuyerDay("工厂-1", DAY_0 + day, Segment.PLUS_MEMBER, "袜子", buyer);
    }

    @Test
    void recordsOfOrdersGoOnAsTheyWere() {
        var records = new ReleasedState<OrderRecord>(
                "order-record", OrderRecord::write, in -> OrderRecord.read(in, ORDER, Policy.DEFAULT, CALENDAR));
        records.isReadAsItWasWritten(orders(), QualityStateTest::goesOn);
        records.refusesWhatIsNewer("63", "an order record of version 99 cannot be read, this program knows 1");
    }

    private static Map<String, OrderRecord> orders() {
        Map<String, OrderRecord> orders = new LinkedHashMap<>();
        OrderRecord plain = newOrder();
        plain.apply(paid(), noon(0));
        orders.put("paid", plain);

        OrderRecord first = newOrder();
        first.apply(order("事件", Status.SHIPPED, noon(1), null, OrderEvent.Type.SAMPLE, "工厂-1"), noon(1) + HOUR);
        orders.put("a-sample-that-came-late", first);

        OrderRecord late = newOrder();
        late.apply(paid(), noon(0));
        late.apply(shipped(noon(3)), noon(3));
        orders.put("shipped-late", late);

        for (CancelledBy by : CancelledBy.values()) {
            OrderRecord cancelled = newOrder();
            cancelled.apply(paid(), noon(0));
            cancelled.apply(cancelled(noon(1), by), noon(1) + 1);
            orders.put("cancelled-by-" + by, cancelled);
        }

        OrderRecord waiting = newOrder();
        waiting.apply(opened(noon(0)), noon(0));
        waiting.apply(posted(noon(0), 1, Topic.UNREACHABLE), noon(0));
        orders.put("returned-before-it-came", waiting);

        OrderRecord unanswered = newOrder();
        unanswered.apply(paid(), noon(0));
        unanswered.apply(opened(noon(1)), noon(1));
        orders.put("not-answered-yet", unanswered);

        for (Reason reason : Reason.values()) {
            OrderRecord returned = newOrder();
            returned.apply(paid(), noon(0));
            returned.apply(returned(ReturnEvent.Stage.OPENED, noon(1), reason, null), noon(1));
            orders.put("returned-for-" + reason, returned);
        }
        for (ReturnEvent.Stage stage : ReturnEvent.Stage.values()) {
            Liable liable = stage == ReturnEvent.Stage.JUDGED ? Liable.BUYER : null;
            OrderRecord returned = newOrder();
            returned.apply(paid(), noon(0));
            returned.apply(opened(noon(1)), noon(1));
            returned.apply(returned(stage, noon(2), Reason.COUNTERFEIT, liable), noon(2) + 5);
            orders.put("return-" + stage, returned);
        }
        for (Liable liable : Liable.values()) {
            OrderRecord returned = newOrder();
            returned.apply(paid(), noon(0));
            returned.apply(judged(noon(2), liable), noon(2));
            orders.put("at-fault-" + liable, returned);
        }

        OrderRecord everything = newOrder();
        everything.apply(paid(), noon(0));
        everything.apply(shipped(noon(4)), noon(4));
        everything.apply(cancelled(noon(5), CancelledBy.FACTORY), noon(5));
        everything.apply(opened(noon(5)), noon(5));
        everything.apply(judged(noon(6), Liable.FACTORY), noon(6));
        everything.apply(
                new ReturnEvent("e", "退货-2", ORDER, ReturnEvent.Stage.OPENED, noon(6), Reason.OTHER, null), noon(6));
        everything.apply(posted(noon(6), 1, Topic.PRODUCT, Topic.UNREACHABLE), noon(6));
        everything.apply(new ReviewEvent("e", "评价-2", ORDER, ReviewEvent.Stage.EDITED, noon(7), 5, Set.of()), noon(7));
        orders.put("everything", everything);

        OrderRecord mended = newOrder();
        mended.apply(paid(), noon(0));
        mended.apply(posted(noon(6), 2, Topic.LOGISTICS), noon(6));
        mended.apply(removed(noon(7)), noon(7));
        orders.put("review-removed", mended);
        return orders;
    }

    /** What it means on every day, when it wants to be looked at, and what it tells as time and events go by. */
    private static Object goesOn(OrderRecord order) {
        List<Object> noticed = new ArrayList<>();
        for (int day = 0; day < 12; day++) {
            noticed.add(order.at(midnight(day)));
            noticed.add(order.nextWakeUp(midnight(day)));
        }
        noticed.add(order.end());
        noticed.add(order.awaitsAnswers());
        noticed.add(order.apply(order("e0", Status.SHIPPED, noon(1), null, OrderEvent.Type.REGULAR, "f2"), noon(8)));
        noticed.add(order.wake(noon(30)));
        noticed.add(order.apply(posted(noon(6), 1), noon(31)));
        noticed.add(order.apply(opened(noon(31)), noon(31)));
        noticed.add(order.apply(cancelled(noon(0), CancelledBy.BUYER), noon(32)));
        noticed.add(order.isOver(noon(200)));
        return noticed;
    }

    @Test
    void newsComesBack() {
        Map<String, OrderNews> news = new LinkedHashMap<>();
        news.put("paid", OrderNews.of(paid()));
        news.put(
                "cancelled-and-late",
                OrderNews.of(cancelled(noon(1), CancelledBy.PLATFORM)).at(noon(9)));
        news.put("sample", OrderNews.of(order("事件", Status.SHIPPED, noon(1), null, OrderEvent.Type.GIFT, "工厂-1")));
        Origin origin = new Origin("returns", 3, 1L << 40, new byte[] {-1, 0, 127});
        news.put("opened", OrderNews.of(opened(noon(1)), origin));
        news.put("judged", OrderNews.of(judged(noon(1), Liable.CARRIER), origin));
        news.put("praise", OrderNews.of(posted(noon(1), 5), origin));
        news.put(
                "complaint",
                OrderNews.of(
                                posted(noon(1), 1, Topic.PRODUCT, Topic.SERVICE, Topic.LOGISTICS, Topic.UNREACHABLE),
                                origin)
                        .at(noon(2)));
        var kept = new ReleasedState<OrderNews>("order-news", OrderNews::write, OrderNews::read);
        kept.isReadAsItWasWritten(news, QualityStateTest::fields);
        kept.refusesWhatIsNewer("63", "news of version 99 are newer than this program");
    }

    private static Object fields(OrderNews news) {
        List<Object> fields = new ArrayList<>();
        fields.add(new OrderNews(news.time(), news.order(), news.step(), news.review(), null));
        if (news.origin() != null) {
            fields.add(news.origin().topic());
            fields.add(news.origin().partition());
            fields.add(news.origin().offset());
            fields.add(HexFormat.of().formatHex(news.origin().value()));
        }
        return fields;
    }

    @Test
    void factsComeBack() {
        Map<String, Fact> facts = new LinkedHashMap<>();
        facts.put("counts", new Fact(noon(0), "订单-1", unit(0, "买家-1"), 1, Set.of(), Spells.NONE, null));
        facts.put("belt", Fact.of(noon(0), "o1", unit(0, "b"), new Fact.Belt(noon(0), "诸暨")));
        facts.put(
                "everything",
                new Fact(
                        noon(9),
                        "o1",
                        unit(0, "b"),
                        -1,
                        EnumSet.copyOf(CLASSES),
                        spells(noon(8)),
                        new Fact.Belt(noon(0), "b")));
        var kept = new ReleasedState<Fact>("fact", Fact::write, Fact::read);
        kept.isReadAsItWasWritten(facts, fact -> fact);
        kept.refusesWhatIsNewer("63", "a fact of version 99 cannot be read, this program knows 1");
    }

    @Test
    void postingsComeBack() {
        Map<String, Posting> postings = new LinkedHashMap<>();
        Cell cell = new Cell(Segment.WHOLESALER, "袜子");
        postings.put("counts", new Posting(DAY_0, cell, 1, 1, Map.of(), null, null));
        postings.put("too-old", new Posting(DAY_0, null, -1, 0, Map.of(), null, null));
        Map<DefectClass, Posting.OfClass> classes = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : CLASSES) {
            Integer knownOn = defectClass == DefectClass.QUALITY ? null : DAY_0 + 3;
            classes.put(defectClass, new Posting.OfClass(knownOn == null ? -1 : 1, 1, knownOn));
        }
        postings.put("everything", new Posting(DAY_0, cell, -1, -1, classes, new Fact.Belt(noon(0), "诸暨"), "订单-1"));
        var kept = new ReleasedState<Posting>("journal", Journal::write, Journal::read);
        kept.isReadAsItWasWritten(postings, posting -> posting);
        kept.refusesWhatIsNewer("63", "a journal of version 99 cannot be read, this program knows 1");
    }

    @Test
    void ordersOfABuyerDayComeBack() {
        Map<String, BuyerDayOrders> orders = new LinkedHashMap<>();
        orders.put("sound", new BuyerDayOrders(1, Map.of()));
        orders.put("many", new BuyerDayOrders(300, Map.of(DefectClass.AFTER_SALES, 200)));
        Map<DefectClass, Integer> defective = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : CLASSES) {
            defective.put(defectClass, 1 + defectClass.ordinal());
        }
        orders.put("everything", new BuyerDayOrders(9, defective));
        var kept = new ReleasedState<BuyerDayOrders>("buyer-day-orders", BuyerDayOrders::write, BuyerDayOrders::read);
        kept.isReadAsItWasWritten(orders, value -> value);
        kept.refusesWhatIsNewer("0063", "orders of a buyer-day of version 99 cannot be read, this program knows 1");
        assertThat(orders.values()).as("a later form begins with a zero").noneMatch(o -> kept.pack(o)[0] == 0);
    }

    @Test
    void defectsComeBack() {
        Map<String, Defect> defects = new LinkedHashMap<>();
        for (Segment segment : Segment.values()) {
            defects.put("of-" + segment, new Defect(ORDER, "买家-1", segment, noon(0)));
        }
        var kept = new ReleasedState<Defect>("defect", Defect::write, in -> Defect.read(in, ORDER));
        kept.isReadAsItWasWritten(defects, defect -> defect);
        kept.refusesWhatIsNewer("63", "a defect of version 99 cannot be read, this program knows 1");
        assertThat(defects.values()).as("a later form begins with its version").allMatch(d -> kept.pack(d)[0] < 0);
    }

    /** Kept as long as an order is: a program that knew fewer classes, or is to know fewer, must not take one for another. */
    @Test
    void aClassThatOnlyALaterProgramKnowsIsRefused() {
        int unknown = 1 << DefectClass.values().length;
        assertThatThrownBy(() -> Spells.classes(unknown)).hasMessageContaining("newer than this program");
        assertThatThrownBy(() -> Spells.classes(0x80)).hasMessageContaining("newer than this program");
    }

    /** What a program makes of an order may grow, by a class of defect for one: the record is the same, what was told is not. */
    @Test
    void aDefectThatNoProgramBeforeToldIsToldOnceTheOrderIsLookedAt() {
        OrderRecord returned = newOrder();
        returned.apply(paid(), noon(0));
        returned.apply(opened(noon(1)), noon(1));
        byte[] told = QualityDriver.pack(returned::write);
        Spells defects = returned.at(noon(2)).orElseThrow().defects();
        int size = QualityDriver.pack(out -> defects.write(noon(0), out)).length;
        byte[] untold = Arrays.copyOf(told, told.length - size);
        untold[1] &= ~64;
        OrderRecord record = QualityDriver.read(untold, in -> OrderRecord.read(in, ORDER, Policy.DEFAULT, CALENDAR));
        assertThat(record.wake(noon(2)))
                .singleElement()
                .satisfies(fact -> assertThat(fact.begun()).isEqualTo(defects));
        assertThat(record.wake(noon(3))).isEmpty();
    }

    /** By class are as many numbers as the program knew classes: classes that were added since have none. */
    @Test
    void aLedgerMayKnowFewerClassesButNotMore() throws IOException {
        int classes = DefectClass.values().length;
        FactoryLedger fewer =
                QualityDriver.read(emptyLedger(classes - 1), in -> FactoryLedger.read(in, "f1", POLICIES, CALENDAR));
        assertThat(QualityDriver.pack(fewer::write)).isEqualTo(emptyLedger(classes));
        byte[] more = emptyLedger(classes + 1);
        assertThatThrownBy(() -> QualityDriver.read(more, in -> FactoryLedger.read(in, "f1", POLICIES, CALENDAR)))
                .hasStackTraceContaining(
                        "defective buyers by class are " + (classes + 1) + " numbers, this program knows " + classes);
    }

    private static byte[] emptyLedger(int classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // A version, no names, no days; the window.
        bytes.write(new byte[] {1, 0, 0, 60, (byte) classes});
        // No buyers; neither belt nor score, none of the three kinds of episodes.
        bytes.write(new byte[classes + 5]);
        return bytes.toByteArray();
    }

    @Test
    void ledgersOfFactoriesGoOnAsTheyWere() {
        var ledgers = new ReleasedState<FactoryLedger>(
                "factory-ledger", FactoryLedger::write, in -> FactoryLedger.read(in, "f1", POLICIES, CALENDAR));
        ledgers.isReadAsItWasWritten(ledgers(), QualityStateTest::goesOn);
        ledgers.refusesWhatIsNewer("63", "a factory ledger of version 99 cannot be read, this program knows 1");
    }

    private static Map<String, FactoryLedger> ledgers() {
        Map<String, FactoryLedger> ledgers = new LinkedHashMap<>();
        ledgers.put("nothing", new FactoryLedger("f1", POLICIES, CALENDAR));
        ledgers.put("not-judged-yet", lived(END, (day, segment) -> false));
        ledgers.put("good", lived(END - 40, (day, segment) -> false));
        ledgers.put("in-probation", lived(END - 30, (day, segment) -> day >= END - 2));
        ledgers.put("uneven", lived(END - 90, (day, segment) -> segment == Segment.CONSUMER && day / 7 % 2 == 0));
        ledgers.put("demoted-twice", lived(0, (day, segment) -> day / 20 == 1 || day / 20 == 8));
        return ledgers;
    }

    /** The ledger of a factory that has traded since a day; by day and segment, whether what it sold was bad. */
    private static FactoryLedger lived(int from, BiPredicate<Integer, Segment> bad) {
        EntriesInMemory entries = new EntriesInMemory();
        Journal journal = new Journal(Policy.DEFAULT, CALENDAR);
        FactoryLedger ledger = new FactoryLedger("f1", POLICIES, CALENDAR);
        for (int day = from; day <= END; day++) {
            for (Segment segment : Segment.values()) {
                for (int i = 0; i < 3; i++) {
                    boolean defective = i > 0 && bad.test(day, segment);
                    Fact fact = new Fact(
                            noon(day),
                            "o" + day + segment + i,
                            new BuyerDay("f1", DAY_0 + day, segment, "c" + i, "b" + segment + i),
                            1,
                            Set.of(),
                            defective ? spells(noon(day)) : Spells.NONE,
                            i == 0 ? null : new Fact.Belt(noon(day), "诸暨"));
                    byte[] posting =
                            QualityDriver.pack(out -> journal.enter(fact, CALENDAR.day(fact.instant()), entries, out));
                    QualityDriver.read(posting, in -> {
                        ledger.post(in);
                        return null;
                    });
                }
            }
            if (day < END) {
                ledger.evaluate(DAY_0 + day + 1, entries);
            }
        }
        return ledger;
    }

    /** What evaluations find as long as anything is left, without the entries, and how the rest is forgotten. */
    private static Object goesOn(FactoryLedger ledger) {
        List<Object> noticed = new ArrayList<>();
        for (int day : new int[] {1, 2, 8, 30, 60, 89, 90, 91, 200}) {
            noticed.add(ledger.evaluate(DAY_0 + END + day, new EntriesInMemory()));
        }
        return noticed;
    }
}
