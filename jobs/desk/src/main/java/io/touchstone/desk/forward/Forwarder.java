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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Reads the alert topics and delivers, at least once. Offsets are committed once every message before them was delivered, muted or given up;
 * so after a crash what was not is read, and sent, again under the same keys. Everything else that it has to know it reads from the topics
 * at its start: they are there whenever it can work at all, and cannot disagree with the offsets as a file or the database could.
 */
public final class Forwarder {
    /** So many revisions wait in memory before nothing more is read. */
    private static final int MOST_WAITING = 50_000;

    private static final long COMMIT_EVERY_MS = 500;

    private static final JsonMapper JSON = new JsonMapper();

    private final Options wiring;
    private final ForwardOptions options;
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
        this.wiring = wiring;
        this.options = options;
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
        Belts belts = new BeltTable(
                ReaderLogin.of(wiring.database(), options.databaseUser(), options.databasePasswordFile()), clock, log);
        Switchboard switchboard = new Switchboard(options, belts, ledger, this::deliver, log);
        List<Courier> couriers = new ArrayList<>();
        try (Feed feed = new Feed(wiring.kafka(), log, this::foreign)) {
            begin(feed, switchboard);
            remember(switchboard);
            if (!dryRun) {
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
            switchboard.remember(feed.past(ledger), true, feed.releasedThrough());
            return;
        }
        log.accept("this is the first start: first_start is "
                + options.firstStart().name().toLowerCase(Locale.ROOT));
        if (options.firstStart() == ForwardOptions.FirstStart.ALL) {
            switchboard.remember(feed.past(ledger), false, now);
            return;
        }
        feed.startAtEnd();
        List<Message> past = feed.past(ledger);
        List<Message> news =
                options.firstStart() == ForwardOptions.FirstStart.OPEN ? Switchboard.newestOfOpen(past) : List.of();
        switchboard.remember(
                past.stream().filter(message -> !news.contains(message)).toList(), false, now);
        switchboard.accept(news, now);
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
        while (!stopping) {
            boolean more = switchboard.waiting()
                            + outboxes.values().stream().mapToInt(Outbox::size).sum()
                    < MOST_WAITING;
            List<Message> messages = feed.poll(more && !ending);
            switchboard.accept(messages, clock.millis());
            feed.progress(ledger);
            ending = untilEnd && feed.isPastTheStart();
            switchboard.tick(clock.millis(), feed.isComplete(), ending);
            remember(switchboard);
            drain(switchboard);
            commit(feed, switchboard, false);
            if (ending && switchboard.waiting() == 0 && ledger.held() == 0) {
                return;
            }
        }
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
            switchboard.ended(over.delivery());
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
        feed.commit(ledger, released, anyway);
        committedRelease = released;
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
