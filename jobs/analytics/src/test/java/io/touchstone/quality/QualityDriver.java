package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.OrderRecord.Match;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * The two halves of the domain as the jobs drive them, on one thread: events in event-time order to the records of their orders,
 * facts on to the ledgers of their factories, an evaluation of every ledger at every midnight. All state is packed and read
 * again around each use.
 */
final class QualityDriver {
    private final Policy policy;
    private final PolicyTimeline policies;
    private final LocalCalendar calendar;
    private final Journal journal;

    private final Map<String, byte[]> orders = new HashMap<>();
    private final Map<String, List<Input>> waiting = new HashMap<>();
    private final PriorityQueue<WakeUp> wakeUps = new PriorityQueue<>(Comparator.comparingLong(WakeUp::instant));
    private final Map<String, List<byte[]>> facts = new HashMap<>();
    private final Map<String, byte[]> ledgers = new TreeMap<>();
    private final Map<String, EntriesInMemory> entries = new HashMap<>();

    private final List<Evaluation> evaluations = new ArrayList<>();
    private final Set<String> unmatched = new LinkedHashSet<>();

    /** An event with the topic and line it came from. */
    record Input(String topic, int line, Object event) {

        long time() {
            return event instanceof OrderEvent order
                    ? order.eventTime()
                    : event instanceof ReturnEvent step ? step.eventTime() : ((ReviewEvent) event).eventTime();
        }

        String eventId() {
            return event instanceof OrderEvent order
                    ? order.eventId()
                    : event instanceof ReturnEvent step ? step.eventId() : ((ReviewEvent) event).eventId();
        }

        String orderId() {
            return event instanceof OrderEvent order
                    ? order.orderId()
                    : event instanceof ReturnEvent step ? step.orderId() : ((ReviewEvent) event).orderId();
        }

        String name() {
            return topic + '/' + line;
        }
    }

    private record WakeUp(long instant, String orderId) {}

    QualityDriver(Policy policy) {
        this.policy = policy;
        policies = new PolicyTimeline(policy);
        calendar = new LocalCalendar(policy.timeZone());
        journal = new Journal(policy, calendar);
    }

    LocalCalendar calendar() {
        return calendar;
    }

    /** What midnights had to say, SKIPPED ones left out. */
    List<Evaluation> evaluations() {
        return evaluations;
    }

    /** {@code topic/line} of every UNMATCHED dead letter. */
    Set<String> unmatched() {
        return unmatched;
    }

    Map<String, byte[]> orders() {
        return orders;
    }

    Map<String, byte[]> ledgers() {
        return ledgers;
    }

    Map<String, EntriesInMemory> entries() {
        return entries;
    }

    /** Plays a history, in any order, to the midnight with which the day {@code until} begins. */
    QualityDriver run(List<Input> inputs, int until) {
        List<Input> sorted = new ArrayList<>(inputs);
        sorted.sort(Comparator.comparingLong(Input::time).thenComparing(Input::eventId, Ids.ORDER));
        sorted.removeIf(input -> input.time() >= calendar.midnight(until));
        int day = sorted.isEmpty() ? until : calendar.day(sorted.get(0).time());
        Iterator<Input> rest = sorted.iterator();
        Input next = rest.hasNext() ? rest.next() : null;
        while (day < until) {
            long midnight = calendar.midnight(day + 1);
            while (next != null && next.time() < midnight) {
                wakeThrough(next.time());
                accept(next);
                next = rest.hasNext() ? rest.next() : null;
            }
            wakeThrough(midnight);
            day++;
            evaluate(day);
        }
        return this;
    }

    private void wakeThrough(long instant) {
        while (!wakeUps.isEmpty() && wakeUps.peek().instant <= instant) {
            WakeUp due = wakeUps.poll();
            OrderRecord order = order(due.orderId);
            settle(due.orderId, order, order.wake(due.instant), due.instant);
        }
    }

