package io.touchstone.price;

import io.touchstone.market.Ids;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.policy.PricePolicy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * All there is to know about the prices of one key: its floors and its alert, as a fold over its lines and the midnights between
 * them. What happens at one instant happens in this order: midnight actions, lines shipped, lines paid; then the history is taken.
 */
public final class PriceLedger {
    private static final int VERSION = 2;

    /** The version that kept, of a carried floor, the day on which it began to be. */
    private static final int CARRIED_SINCE = 1;

    private final String subject;
    private final PolicyTimeline policies;
    private final LocalCalendar calendar;
    private final FloorBook book;
    private final BreachWatch watch;
    private final RecentOrders shippedOrders;
    private final RecentOrders paidOrders;

    /** What the fold has to tell. */
    public interface Findings {
        void floor(FloorRow row);

        void breach(Breach breach);

        void alert(PriceAlert alert);
    }

    /** A key of which nothing is known yet. */
    public PriceLedger(String subject, PolicyTimeline policies, LocalCalendar calendar) {
        this(
                subject,
                policies,
                calendar,
                new FloorBook(policies.first().price(), calendar),
                new BreachWatch(subject, calendar),
                new RecentOrders(),
                new RecentOrders());
    }

    private PriceLedger(
            String subject,
            PolicyTimeline policies,
            LocalCalendar calendar,
            FloorBook book,
            BreachWatch watch,
            RecentOrders shippedOrders,
            RecentOrders paidOrders) {
        this.subject = subject;
        this.policies = policies;
        this.calendar = calendar;
        this.book = book;
        this.watch = watch;
        this.shippedOrders = shippedOrders;
        this.paidOrders = paidOrders;
    }

    /**
     * Folds lines and midnights up to and including an instant.
     *
     * @param lines all lines of this key after the last fold up to {@code through}, in any order, repeats included
     */
    public void fold(List<KeyedLines> lines, long through, Findings findings) {
        List<KeyedLines> ordered = lines;
        if (lines.size() > 1) {
            ordered = new ArrayList<>(lines);
            ordered.sort(KeyedLines.ORDER);
        }
        int from = 0;
        while (true) {
            long instant = Math.min(
                    nextMidnight(), from < ordered.size() ? ordered.get(from).time() : Long.MAX_VALUE);
            if (instant > through || instant == Long.MAX_VALUE) {
                return;
            }
            int to = from;
            while (to < ordered.size() && ordered.get(to).time() == instant) {
                to++;
            }
            instant(instant, ordered.subList(from, to), findings);
            from = to;
        }
    }

    private void instant(long instant, List<KeyedLines> lines, Findings findings) {
        Policy policy = policies.at(instant);
        int today = calendar.day(instant);
        boolean isMidnight = nextMidnight() == instant;
        // Payments set no floor: where nothing else happens there are no rows to look for.
        boolean movesFloors = isMidnight || lines.get(0).kind() == KeyedLines.Kind.SHIPPED;
        Floor[] before = movesFloors ? book.published() : null;
        if (isMidnight) {
            watch.midnight(instant, policy, findings::alert);
            book.midnight(today, policy.price().carryDays());
            shippedOrders.forget(instant);
            paidOrders.forget(instant);
        }
        List<List<KeyedLines>> shipped = new ArrayList<>();
        List<List<KeyedLines>> paid = new ArrayList<>();
        for (List<KeyedLines> deliveries : byOrder(lines)) {
            boolean isPayment = deliveries.get(0).kind() == KeyedLines.Kind.PAID;
            String orderId = deliveries.get(0).orderId();
            if ((isPayment ? paidOrders : shippedOrders).isFirst(orderId, instant)) {
                (isPayment ? paid : shipped).add(deliveries);
            }
        }
        // A deal paid at this very instant is history now, but no yardstick for what is paid beside it.
        shipped.forEach(deal -> join(deal, paidAt -> paidAt < instant, today));
        paid.forEach(order -> check(order, policy, findings));
        shipped.forEach(deal -> join(deal, paidAt -> paidAt >= instant, today));
        if (movesFloors) {
            publish(instant, before, policy, findings);
        }
    }

    /** Tiers and buyers, which no change of the policy touches. */
    private PricePolicy fixed() {
        return policies.first().price();
    }

    private void publish(long instant, Floor[] before, Policy policy, Findings findings) {
        Floor[] after = book.publish();
        for (int tier = 0; tier < before.length; tier++) {
            if (!after[tier].sameRowAs(before[tier])) {
                findings.floor(new FloorRow(
                        subject, policy.price().tiers().get(tier), instant, after[tier], policy.version()));
            }
        }
    }

