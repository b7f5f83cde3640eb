package io.touchstone.desk.forward;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.desk.alerts.ReaderLogin;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Reads the alert topics and delivers, at least once. Offsets are committed once every message before them was delivered, muted or given up;
 * so after a crash what was not is read, and sent, again under the same keys. Everything else that it has to know it reads from the topics
 * at its start: they are there whenever it can work at all, and cannot disagree with the offsets as a file or the database could.
 */
public final class Forwarder {
    /** So many revisions wait for their group before nothing more is read. */
    private static final int MOST_WAITING = 20_000;

    /** So much waits for targets, in chars of messages; each may have its part of it. */
    private static final long MOST_CHARS = 64_000_000;

    private static final long COMMIT_EVERY_MS = 500;

    /** Offsets that are not committed for long are forgotten by the broker (offsets.retention.minutes). */
    private static final long COMMIT_ANYWAY_MS = TimeUnit.HOURS.toMillis(6);

    /** Groups wait so long at least for partitions that cannot be read. */
    private static final long PATIENCE_MS = 60_000;

    private static final JsonMapper JSON = new JsonMapper();

    private final Function<BiConsumer<Place, String>, Feed> topics;
    private final Belts belts;
    private final int mostWaiting;
    private final ForwardOptions options;
    private final Set<String> names;
    private final String rules;
    private final InstantSource clock;
    private final Consumer<String> log;
    private final Undeliverable undeliverable;
    private final Queue<End> ended = new ConcurrentLinkedQueue<>();
    private final Map<Target, Outbox> outboxes = new LinkedHashMap<>();
    private final Map<String, List<Message>> open = new ConcurrentHashMap<>();
    private final Ledger ledger = new Ledger();
    private final boolean dryRun;
    private final Consumer<String> out;
    private long commitAt;
    private long committedAt;
    private long since;
    private boolean full;
    private long committedRelease;
    private volatile boolean stopping;

    /** A delivery that is over, and for whom it was. */
    private record End(Target target, Outbox.Ended ended) {}

    /**
     * A forwarder.
     *
     * @param dryRun print what would be sent, send and commit nothing
     * @param out takes the lines of a dry run
     * @param log takes what happens, a line each
     */
    public Forwarder(
            Options wiring,
            ForwardOptions options,
            InstantSource clock,
            boolean dryRun,
            Consumer<String> out,
            Consumer<String> log) {
        this(
                foreign -> new Feed(wiring.kafka(), log, foreign),
                new BeltTable(
                        ReaderLogin.of(wiring.database(), options.databaseUser(), options.databasePasswordFile()),
                        clock,
                        log),
                MOST_WAITING,
                options,
                clock,
                dryRun,
                out,
                log);
    }

    Forwarder(
            Function<BiConsumer<Place, String>, Feed> topics,
            Belts belts,
            int mostWaiting,
            ForwardOptions options,
            InstantSource clock,
            boolean dryRun,
            Consumer<String> out,
            Consumer<String> log) {
        this.topics = topics;
        this.belts = belts;
        this.mostWaiting = mostWaiting;
        this.options = options;
        names = options.targets().stream().map(Target::name).collect(Collectors.toSet());
        rules = options.rules();
        this.clock = clock;
        this.dryRun = dryRun;
        this.out = out;
        this.log = log;
        undeliverable = new Undeliverable(options.undeliverable());
        options.targets().forEach(target -> outboxes.put(target, outbox()));
    }

