package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.OrderEvent.CancelledBy;
import io.touchstone.market.OrderEvent.Status;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * All that is remembered of one order: a set of steps, so that its events may come in any order and any number of times and make
 * the same record. What the order means at an instant is {@link #at}, a pure function of that set.
 *
 * <p>A job hands in events {@linkplain OrderNews#SEQUENCE in sequence}, behind its watermark, and passes on the facts it gets; it calls {@link #wake} at
 * {@link #nextWakeUp} or later, but before the factory evaluates the next midnight. All times are epoch ms.
 */
public final class OrderRecord {
    private static final int VERSION = 1;
    private static final int HAS_ORDER = 1;
    private static final int HAS_SHIPMENT = 2;
    private static final int HAS_CANCELLATION = 4;
    private static final int HAS_RETURNS = 8;
    private static final int HAS_REVIEWS = 16;
    private static final int COUNTS = 32;
    private static final int IS_DEFECTIVE = 64;
    private static final long HOUR_MS = 3_600_000L;

    private final String orderId;
    private final QualityPolicy policy;
    private final LocalCalendar calendar;

    private Snapshot first;
    private Shipment shipped;
    private Cancellation cancelled;
    private final Map<String, List<ReturnStep>> returns = new TreeMap<>();
    private final Map<String, List<ReviewStep>> reviews = new TreeMap<>();

    /** What the factory was told last; null while the order does not count. */
    private Contribution told;

    /** The instant before which everything was told. */
    private long toldBefore;

    /** Whether a return or review belongs to its order. */
    public enum Match {
        MATCHED,
        /** The order has not come yet. */
        WAITING,
        /** Without an order in time, or after its retention: a dead letter. */
        UNMATCHED
    }

    /** An order of which nothing is known yet. */
    public OrderRecord(String orderId, Policy policy, LocalCalendar calendar) {
        this.orderId = orderId;
        this.policy = policy.quality();
        this.calendar = calendar;
    }

    /**
     * Takes an event of the order; of DELIVERED, and of what {@linkplain #comesTooLate comes too late}, only that time went by.
     *
     * @param now when the event acts: its own time or, if it came late, the first instant that is still open
     * @return what the factories named in the facts have to know, in order
     */
    public List<Fact> apply(OrderEvent event, long now) {
        if (event.status() == Status.DELIVERED || comesTooLate(event, now)) {
            return wake(now);
        }
        boolean namesBelt = namesBelt(event, now);
        List<Fact> facts = wake(now);
        merge(event, now);
        facts.addAll(tell(now));
        if (namesBelt) {
            addBelt(event, now, facts);
        }
        return facts;
    }

    /** Takes an event of a return, matched or not; see {@link #apply(OrderEvent, long)}. */
    public List<Fact> apply(ReturnEvent event, long now) {
        List<Fact> facts = wake(now);
        merge(event, now);
        facts.addAll(tell(now));
        return facts;
    }

    /** Takes an event of a review, matched or not; see {@link #apply(OrderEvent, long)}. */
    public List<Fact> apply(ReviewEvent event, long now) {
        List<Fact> facts = wake(now);
        merge(event, now);
        facts.addAll(tell(now));
        return facts;
    }

    /** Lets time go by: the facts that came to be, without an event, before {@code now}. */
    public List<Fact> wake(long now) {
        List<Fact> facts = new ArrayList<>(2);
        if (!returns.isEmpty() && now > toldBefore) {
            Contribution later = at(now).orElse(null);
            if (!Objects.equals(later, told)) {
                facts.addAll(tell(later, changedAt(later, now)));
            }
            toldBefore = now;
        }
        return facts;
    }

    /** All that time alone can do is to let an answer be overdue; all that a new program can, to see what was there before. */
    private long changedAt(Contribution later, long now) {
        Spells before = told == null ? Spells.NONE : told.defects();
        Spells begun = later == null ? Spells.NONE : later.defects().without(before);
        return begun.since().values().stream().mapToLong(Long::longValue).max().orElse(now - 1);
    }

    private List<Fact> tell(long instant) {
        List<Fact> facts = tell(at(instant + 1).orElse(null), instant);
        toldBefore = instant + 1;
        if (first != null && first.time() < instant) {
            first = first.beyondTies();
        }
        return facts;
    }

    private List<Fact> tell(Contribution now, long instant) {
        List<Fact> facts = Fact.between(instant, orderId, told, now);
        told = now;
        return facts;
    }

    /** Every REGULAR payment names a belt, but not one more time when its delivery is repeated late. */
    private boolean namesBelt(OrderEvent event, long now) {
        boolean again = now > event.eventTime() && first != null && first.time() == event.eventTime();
        return event.status() == Status.PAID && event.type() == OrderEvent.Type.REGULAR && !again;
    }

    /** The belt goes to the factory that the event itself names, and not before the event: facts of {@link #wake} are older. */
    private void addBelt(OrderEvent event, long now, List<Fact> facts) {
        Fact.Belt belt = new Fact.Belt(event.eventTime(), event.beltId());
        int last = facts.size() - 1;
        if (last >= 0
                && facts.get(last).instant() == now
                && facts.get(last).buyerDay().factoryId().equals(event.factoryId())) {
            facts.set(last, facts.get(last).with(belt));
        } else {
            facts.add(Fact.of(now, orderId, BuyerDay.of(event, cohortDay(event)), belt));
        }
    }

    void merge(OrderEvent event, long actsAt) {
        first = Step.first(first, Snapshot.of(event, cohortDay(event), actsAt), Snapshot.ORDER);
        if (event.status() == Status.SHIPPED) {
            shipped = Step.first(shipped, new Shipment(event.eventTime(), actsAt), Shipment.ORDER);
        } else if (event.status() == Status.CANCELLED) {
            Cancellation cancellation = new Cancellation(event.eventTime(), actsAt, event.cancelledBy());
            cancelled = Step.first(cancelled, cancellation, Cancellation.ORDER);
        }
    }

    void merge(ReturnEvent event, long actsAt) {
        List<ReturnStep> steps = returns.computeIfAbsent(event.returnId(), id -> new ArrayList<>(4));
        Step.add(ReturnStep.of(event, actsAt), steps, ReturnStep.ORDER);
    }

    void merge(ReviewEvent event, long actsAt) {
        List<ReviewStep> steps = reviews.computeIfAbsent(event.reviewId(), id -> new ArrayList<>(2));
        Step.add(ReviewStep.of(event, actsAt), steps, ReviewStep.ORDER);
    }

    private int cohortDay(OrderEvent event) {
        return calendar.day(event.paidAt()) + event.leadDays();
    }

    /** Whether an event of an order acts at or after the end of its retention: it does nothing and is a dead letter (UNMATCHED). */
    public boolean comesTooLate(OrderEvent event, long now) {
        return event.status() != Status.DELIVERED && now >= endOf(cohortDay(event));
    }

    private long endOf(int cohortDay) {
        return calendar.midnight(cohortDay + policy.orderRetentionDays());
    }

    /** The midnight from which on the order is forgotten; empty while only returns and reviews of it have come. */
    public OptionalLong end() {
        return first == null
                ? OptionalLong.empty()
                : OptionalLong.of(endOf(first.buyerDay().cohortDay()));
    }

    /**
     * Whether a return or review of a time belongs to this order. Final once WAITING is over, if events come in event-time order.
     *
     * @param now the instant before which everything has come in
     */
    public Match match(long eventTime, long now) {
        if (first == null) {
            return now > waitsUntil(eventTime) ? Match.UNMATCHED : Match.WAITING;
        }
        return matches(eventTime) ? Match.MATCHED : Match.UNMATCHED;
    }

    private boolean matches(long eventTime) {
        return first.time() <= waitsUntil(eventTime)
                && eventTime < endOf(first.buyerDay().cohortDay());
    }

    private long waitsUntil(long eventTime) {
        return eventTime + policy.matchTimeoutHours() * HOUR_MS;
    }

    /** What the order adds to its factory, seen at {@code t}: over events and SLA instants before it. Empty if it does not count. */
    public Optional<Contribution> at(long t) {
        if (first == null || first.actsAt() >= t) {
            return Optional.empty();
        }
        if (isPlain()) {
            return first.type() == OrderEvent.Type.REGULAR
                    ? Optional.of(new Contribution(first.buyerDay(), Spells.NONE))
                    : Optional.empty();
        }
        long[] instants = instantsBefore(t);
        if (!counts(instants[instants.length - 1])) {
            return Optional.empty();
        }
        Map<DefectClass, Long> since = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : DefectClass.values()) {
            for (int i = instants.length - 1; i >= 0 && isDefective(defectClass, instants[i]); i--) {
                since.put(defectClass, instants[i]);
            }
        }
        return Optional.of(new Contribution(first.buyerDay(), new Spells(since)));
    }

    /** Most orders are paid, shipped in time, and never heard of again: nothing about them ever changes. */
    private boolean isPlain() {
        return returns.isEmpty()
                && reviews.isEmpty()
                && cancelled == null
                && (shipped == null || shipped.time() <= first.shipBy());
    }

    /** The instants before {@code t} at which the order may have changed, ascending; nothing happens before its first event. */
    private long[] instantsBefore(long t) {
        LongStream.Builder instants = LongStream.builder();
        instants.add(first.actsAt());
        if (shipped != null) {
            instants.add(shipped.actsAt());
        }
        if (cancelled != null) {
            instants.add(cancelled.actsAt());
        }
        steps(returns).forEach(step -> instants.add(step.actsAt()));
        steps(reviews).forEach(step -> instants.add(step.actsAt()));
        dueAnswers(instants);
        return instants.build()
                .map(instant -> Math.max(instant, first.actsAt()))
                .filter(instant -> instant < t)
                .sorted()
                .distinct()
                .toArray();
    }

    private void dueAnswers(LongConsumer instants) {
        steps(returns).stream()
                .filter(step -> step.stage() == ReturnEvent.Stage.OPENED)
                .forEach(step -> instants.accept(step.time() + returnSlaMs()));
    }

    private long returnSlaMs() {
        return policy.returnSlaHours() * HOUR_MS;
    }

    private static <S extends Step> List<S> steps(Map<String, List<S>> lists) {
        return lists.values().stream().flatMap(Collection::stream).toList();
    }

    private static boolean isSeen(Step step, long at) {
        return step != null && step.actsAt() <= at;
    }

    private <S extends Step> List<S> seen(List<S> steps, long at) {
        return steps.stream()
                .filter(step -> isSeen(step, at) && matches(step.time()))
                .toList();
    }

    private boolean isCancelled(long at) {
        return isSeen(cancelled, at) && !(isSeen(shipped, at) && shipped.time() < cancelled.time());
    }

    private boolean counts(long at) {
        return first.type() == OrderEvent.Type.REGULAR && (!isCancelled(at) || isFactorysFault(cancelled));
    }

    /** The table of the contract, section 2, over what is seen just after {@code at}. */
    private boolean isDefective(DefectClass defectClass, long at) {
        return switch (defectClass) {
            case QUALITY -> returnsSeen(at).anyMatch(ReturnStep::blameQuality);
            case NEGATIVE_REVIEW -> ratingsSeen(at).anyMatch(ReviewStep::negative);
            case FULFILMENT -> isShippedLate(at) || (isCancelled(at) && isFactorysFault(cancelled));
            case AFTER_SALES ->
                returnsSeen(at).anyMatch(steps -> ReturnStep.blameFactory(steps) || isUnanswered(steps, at))
                        || ratingsSeen(at).anyMatch(ReviewStep::unreachable);
        };
    }

    private Stream<List<ReturnStep>> returnsSeen(long at) {
        return returns.values().stream().map(steps -> seen(steps, at));
    }

    /** The ratings that stand. */
    private Stream<ReviewStep> ratingsSeen(long at) {
        return reviews.values().stream()
                .map(steps -> ReviewStep.standing(seen(steps, at)))
                .filter(Objects::nonNull);
    }

    private boolean isShippedLate(long at) {
        return isSeen(shipped, at) && shipped.time() > first.shipBy();
    }

    private boolean isFactorysFault(Cancellation cancellation) {
        return cancellation.by() == CancelledBy.FACTORY || cancellation.time() > first.shipBy();
    }

    private boolean isUnanswered(List<ReturnStep> steps, long at) {
        return ReturnStep.unanswered(
                steps, returnSlaMs(), at, endOf(first.buyerDay().cohortDay()));
    }

    /**
     * The first instant after {@code now} at which this record has to be looked at again: to {@link #wake} it when an answer is
     * overdue, to {@link #match} what waits, or to drop it at its {@link #end}.
     */
    public OptionalLong nextWakeUp(long now) {
        if (first != null && returns.isEmpty()) {
            OptionalLong end = end();
            return end.getAsLong() > now ? end : OptionalLong.empty();
        }
        LongStream.Builder instants = LongStream.builder();
        if (first == null) {
            steps(returns).forEach(step -> instants.add(waitsUntil(step.time()) + 1));
            steps(reviews).forEach(step -> instants.add(waitsUntil(step.time()) + 1));
        } else {
            long end = endOf(first.buyerDay().cohortDay());
            instants.add(end);
            if (first.type() == OrderEvent.Type.REGULAR) {
                returns.values().stream()
                        .filter(steps -> steps.get(steps.size() - 1).stage() == ReturnEvent.Stage.OPENED)
                        .flatMap(steps -> steps.stream()
                                .filter(step -> step.stage() == ReturnEvent.Stage.OPENED && matches(step.time()))
                                .limit(1))
                        .forEach(opened -> instants.add(Math.min(end, opened.time() + returnSlaMs() + 1)));
            }
        }
        return instants.build().filter(instant -> instant > now).min();
    }

    /** Whether some return has had no answer yet: then even the {@link #end} may be an instant to {@link #wake} this record at. */
    public boolean awaitsAnswers() {
        return returns.values().stream()
                .anyMatch(steps -> steps.get(steps.size() - 1).stage() == ReturnEvent.Stage.OPENED);
    }

    /**
     * Whether nothing can change any more: the order is at its {@link #end}, or never came for all that waited for it. A job may
     * then drop the record; a return or review that comes still later waits in vain and dies all the same.
     *
     * @param now the instant before which everything has come in
     */
    public boolean isOver(long now) {
        return first == null
                ? nextWakeUp(now).isEmpty()
                : now >= endOf(first.buyerDay().cohortDay());
    }

    /** Packs everything but the id of the order, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        boolean defective = told != null && !told.defects().equals(Spells.NONE);
        out.writeByte(VERSION);
        out.writeByte((first != null ? HAS_ORDER : 0)
                | (shipped != null ? HAS_SHIPMENT : 0)
                | (cancelled != null ? HAS_CANCELLATION : 0)
                | (returns.isEmpty() ? 0 : HAS_RETURNS)
                | (reviews.isEmpty() ? 0 : HAS_REVIEWS)
                | (told != null ? COUNTS : 0)
                | (defective ? IS_DEFECTIVE : 0));
        long base = 0;
        if (first != null) {
            first.write(out);
            base = first.time();
        }
        if (shipped != null) {
            shipped.writeTimes(base, out);
        }
        if (cancelled != null) {
            cancelled.write(base, out);
        }
        if (!returns.isEmpty()) {
            writeSteps(returns, ReturnStep::write, base, out);
            Packed.writeSigned(toldBefore - base, out);
        }
        if (!reviews.isEmpty()) {
            writeSteps(reviews, ReviewStep::write, base, out);
        }
        if (defective) {
            told.defects().write(base, out);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static OrderRecord read(DataInput in, String orderId, Policy policy, LocalCalendar calendar)
            throws IOException {
        Versions.check("an order record", in.readByte(), VERSION);
        OrderRecord order = new OrderRecord(orderId, policy, calendar);
        int has = in.readByte();
        long base = 0;
        if ((has & HAS_ORDER) != 0) {
            order.first = Snapshot.read(in);
            base = order.first.time();
        }
        if ((has & HAS_SHIPMENT) != 0) {
            order.shipped = Shipment.read(base, in);
        }
        if ((has & HAS_CANCELLATION) != 0) {
            order.cancelled = Cancellation.read(base, in);
        }
        if ((has & HAS_RETURNS) != 0) {
            readSteps(order.returns, ReturnStep::read, base, in);
            order.toldBefore = base + Packed.readSigned(in);
        }
        if ((has & HAS_REVIEWS) != 0) {
            readSteps(order.reviews, ReviewStep::read, base, in);
        }
        Spells defects = (has & IS_DEFECTIVE) != 0 ? Spells.read(base, in) : Spells.NONE;
        order.told = (has & COUNTS) != 0 ? new Contribution(order.first.buyerDay(), defects) : null;
        return order;
    }

    private interface StepWriter<S> {
        void write(S step, long base, DataOutput out) throws IOException;
    }

    private interface StepReader<S> {
        S read(long base, DataInput in) throws IOException;
    }

    private static <S> void writeSteps(Map<String, List<S>> lists, StepWriter<S> writer, long base, DataOutput out)
            throws IOException {
        Packed.writeUnsigned(lists.size(), out);
        for (Map.Entry<String, List<S>> list : lists.entrySet()) {
            Packed.writeString(list.getKey(), out);
            Packed.writeUnsigned(list.getValue().size(), out);
            for (S step : list.getValue()) {
                writer.write(step, base, out);
            }
        }
    }

    private static <S> void readSteps(Map<String, List<S>> lists, StepReader<S> reader, long base, DataInput in)
            throws IOException {
        for (int list = Packed.readSmall(in); list > 0; list--) {
            List<S> steps = lists.computeIfAbsent(Packed.readString(in), id -> new ArrayList<>(4));
            for (int step = Packed.readSmall(in); step > 0; step--) {
                steps.add(reader.read(base, in));
            }
        }
    }
}