    /** What happened to one order, in one way, at one instant: usually one event, perhaps delivered again. */
    private static List<List<KeyedLines>> byOrder(List<KeyedLines> lines) {
        List<List<KeyedLines>> orders = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= lines.size(); to++) {
            KeyedLines first = lines.get(from);
            if (to == lines.size()
                    || lines.get(to).kind() != first.kind()
                    || !lines.get(to).orderId().equals(first.orderId())) {
                orders.add(lines.subList(from, to));
                from = to;
            }
        }
        return orders;
    }

    /** Each line once, by its id; of several events the first one's. */
    private static Collection<KeyedLines.Line> lines(List<KeyedLines> deliveries) {
        if (deliveries.size() == 1 && deliveries.get(0).lines().size() == 1) {
            return deliveries.get(0).lines();
        }
        Map<String, KeyedLines.Line> lines = new TreeMap<>(Ids.ORDER);
        for (KeyedLines delivery : deliveries) {
            delivery.lines().forEach(line -> lines.putIfAbsent(line.lineId(), line));
        }
        return lines.values();
    }

    private void join(List<KeyedLines> deliveries, LongPredicate paidAt, int today) {
        KeyedLines shipped = deliveries.get(0);
        if (!paidAt.test(shipped.paidAt())) {
            return;
        }
        for (KeyedLines.Line line : lines(deliveries)) {
            int tier = fixed().tierOf(line.quantity());
            book.join(new Deal(shipped.buyerId(), calendar.day(shipped.paidAt()), tier, line.priceMicros()), today);
        }
    }

    /** Judges the lines of one order that were paid at one instant. */
    private void check(List<KeyedLines> deliveries, Policy policy, Findings findings) {
        KeyedLines order = deliveries.get(0);
        boolean judged = false;
        boolean spike = false;
        Breach worst = null;
        List<Breach> breaches = new ArrayList<>();
        for (KeyedLines.Line line : lines(deliveries)) {
            int tier = policy.price().tierOf(line.quantity());
            Floor floor = book.floor(tier);
            if (!floor.binds()) {
                continue;
            }
            judged = true;
            if (exceeds(line.priceMicros(), floor.floorMicros(), policy.price())) {
                Breach breach = breach(order, line, tier, floor, policy);
                breaches.add(breach);
                spike |= spikes(line.priceMicros(), floor.floorMicros(), policy.price());
                worst = worst == null || breach.excessBp() > worst.excessBp() ? breach : worst;
            }
        }
        if (worst != null) {
            watch.breached(BreachingOrder.of(worst), order.factoryId(), spike, policy, findings::alert);
            breaches.forEach(breach -> findings.breach(breach.underAlert(watch.openAlertId())));
        } else if (judged) {
            watch.conformed(order.time(), policy, findings::alert);
        }
    }

    private static boolean exceeds(long price, long floor, PricePolicy policy) {
        return price * 10_000 > floor * (10_000 + policy.toleranceBp());
    }

    private static boolean spikes(long price, long floor, PricePolicy policy) {
        return price * 100 >= floor * (100 + policy.spikePercent());
    }

    private Breach breach(KeyedLines order, KeyedLines.Line line, int tier, Floor floor, Policy policy) {
        return new Breach(
                order.orderId(),
                line.lineId(),
                order.factoryId(),
                subject,
                line.quantity(),
                policy.price().tiers().get(tier),
                order.buyerId(),
                order.time(),
                line.priceMicros(),
                floor,
                line.priceMicros() * 10_000 / floor.floorMicros() - 10_000,
                null,
                policy.version());
    }

    /**
     * The next midnight at which something happens without a further line; {@link Long#MAX_VALUE} if none is to come. That orders of
     * today need not be remembered any more is no reason to wake up while there is another.
     */
    public long nextMidnight() {
        long next = Math.min(book.nextMidnight(), watch.nextMidnight());
        return next != Long.MAX_VALUE
                ? next
                : Math.min(shippedOrders.nextMidnight(calendar), paidOrders.nextMidnight(calendar));
    }

    /** Nothing is left to remember. */
    public boolean isEmpty() {
        return book.isEmpty() && watch.isEmpty() && shippedOrders.isEmpty() && paidOrders.isEmpty();
    }

    /** Deals held; at most 31 x tiers x min_buyers. */
    public int deals() {
        return book.size();
    }

    /** Packs everything that later folds need, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        Packed.writeUnsigned(fixed().tiers().size(), out);
        book.write(out);
        watch.write(out);
        shippedOrders.write(out);
        paidOrders.write(out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalStateException if it is of a newer version, or was written under other tiers
     */
    public static PriceLedger read(DataInput in, String subject, PolicyTimeline policies, LocalCalendar calendar)
            throws IOException {
        try {
            return unpack(in, subject, policies, calendar);
        } catch (IOException e) {
            throw new IOException("price state of " + subject + " cannot be read", e);
        }
    }

    private static PriceLedger unpack(DataInput in, String subject, PolicyTimeline policies, LocalCalendar calendar)
            throws IOException {
        int version = in.readByte();
        if (version != VERSION && version != CARRIED_SINCE) {
            throw new IllegalStateException("price state of version " + version + " is newer than this program");
        }
        int tiers = Packed.readSmall(in);
        PricePolicy price = policies.first().price();
        if (tiers != price.tiers().size()) {
            throw new IllegalStateException("price.tiers has " + price.tiers().size()
                    + " tiers, the state was kept for " + tiers + ": tiers cannot change under kept state");
        }
        return new PriceLedger(
                subject,
                policies,
                calendar,
                FloorBook.read(in, version == CARRIED_SINCE, price, calendar),
                BreachWatch.read(in, subject, calendar),
                RecentOrders.read(in),
                RecentOrders.read(in));
    }
}