    /**
     * Checks that there is somebody to tell, and that every target's secrets are there.
     *
     * @param file where the options are from
     */
    public static void checkSecrets(Path file, ForwardOptions options) {
        if (options.targets().isEmpty()) {
            throw new ConfigException(file + ": targets is empty: nobody would be told of anything");
        }
        try {
            options.targets().forEach(Sender::check);
        } catch (ConfigException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    /** Ends {@link #run} in order, as soon as nothing is under way. */
    public void stop() {
        stopping = true;
    }

    /**
     * Delivers until it is stopped.
     *
     * @param untilEnd stop once everything is delivered that is on the topics now; groups wait for nobody
     * @return how many lines were added to the file of what cannot be delivered
     * @throws ConfigException if the topics cannot be read
     */
    public int run(boolean untilEnd) {
        Switchboard switchboard = new Switchboard(options, belts, ledger, this::deliver, log);
        List<Courier> couriers = new ArrayList<>();
        try (Feed feed = topics.apply(this::foreign)) {
            begin(feed, switchboard);
            remember(switchboard);
            if (!dryRun) {
                committedRelease = switchboard.releasedThrough();
                feed.commitStart(ledger, names, committedRelease, rules, since);
                committedAt = clock.millis();
                for (Target target : options.targets()) {
                    couriers.add(courier(target));
                }
            }
            log.accept("sending to "
                    + String.join(
                            ", ", options.targets().stream().map(Target::name).toList()));
            try {
                loop(feed, switchboard, untilEnd);
            } finally {
                couriers.forEach(Courier::finish);
                couriers.forEach(Courier::close);
            }
            drain(switchboard);
            commit(feed, switchboard, true);
        }
        return undeliverable.written();
    }

    private void begin(Feed feed, Switchboard switchboard) {
        long now = clock.millis();
        if (!feed.isFirst()) {
            boolean same = feed.follows(rules);
            since = same ? feed.since() : now;
            if (!same) {
                log.accept("targets, inhibitions or silences were changed: what is open is sent again");
            }
            switchboard.remember(
                    feed.past(ledger),
                    new Switchboard.Start(
                            true,
                            feed.releasedThrough(),
                            since,
                            (target, message) -> !same || feed.isPending(target, message.place()),
                            (target, place) -> same && feed.isDone(target, place)));
            return;
        }
        log.accept("this is the first start: first_start is "
                + options.firstStart().name().toLowerCase(Locale.ROOT));
        if (options.firstStart() != ForwardOptions.FirstStart.ALL) {
            feed.startAtEnd();
        }
        boolean open = options.firstStart() == ForwardOptions.FirstStart.OPEN;
        switchboard.remember(
                feed.past(ledger),
                new Switchboard.Start(false, now, 0, (target, message) -> open, (target, place) -> false));
    }

    private Courier courier(Target target) {
        return new Courier(
                target,
                outboxes.get(target),
                clock,
                () -> open.getOrDefault(target.name(), List.of()),
                end -> ended.add(new End(target, end)),
                log);
    }

    private void loop(Feed feed, Switchboard switchboard, boolean untilEnd) {
        boolean ending = false;
        long completeAt = clock.millis();
        while (!stopping) {
            boolean more = switchboard.waiting() < mostWaiting && !isFull();
            List<Message> messages = feed.poll(more && !ending);
            switchboard.accept(messages, clock.millis());
            feed.progress(ledger);
            ending = untilEnd && feed.isPastTheStart();
            long now = clock.millis();
            // While nothing is read, nothing more can come; and a partition without a leader must not hold up the
            // others.
            if (feed.isComplete() || !more) {
                completeAt = now;
            }
            switchboard.tick(
                    now,
                    completeAt == now
                            || now - completeAt >= Math.max(options.window().toMillis(), PATIENCE_MS),
                    ending);
            remember(switchboard);
            drain(switchboard);
            commit(feed, switchboard, false);
            if (ending && switchboard.isIdle()) {
                return;
            }
        }
    }

    /** Whether so much waits for a target that nothing more is read. */
    private boolean isFull() {
        long most = MOST_CHARS / options.targets().size();
        boolean was = full;
        full = false;
        outboxes.forEach((target, outbox) -> {
            if (outbox.chars() >= most) {
                full = true;
                if (!was) {
                    log.accept("FULL: " + target.name() + " has " + outbox.size()
                            + " messages waiting; nothing more is read until it has taken some");
                }
            }
        });
        return full;
    }

    /** What Alertmanagers have to be told again and again. */
    private void remember(Switchboard switchboard) {
        for (Target target : options.targets()) {
            if (target.type() == TargetType.ALERTMANAGER) {
                open.put(target.name(), switchboard.openFor(target));
            }
        }
    }

    private void drain(Switchboard switchboard) {
        for (End end = ended.poll(); end != null; end = ended.poll()) {
            Outbox.Ended over = end.ended();
            if (over.delivered()) {
                log.accept(end.target().name()
                        + (dryRun ? ": would deliver " : ": delivered ")
                        + over.delivery().key()
                        + (over.tries() > 1 ? " at try " + over.tries() : ""));
            } else {
                // Before it counts as done.
                undeliverable.add(end.target(), over, clock.millis());
                log.accept("UNDELIVERABLE: " + end.target().name() + " does not take "
                        + over.delivery().key() + " (" + over.detail() + ", " + over.tries() + " tries): it is in "
                        + options.undeliverable());
            }
            switchboard.ended(end.target(), over.delivery());
        }
    }

    private void commit(Feed feed, Switchboard switchboard, boolean now) {
        if (dryRun || (!now && clock.millis() < commitAt)) {
            return;
        }
        commitAt = clock.millis() + COMMIT_EVERY_MS;
        long released = switchboard.releasedThrough();
        boolean anyway = options.silences().stream()
                .anyMatch(silence -> silence.until() > committedRelease && silence.until() <= released);
        boolean old = clock.millis() - committedAt >= COMMIT_ANYWAY_MS;
        if (feed.commit(ledger, names, released, rules, since, anyway || old)) {
            committedAt = clock.millis();
            committedRelease = released;
        }
    }

    private void foreign(Place place, String reason) {
        if (!dryRun) {
            undeliverable.add(place, reason, clock.millis());
        }
        log.accept("UNDELIVERABLE: " + place + " is no alert, " + reason);
    }

    private void deliver(Target target, Delivery delivery) {
        if (dryRun) {
            print(target, delivery);
            ended.add(new End(target, new Outbox.Ended(delivery, true, 1, "")));
        } else {
            outboxes.get(target).add(delivery);
        }
    }

    private Outbox outbox() {
        return new Outbox(
                clock,
                new BackOff(options.firstPause(), options.longestPause(), RandomGenerator.getDefault()),
                options.triesIfRefused(),
                options.giveUpAfter());
    }

    private void print(Target target, Delivery delivery) {
        Call call = Wording.of(
                target,
                delivery,
                target.url() == null ? "(secret)" : target.url(),
                target.secret() == null ? null : "(secret)",
                clock.millis());
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("target", target.name())
                .put("type", target.type().name().toLowerCase(Locale.ROOT))
                .put("url", call.url());
        ObjectNode headers = line.putObject("headers");
        call.headers().forEach(headers::put);
        try {
            line.set("body", JSON.readTree(call.body()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        out.accept(line.toString());
    }
}