    private void accept(Input input) {
        OrderRecord order = order(input.orderId());
        long now = input.time();
        if (input.event() instanceof OrderEvent event) {
            if (order.comesTooLate(event, now)) {
                unmatched.add(input.name());
            }
            settle(input.orderId(), order, order.apply(event, now), now);
            return;
        }
        if (order.match(now, now) == Match.UNMATCHED) {
            unmatched.add(input.name());
        } else if (order.match(now, now) == Match.WAITING) {
            waiting.computeIfAbsent(input.orderId(), id -> new ArrayList<>()).add(input);
        }
        List<Fact> told = input.event() instanceof ReturnEvent event
                ? order.apply(event, now)
                : order.apply((ReviewEvent) input.event(), now);
        settle(input.orderId(), order, told, now);
    }

    private OrderRecord order(String orderId) {
        byte[] packed = orders.get(orderId);
        return packed == null
                ? new OrderRecord(orderId, policy, calendar)
                : read(packed, in -> OrderRecord.read(in, orderId, policy, calendar));
    }

    private void settle(String orderId, OrderRecord order, List<Fact> told, long now) {
        for (Fact fact : told) {
            facts.computeIfAbsent(fact.buyerDay().factoryId(), id -> new ArrayList<>())
                    .add(pack(fact::write));
        }
        List<Input> late = waiting.getOrDefault(orderId, List.of());
        for (Input input : List.copyOf(late)) {
            Match match = order.match(input.time(), now);
            if (match != Match.WAITING) {
                late.remove(input);
                if (match == Match.UNMATCHED) {
                    unmatched.add(input.name());
                }
            }
        }
        orders.put(orderId, pack(order::write));
        order.nextWakeUp(now).ifPresent(instant -> wakeUps.add(new WakeUp(instant, orderId)));
    }

    private void evaluate(int day) {
        facts.keySet()
                .forEach(factoryId -> ledgers.computeIfAbsent(
                        factoryId, id -> pack(new FactoryLedger(id, policies, calendar)::write)));
        for (String factoryId : List.copyOf(ledgers.keySet())) {
            FactoryLedger ledger =
                    read(ledgers.get(factoryId), in -> FactoryLedger.read(in, factoryId, policies, calendar));
            EntriesInMemory own = entries.computeIfAbsent(factoryId, id -> new EntriesInMemory());
            for (byte[] packed : facts.getOrDefault(factoryId, List.of())) {
                Fact fact = read(packed, Fact::read);
                byte[] posting = pack(out -> journal.enter(fact, day - 1, own, out));
                read(posting, in -> {
                    ledger.post(in);
                    return null;
                });
            }
            Evaluation evaluation = ledger.evaluate(day, own);
            if (evaluation.outcome() != Outcome.SKIPPED) {
                evaluations.add(evaluation);
            }
            if (evaluation.outcome() == Outcome.FORGOTTEN) {
                ledgers.remove(factoryId);
                // All that is left is what is too old to be looked at.
                own.drop(Integer.MAX_VALUE);
                if (!own.isEmpty()) {
                    throw new IllegalStateException(factoryId + " is forgotten, its defective buyers are not");
                }
                entries.remove(factoryId);
            } else {
                ledgers.put(factoryId, pack(ledger::write));
                own.drop(FactoryLedger.firstBuyerDayAfter(day));
            }
        }
        facts.clear();
    }

    /** Something that writes itself. */
    interface Packing {
        void write(DataOutput out) throws IOException;
    }

    /** Something that reads what was packed. */
    interface Unpacking<T> {
        T read(DataInput in) throws IOException;
    }

    static byte[] pack(Packing value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            value.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads a packed value; nothing may be left over. */
    static <T> T read(byte[] packed, Unpacking<T> reader) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(packed);
        try (DataInputStream in = new DataInputStream(bytes)) {
            T value = reader.read(in);
            if (bytes.available() > 0) {
                throw new IllegalStateException(bytes.available() + " bytes are left over");
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
