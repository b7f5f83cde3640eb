package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A folder of JSONL files, read once and sorted by event time on disk: {@code orders.jsonl}, {@code returns.jsonl},
 * {@code reviews.jsonl}, each optionally {@code .gz}; an absent file is empty. {@link HistorySource} then plays it. A file
 * {@code policies.jsonl} has the changes of the policy, one document a line, in the order of their publication.
 */
public final class History {
    /** The input topics, in the order in which their files are read. */
    public static final List<String> TOPICS = List.of("orders", "returns", "reviews");

    /** How an entry goes on after its first byte: a record in Avro, or the line of an order that is UNMATCHED. */
    static final byte ORDER = 0;

    static final byte RETURN = 1;
    static final byte REVIEW = 2;
    static final byte UNMATCHED = 3;

    /** The topic of the policies, and its file. */
    private static final String POLICIES = "policies";

    private final PolicyTimeline policies;
    private final Path sorted;
    private final AvroWire<Order> orderWire = AvroWire.orders();
    private final AvroWire<OrderReturn> returns = AvroWire.returns();
    private final AvroWire<Review> reviews = AvroWire.reviews();
    private long newest = Long.MIN_VALUE;
    private long events;
    private long orders;
    private long deals;

    /** {@code sorted}: an empty folder to sort in. */
    public History(Policy policy, Path sorted) {
        policies = new PolicyTimeline(policy);
        this.sorted = sorted;
    }

    /** The file of a topic in a folder, or null if there is none. */
    public static Path file(Path folder, String topic) {
        Path plain = folder.resolve(topic + ".jsonl");
        Path zipped = folder.resolve(topic + ".jsonl.gz");
        return Files.exists(plain) ? plain : Files.exists(zipped) ? zipped : null;
    }

    /**
     * Reads a folder.
     *
     * @param letters gets the lines that are UNDECODABLE or INVALID
     * @param progress gets, now and then, the number of bytes read
     */
    public void read(Path folder, Consumer<DeadLetter> letters, LongConsumer progress) throws IOException {
        Admission admission = new Admission(policies.first());
        readPolicies(folder, letters);
        long before = 0;
        try (SortedStore store = new SortedStore(sorted)) {
            for (String topic : TOPICS) {
                Path file = file(folder, topic);
                if (file == null) {
                    continue;
                }
                try (Lines lines = new Lines(file)) {
                    for (byte[] line = lines.next(); line != null; line = lines.next()) {
                        try {
                            read(topic, lines.number(), line, admission, store);
                        } catch (Refusal refusal) {
                            letters.accept(refusal.letter(new Origin(topic, 0, lines.number(), line)));
                        }
                        if (lines.number() % 1000 == 0) {
                            progress.accept(before + lines.bytesRead());
                        }
                    }
                } catch (IOException e) {
                    throw new IOException(file + " cannot be read: " + e.getMessage(), e);
                }
                before += Files.size(file);
                progress.accept(before);
            }
        }
    }

    private void readPolicies(Path folder, Consumer<DeadLetter> letters) throws IOException {
        Path file = file(folder, POLICIES);
        if (file == null) {
            return;
        }
        try (Lines lines = new Lines(file)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                try {
                    PolicyChange change = PolicyMessage.read(line, policies.first());
                    Optional<String> objection = policies.objectionTo(change);
                    if (objection.isPresent()) {
                        throw new Refusal(DeadLetter.Reason.INVALID, objection.get());
                    }
                    policies.add(change);
                } catch (Refusal refusal) {
                    letters.accept(refusal.letter(new Origin(POLICIES, 0, lines.number(), line)));
                }
            }
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void read(String topic, long number, byte[] line, Admission admission, SortedStore store) throws Refusal {
        switch (topic) {
            case "orders" -> {
                Order order = JsonEvents.order(line);
                OrderEvent event = Facts.of(order);
                saw(event.eventTime());
                count(event);
                store.put(key(event.eventTime(), ORDER, number), entry(order, event, line, admission));
            }
            case "returns" -> {
                OrderReturn step = JsonEvents.orderReturn(line);
                long time = Facts.of(step).eventTime();
                saw(time);
                store.put(key(time, RETURN, number), tagged(RETURN, returns.encode(step)));
            }
            default -> {
                Review review = JsonEvents.review(line);
                long time = Facts.of(review).eventTime();
                saw(time);
                review.setText(null);
                store.put(key(time, REVIEW, number), tagged(REVIEW, reviews.encode(review)));
            }
        }
    }

    private byte[] entry(Order order, OrderEvent event, byte[] line, Admission admission) {
        try {
            admission.check(event, Long.MAX_VALUE);
            return tagged(ORDER, orderWire.encode(order));
        } catch (Refusal unmatched) {
            return tagged(UNMATCHED, line);
        }
    }

    private static byte[] tagged(byte tag, byte[] bytes) {
        return ByteBuffer.allocate(1 + bytes.length).put(tag).put(bytes).array();
    }

    private static byte[] key(long time, byte topic, long number) {
        return new SortedStore.Key().number(time).number(topic).number(number).toBytes();
    }

    private void saw(long time) {
        events++;
        newest = Math.max(newest, time);
    }

    private void count(OrderEvent event) {
        orders++;
        if (event.type() == OrderEvent.Type.REGULAR && event.status() == OrderEvent.Status.SHIPPED) {
            deals += event.lines().size();
        }
    }

    /** The policy and its changes. */
    public PolicyTimeline policies() {
        return policies;
    }

    /** Events that are neither UNDECODABLE nor INVALID. */
    public long events() {
        return events;
    }

    /** Order events among them. */
    public long orders() {
        return orders;
    }

    /** Lines of REGULAR orders that were shipped. */
    public long deals() {
        return deals;
    }

    /** The local day after that of the newest event; empty if there is no event. */
    public OptionalInt dayAfterNewest() {
        return newest == Long.MIN_VALUE
                ? OptionalInt.empty()
                : OptionalInt.of(new LocalCalendar(policies.first().timeZone()).day(newest) + 1);
    }
}
