package io.touchstone.price;

import io.touchstone.market.LocalCalendar;
import io.touchstone.market.Origin;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.KeyedLines.Kind;
import io.touchstone.price.KeyedLines.Line;
import io.touchstone.state.ReleasedState;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What releases kept of prices is read by today's program, and looks as it did. */
class PriceStateTest {
    private static final String SUBJECT = "袜/子/WHOLESALE/CNY";
    private static final LocalCalendar CALENDAR = new LocalCalendar(Policy.DEFAULT.timeZone());
    private static final PolicyTimeline POLICIES = new PolicyTimeline(Policy.DEFAULT);
    private static final int DAY_1 = (int) LocalDate.of(2024, 3, 1).toEpochDay();
    private static final long MINUTE = 60_000;

    private final ReleasedState<PriceLedger> ledgers = new ReleasedState<>(
            "price-ledger", PriceLedger::write, in -> PriceLedger.read(in, SUBJECT, POLICIES, CALENDAR));

    private final ReleasedState<KeyedLines> lines =
            new ReleasedState<>("keyed-lines", KeyedLines::write, KeyedLines::read);

    private static long noon(int day) {
        return CALENDAR.midnight(DAY_1 + day) + 720 * MINUTE;
    }

    private static KeyedLines event(Kind kind, String orderId, String buyerId, long at, long quantity, long price) {
        List<Line> lines = List.of(new Line("1", quantity, price));
        return new KeyedLines(SUBJECT, kind, at, at, "e-" + orderId + kind, orderId, "F-1", buyerId, lines, null);
    }

    private static KeyedLines sold(String orderId, String buyerId, long at, long quantity, long price) {
        return event(Kind.SHIPPED, orderId, buyerId, at, quantity, price);
    }

    private static KeyedLines paid(String orderId, String buyerId, long at, long price) {
        return event(Kind.PAID, orderId, buyerId, at, 12, price);
    }

    /** Everything that a fold has to tell, in its order. */
    private static List<Object> fold(PriceLedger ledger, long through, KeyedLines... lines) {
        List<Object> told = new ArrayList<>();
        ledger.fold(List.of(lines), through, new PriceLedger.Findings() {
            @Override
            public void floor(FloorRow row) {
                told.add(row);
            }

            @Override
            public void breach(Breach breach) {
                told.add(breach);
            }

            @Override
            public void alert(PriceAlert alert) {
                told.add(alert);
            }
        });
        return told;
    }

    private static PriceLedger after(long through, KeyedLines... lines) {
        PriceLedger ledger = new PriceLedger(SUBJECT, POLICIES, CALENDAR);
        fold(ledger, through, lines);
        return ledger;
    }

    private static KeyedLines[] market(KeyedLines... more) {
        List<KeyedLines> all = new ArrayList<>(List.of(
                sold("o1", "买家-1", noon(0), 1, 4_600_000),
                sold("o2", "买家-2", noon(0) + 20 * MINUTE, 12, 4_500_000),
                sold("o3", "买家-3", noon(1), 30, 4_500_000),
                sold("o4", "买家-4", noon(2), 15, 4_400_000),
                sold("o5", "买家-5", noon(3), 2000, 4_000_000)));
        all.addAll(List.of(more));
        return all.toArray(KeyedLines[]::new);
    }

    private Map<String, PriceLedger> ledgers() {
        Map<String, PriceLedger> ledgers = new LinkedHashMap<>();
        ledgers.put("one-deal", after(noon(0), sold("o1", "b", noon(0), 1, 100)));
        // Left by programs that woke every key at midnight.
        ledgers.put(
                "forgot-its-orders", this.ledgers.read(HexFormat.of().parseHex("020601000164c79a0100016200000000")));
        ledgers.put("floors", after(noon(3), market()));
        ledgers.put("carried", after(noon(34), market()));
        ledgers.put(
                "breached-by-two-orders-of-one-buyer",
                after(
                        noon(4) + 5 * MINUTE,
                        market(paid("p1", "x", noon(4), 4_800_000), paid("p2", "x", noon(4) + 5 * MINUTE, 4_900_000))));
        ledgers.put("alerted-by-a-spike", after(noon(4), market(paid("p1", "x", noon(4), 9_000_000))));
        ledgers.put(
                "alerted-by-two-buyers",
                after(
                        noon(4),
                        market(
                                paid("p1", "x", noon(4) - 40 * MINUTE, 4_800_000),
                                paid("p2", "y", noon(4) - 20 * MINUTE, 4_900_000),
                                paid("p3", "z", noon(4), 4_100_000))));
        ledgers.put("alerted-while-carried", after(noon(40), market(paid("p1", "x", noon(40), 9_000_000))));
        return ledgers;
    }

    /** What it tells as a market goes on, until nothing is left. */
    private static Object goesOn(PriceLedger ledger) {
        List<Object> told = new ArrayList<>();
        told.add(ledger.deals());
        told.add(ledger.nextMidnight());
        // Time goes on only: what is carried was kept on a later day.
        if (ledger.nextMidnight() <= CALENDAR.midnight(DAY_1 + 31)) {
            long now = noon(4) + 6 * MINUTE;
            told.add(fold(ledger, now, paid("p2", "x", now, 9_000_000), paid("p9", "y", now, 4_900_000)));
        }
        told.add(fold(
                ledger,
                noon(41),
                paid("p2", "y", noon(40) + MINUTE, 4_700_000),
                paid("o5", "y", noon(40) + 2 * MINUTE, 4_700_000),
                paid("q1", "y", noon(40) + 3 * MINUTE, 9_700_000),
                paid("q2", "y", noon(40) + 4 * MINUTE, 4_000_000),
                sold("q3", "买家-1", noon(40) + 5 * MINUTE, 3, 4_000_000)));
        told.add(fold(ledger, noon(800)));
        told.add(ledger.isEmpty());
        return told;
    }

    @Test
    void ledgersGoOnAsTheyWere() {
        ledgers.isReadAsItWasWritten(ledgers(), PriceStateTest::goesOn);
        ledgers.refusesWhatIsNewer("63", "price state of version 99 is newer than this program");
    }

    /** A floor was carried from a day on; now until one. */
    @Test
    void aFloorCarriedByVersion1IsCarriedAsLong() {
        ledgers.isReadToo("price-ledger-version-1", ledgers(), PriceStateTest::goesOn);
    }

    @Test
    void linesComeBack() {
        Map<String, KeyedLines> values = new LinkedHashMap<>();
        values.put("shipped", sold("o1", "b", noon(0), 1, 1));
        values.put(
                "paid",
                new KeyedLines(
                        SUBJECT,
                        Kind.PAID,
                        noon(1),
                        noon(1),
                        "事件-1",
                        "订单-1",
                        "工厂-1",
                        "买家-1",
                        List.of(new Line("1", 1_000_000_000L, 1_000_000_000_000L), new Line("行-2", 3, 2)),
                        new Origin("orders", 3, 1L << 40, new byte[] {-1, 0, 127})));
        values.put("came-late", sold("o1", "b", noon(0), 1, 1).at(noon(5)));
        lines.isReadAsItWasWritten(values, PriceStateTest::fields);
        lines.refusesWhatIsNewer("63", "keyed lines of version 99 are newer than this program");
    }

    private static Object fields(KeyedLines lines) {
        Origin origin = lines.origin();
        return origin == null
                ? List.of(lines)
                : List.of(
                        lines.withoutOrigin(),
                        origin.topic(),
                        origin.partition(),
                        origin.offset(),
                        HexFormat.of().formatHex(origin.value()));
    }
}
