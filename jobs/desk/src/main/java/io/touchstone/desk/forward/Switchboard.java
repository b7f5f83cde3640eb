package io.touchstone.desk.forward;

import io.touchstone.desk.alerts.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Decides which revision goes to whom, when and with which others. What it remembers can be made again from the topics: everything up to the
 * committed offsets is given to {@link #remember}, what follows to {@link #accept}. It does nothing by itself and reads no clock; one thread
 * uses it.
 *
 * <p>Revisions of factories of one belt wait for each other: a group begins with a publication and holds what was published within the window
 * from then on. Whether a revision is muted is decided when its group goes. A muted one is done, as far as the offsets go; if it is
 * still the news of an open alert when nothing mutes it any more, it goes then. The end of an alert is never muted: who was told of an alert
 * is told of its end.
 */
final class Switchboard {
    /** An alert that is open, as far as is known. */
    private static final class Episode {
        final Kind kind;
        final String factoryId;
        final long openedAt;
        final long published;
        final Set<String> told = new HashSet<>();
        /** Who may have been told before this process began: they are told of the end. */
        final Set<String> maybe = new HashSet<>();

        Message newest;
        Message lastTold;
        boolean closed;

        Episode(Message message) {
            kind = Kind.valueOf(message.alert().kind());
            factoryId = message.alert().factoryId();
            openedAt = message.alert().openedAt();
            published = message.published();
        }
    }

    /**
     * How far those got who did this before.
     *
     * @param sent false if nobody was told of anything
     * @param releasedThrough up to when silences that had ended let go what they had muted, epoch ms
     * @param since from when on the rules of today were in force, epoch ms: who was told of what was published before nobody knows
     * @param again whether a target is to be told again of an open alert's newest revision
     * @param done whether a target is done with what lies after the committed offset
     */
    record Start(
            boolean sent,
            long releasedThrough,
            long since,
            BiPredicate<Target, Message> again,
            BiPredicate<Target, Place> done) {}

    /**
     * A revision on its way.
     *
     * @param time by which it is grouped, epoch ms
     * @param held what is not done before it is over; null if nothing
     * @param releasedAt when the silence ended that let it go; 0 if none did
     * @param only who is told again; null if it is no repetition
     */
    private record Item(Message message, long time, Place held, boolean released, long releasedAt, Set<Target> only) {
        Item(Message message, long time, Place held, boolean released, long releasedAt) {
            this(message, time, held, released, releasedAt, null);
        }
    }

    /** So many revisions are a group at most, so that no receiver finds it too large. */
    private static final int LARGEST_GROUP = 50;

    private final Duration window;
    private final List<Target> targets;
    private final List<Inhibition> inhibitions;
    private final List<Silence> silences;
    private final Belts belts;
    private final Ledger ledger;
    private final BiConsumer<Target, Delivery> out;
    private final Consumer<String> remarks;

    private final Map<String, Integer> newest = new HashMap<>();
    private final Map<String, Long> times = new HashMap<>();
    private final Map<String, Episode> open = new LinkedHashMap<>();
    private final Map<String, Message> muted = new LinkedHashMap<>();
    private final Map<String, List<Item>> groups = new LinkedHashMap<>();
    private final Map<String, String> groupOf = new HashMap<>();
    private final List<Item> alone = new ArrayList<>();
    private final TreeMap<Long, Integer> releases = new TreeMap<>();
    private Start start = new Start(false, 0, 0, (target, message) -> false, (target, place) -> false);
    private long now;

    /**
     * An empty one.
     *
     * @param out takes what is to be delivered
     * @param remarks told what is not sent, and why
     */
    Switchboard(
            ForwardOptions options,
            Belts belts,
            Ledger ledger,
            BiConsumer<Target, Delivery> out,
            Consumer<String> remarks) {
        window = options.window();
        targets = options.targets();
        inhibitions = options.inhibitions();
        silences = options.silences();
        this.belts = belts;
        this.ledger = ledger;
        this.out = out;
        this.remarks = remarks;
    }

    /**
     * Takes what was done before this process began; nothing is sent.
     *
     * @param messages everything up to the committed offsets
     */
    void remember(List<Message> messages, Start begins) {
        start = begins;
        now = begins.releasedThrough();
        List<Item> items = new ArrayList<>();
        for (Message message : messages) {
            if (isNews(message)) {
                items.add(new Item(message, time(message, Long.MAX_VALUE), null, false, 0));
            }
        }
        items.sort(ORDER);
        for (Item item : items) {
            if (!begins.sent()) {
                continue;
            }
            maybeTold(item.message());
            String reason = mutedBy(item);
            if (reason == null || item.message().closes()) {
                muted.remove(item.message().alert().alertId());
                receivers(item.message());
            } else {
                muted.put(item.message().alert().alertId(), item.message());
            }
        }
        for (Message message : List.copyOf(muted.values())) {
            if (mutedBy(new Item(message, 0, null, false, 0)) == null) {
                muted.remove(message.alert().alertId());
                receivers(message);
            }
        }
        open.values().removeIf(episode -> episode.closed);
        muted.keySet().retainAll(open.keySet());
        for (Episode episode : open.values()) {
            tellAgain(episode.newest);
        }
    }

    /** Muted or not: what mutes it now may not have been known when it was sent. */
    private void maybeTold(Message message) {
        Episode episode = open.get(message.alert().alertId());
        for (Target target : targets) {
            if (episode.published < start.since() || target.wants(message.alert(), false)) {
                episode.maybe.add(target.name());
            }
        }
    }

    private void tellAgain(Message message) {
        Set<Target> only = targets.stream()
                .filter(target -> start.again().test(target, message))
                .collect(Collectors.toSet());
        String id = message.alert().alertId();
        if (!only.isEmpty() && !muted.containsKey(id)) {
            ledger.hold(message.place());
            line(new Item(message, times.get(id), message.place(), false, 0, only));
        }
    }

    private static final Comparator<Item> ORDER = Comparator.comparingLong(Item::time)
            .thenComparing(item -> item.message().alert().alertId())
            .thenComparingInt(item -> item.message().alert().revision());

    /** An older or equal revision is no news. */
    private boolean isNews(Message message) {
        String id = message.alert().alertId();
        if (message.alert().revision() <= newest.getOrDefault(id, 0)) {
            return false;
        }
        newest.put(id, message.alert().revision());
        Episode episode = open.computeIfAbsent(id, key -> new Episode(message));
        episode.closed |= message.closes();
        episode.newest = message;
        return true;
    }

    /** When it was published, but neither before the revision before it nor later than it was read, whatever clocks say. */
    private long time(Message message, long latest) {
        String id = message.alert().alertId();
        long time = times.merge(id, Math.min(message.published(), latest), Math::max);
        if (message.closes()) {
            times.remove(id);
        }
        return time;
    }

    /** Takes messages as they are read; each is held until it is done. {@code now}: epoch ms. */
    void accept(List<Message> messages, long now) {
        this.now = now;
        for (Message message : messages) {
            if (!isNews(message)) {
                remarks.accept("known already: " + message.key() + " at " + message.place());
                continue;
            }
            ledger.hold(message.place());
            line(new Item(message, time(message, now), message.place(), false, 0));
        }
    }

    private void line(Item item) {
        String id = item.message().alert().alertId();
        // Behind its earlier revisions, whatever its factory's belt is called by now.
        String belt = groupOf.get(id);
        if (belt == null && !window.isZero()) {
            belt = belts.of(item.message().alert().factoryId());
        }
        if (belt == null) {
            alone.add(item);
        } else {
            groupOf.put(id, belt);
            groups.computeIfAbsent(belt, key -> new ArrayList<>()).add(item);
        }
    }

    /**
     * Lets go what has waited long enough.
     *
     * @param now epoch ms
     * @param complete whether everything published so far was read: before that a group may lack some
     * @param flush let go everything
     */
    void tick(long now, boolean complete, boolean flush) {
        this.now = now;
        releaseSilenced();
        // What one lets go may be followed by what it muted.
        while (!alone.isEmpty()) {
            List<Item> next = List.copyOf(alone);
            alone.clear();
            send(null, next);
        }
        if (!complete && !flush) {
            return;
        }
        for (String belt : List.copyOf(groups.keySet())) {
            List<Item> waiting = groups.get(belt);
            waiting.sort(ORDER);
            while (!waiting.isEmpty()) {
                long end = waiting.get(0).time() + window.toMillis();
                if (end > now && !flush) {
                    break;
                }
                int size = 1;
                while (size < waiting.size()
                        && size < LARGEST_GROUP
                        && waiting.get(size).time() < end) {
                    size++;
                }
                List<Item> group = List.copyOf(waiting.subList(0, size));
                waiting.subList(0, size).clear();
                send(belt, group);
            }
            if (waiting.isEmpty()) {
                groups.remove(belt);
            }
        }
        groupOf.clear();
        groups.forEach((belt, items) ->
                items.forEach(item -> groupOf.put(item.message().alert().alertId(), belt)));
    }

    private void send(String belt, List<Item> items) {
        Map<Target, List<Item>> perTarget = new LinkedHashMap<>();
        for (Item item : items) {
            for (Target target : decide(item)) {
                if (isDone(target, item)) {
                    continue;
                }
                perTarget.computeIfAbsent(target, key -> new ArrayList<>()).add(item);
            }
        }
        perTarget.forEach((target, group) -> {
            if (belt != null && target.type().takesGroups()) {
                send(target, belt, group);
            } else {
                group.forEach(item -> send(target, belt, List.of(item)));
            }
        });
        for (Item item : items) {
            if (item.held() != null) {
                ledger.release(item.held());
            }
            if (item.releasedAt() > 0) {
                releaseEnds(item.releasedAt());
            }
        }
    }

    /** Whether a target had it before this process began. What may have been muted then may still have to come. */
    private boolean isDone(Target target, Item item) {
        Message message = item.message();
        Kind kind = Kind.valueOf(message.alert().kind());
        return item.only() == null
                && item.held() != null
                && start.done().test(target, item.held())
                && inhibitions.stream().noneMatch(rule -> rule.muted().contains(kind))
                && silences.stream()
                        .noneMatch(silence -> silence.until() > start.releasedThrough() && silence.matches(message));
    }

    private void send(Target target, String belt, List<Item> items) {
        List<Place> held = items.stream()
                .filter(item -> item.held() != null)
                .map(Item::held)
                .toList();
        held.forEach(place -> ledger.hold(target.name(), place));
        long releasedAt = items.stream()
                .mapToLong(Item::releasedAt)
                .filter(at -> at > 0)
                .min()
                .orElse(0);
        if (releasedAt > 0) {
            releases.merge(releasedAt, 1, Integer::sum);
        }
        out.accept(target, new Delivery(belt, items.stream().map(Item::message).toList(), held, releasedAt));
    }

    /** Who gets a revision whose turn it is. */
    private List<Target> decide(Item item) {
        Message message = item.message();
        String id = message.alert().alertId();
        String reason = message.closes() ? null : mutedBy(item);
        if (reason != null) {
            muted.put(id, message);
            remarks.accept("muted: " + message.key() + " by " + reason);
            return List.of();
        }
        muted.remove(id);
        List<Target> receivers = receivers(message);
        if (item.only() != null) {
            receivers.retainAll(item.only());
        }
        if (receivers.isEmpty()) {
            remarks.accept("for nobody: " + message.key());
        }
        if (message.closes()) {
            Episode episode = open.remove(id);
            if (episode != null && inhibitions.stream().anyMatch(rule -> rule.source() == episode.kind)) {
                releaseInhibited(item.held());
            }
        }
        return receivers;
    }

    /** Who wants a revision; from now on they count as told. */
    private List<Target> receivers(Message message) {
        Episode episode = open.get(message.alert().alertId());
        List<Target> receivers = new ArrayList<>();
        for (Target target : targets) {
            if (episode == null) {
                continue;
            }
            boolean told = episode.told.contains(target.name());
            // Whatever it wants to know of today: an end too many does no harm, one too few is an alert that never
            // ends.
            if (message.closes()
                    ? told || episode.maybe.contains(target.name())
                    : target.wants(message.alert(), told)) {
                episode.told.add(target.name());
                if (target.type() == TargetType.ALERTMANAGER) {
                    episode.lastTold = message;
                }
                receivers.add(target);
            }
        }
        return receivers;
    }

    /** What mutes a revision now; null if nothing does. */
    private String mutedBy(Item item) {
        Message message = item.message();
        if (!item.released()) {
            for (Silence silence : silences) {
                if (now < silence.until() && silence.matches(message)) {
                    return "silence " + silence.name() + " (" + silence.reason() + ")";
                }
            }
        }
        Kind kind = Kind.valueOf(message.alert().kind());
        for (Inhibition rule : inhibitions) {
            if (rule.muted().contains(kind)) {
                for (Episode source : open.values()) {
                    if (source.kind == rule.source()
                            && !source.closed
                            && source.factoryId.equals(message.alert().factoryId())
                            && source.openedAt <= message.alert().at()) {
                        return "inhibition " + rule.name();
                    }
                }
            }
        }
        return null;
    }

    private void releaseInhibited(Place held) {
        for (Message message : List.copyOf(muted.values())) {
            Item item = new Item(message, now, held, false, 0);
            if (mutedBy(item) == null) {
                muted.remove(message.alert().alertId());
                if (held != null) {
                    ledger.hold(held);
                }
                line(item);
            }
        }
    }

    private void releaseSilenced() {
        for (Message message : List.copyOf(muted.values())) {
            OptionalLong until = silences.stream()
                    .filter(silence -> silence.matches(message))
                    .mapToLong(Silence::until)
                    .max();
            if (until.isPresent() && mutedBy(new Item(message, now, null, false, 0)) == null) {
                muted.remove(message.alert().alertId());
                releases.merge(until.getAsLong(), 1, Integer::sum);
                line(new Item(message, now, null, true, until.getAsLong()));
            }
        }
    }

    private void releaseEnds(long releasedAt) {
        releases.computeIfPresent(releasedAt, (at, times) -> times == 1 ? null : times - 1);
    }

    /** A delivery is over, taken by its receiver or kept elsewhere. */
    void ended(Target target, Delivery delivery) {
        delivery.held().forEach(place -> ledger.release(target.name(), place));
        if (delivery.releasedAt() > 0) {
            releaseEnds(delivery.releasedAt());
        }
    }

    /** Up to when everything that ended silences let go is done, epoch ms. */
    long releasedThrough() {
        return releases.isEmpty() ? now : releases.firstKey() - 1;
    }

    /** The newest revision of each open alert of which a target was told. */
    List<Message> openFor(Target target) {
        return open.values().stream()
                .filter(episode -> episode.told.contains(target.name()) && !episode.closed)
                .map(episode -> episode.lastTold)
                .toList();
    }

    /** Whether nothing is on its way: not to a group, and not to a target. */
    boolean isIdle() {
        return waiting() == 0 && releases.isEmpty() && ledger.held() == 0;
    }

    /** How many revisions wait for others of their group. */
    int waiting() {
        return groups.values().stream().mapToInt(List::size).sum() + alone.size();
    }
}
