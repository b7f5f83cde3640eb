package io.touchstone.desk.forward;

import static io.touchstone.desk.forward.Story.MIDNIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.config.Secret;
import io.touchstone.desk.alerts.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is told what, when and with what else, and that a restart changes nothing of it. */
class SwitchboardTest {
    private static final long MINUTE = 60_000;
    private static final Ledger.Partition PARTITION = new Ledger.Partition(Story.TOPIC, 0);

    private final Map<String, String> belts = new HashMap<>();
    private final List<Inhibition> inhibitions = new ArrayList<>();
    private final List<Silence> silences = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>(List.of(target("hook", TargetType.WEBHOOK, Severity.INFO)));
    private final List<Message> topic = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Delivery> underWay = new ArrayList<>();
    private final IdentityHashMap<Delivery, Target> receivers = new IdentityHashMap<>();
    private long since;
    private BiPredicate<Target, Message> again = (target, message) -> false;
    private BiPredicate<Target, Place> alreadyDone = (target, place) -> false;
    private Ledger ledger;
    private Switchboard switchboard;

    private static Target target(String name, TargetType type, Severity least, Kind... kinds) {
        return new Target(
                name,
                type,
                "http://localhost",
                null,
                new Secret("NONE", null),
                least,
                Set.of(kinds),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1));
    }

    /** A process begins, with what was done before it. */
    private void start(int done, long releasedThrough) {
        ledger = new Ledger();
        sent.clear();
        underWay.clear();
        switchboard = new Switchboard(
                new ForwardOptions(
                        ForwardOptions.FirstStart.OPEN,
                        null,
                        null,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        1,
                        Duration.ofSeconds(1),
                        Path.of("none"),
                        targets,
                        inhibitions,
                        silences),
                belts::get,
                ledger,
                (target, delivery) -> {
                    sent.add(target.name() + ": "
                            + String.join(
                                    ", ",
                                    delivery.messages().stream()
                                            .map(message -> message.alert().kind() + " "
                                                    + message.alert().factoryId() + " "
                                                    + message.alert().revision())
                                            .toList()));
                    underWay.add(delivery);
                    receivers.put(delivery, target);
                },
                remark -> {});
        ledger.begin(PARTITION, done == 0 ? 0 : topic.get(done - 1).place().offset() + 1);
        switchboard.remember(
                topic.subList(0, done), new Switchboard.Start(true, releasedThrough, since, again, alreadyDone));
    }

    private void ended(Delivery delivery) {
        switchboard.ended(receivers.get(delivery), delivery);
    }

    private void start() {
        start(0, MIDNIGHT);
    }

    private void read(Message... messages) {
        topic.addAll(List.of(messages));
        switchboard.accept(List.of(messages), messages[messages.length - 1].published());
        ledger.read(PARTITION, messages[messages.length - 1].place().offset() + 1);
    }

    private void tick(long now) {
        switchboard.tick(now, true, false);
    }

    private List<String> sentNow() {
        List<String> now = List.copyOf(sent);
        sent.clear();
        return now;
    }

    private void deliverAll() {
        underWay.forEach(this::ended);
        underWay.clear();
    }

    private long committed() {
        return ledger.done(targets.stream().map(Target::name).collect(Collectors.toSet()))
                .get(PARTITION)
                .offset();
    }

    @Test
    void sendsAnAlertOfNoBeltAtOnce() {
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1");
    }

    @Test
    void sendsAlertsOfOneBeltThatComeWithinTheWindowAsOneMessage() {
        belts.putAll(Map.of("f", "yiwu", "g", "yiwu", "h", "datang"));
        start();
        read(
                Story.opened(Kind.DEMOTION, "g", MIDNIGHT),
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT + 4 * MINUTE),
                Story.opened(Kind.DEMOTION, "h", MIDNIGHT + 4 * MINUTE),
                Story.opened(Kind.PRICE_BREACH, "f", MIDNIGHT + 5 * MINUTE));
        tick(MIDNIGHT + 5 * MINUTE - 1);
        assertThat(sentNow()).isEmpty();
        switchboard.tick(MIDNIGHT + 5 * MINUTE, false, false);
        assertThat(sentNow()).as("there may be more to read").isEmpty();
        tick(MIDNIGHT + 5 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION g 1, DEMOTION f 1");
        tick(MIDNIGHT + 10 * MINUTE);
        assertThat(sentNow()).containsExactlyInAnyOrder("hook: DEMOTION h 1", "hook: PRICE_BREACH f 1");
    }

    @Test
    void givesAGroupTheSameKeyWhenItIsReadAgain() {
        belts.putAll(Map.of("f", "yiwu", "g", "yiwu"));
        start();
        Message one = Story.opened(Kind.DEMOTION, "g", MIDNIGHT);
        Message other = Story.opened(Kind.DEMOTION, "f", MIDNIGHT + MINUTE);
        read(one, other);
        tick(MIDNIGHT + 5 * MINUTE);
        String key = underWay.get(0).key();
        assertThat(key).startsWith("group/");

        start(0, MIDNIGHT);
        switchboard.accept(List.of(other), MIDNIGHT + 50 * MINUTE);
        switchboard.accept(List.of(one), MIDNIGHT + 50 * MINUTE);
        tick(MIDNIGHT + 50 * MINUTE);
        assertThat(underWay)
                .singleElement()
                .satisfies(again -> assertThat(again.key()).isEqualTo(key));
    }

    @Test
    void waitsNoLongerForWhatAClockSaysIsFromTheFuture() {
        belts.put("f", "yiwu");
        start();
        switchboard.accept(List.of(Story.opened(Kind.DEMOTION, "f", MIDNIGHT + 60 * MINUTE)), MIDNIGHT);
        tick(MIDNIGHT + 5 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1");
    }

    @Test
    void givesAPagerOneAlertAtATime() {
        belts.putAll(Map.of("f", "yiwu", "g", "yiwu"));
        targets.set(0, target("pager", TargetType.PAGERDUTY, Severity.INFO));
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.DEMOTION, "g", MIDNIGHT));
        tick(MIDNIGHT + 5 * MINUTE);
        assertThat(sentNow()).containsExactlyInAnyOrder("pager: DEMOTION f 1", "pager: DEMOTION g 1");
        assertThat(underWay).allSatisfy(delivery -> assertThat(delivery.belt()).isEqualTo("yiwu"));
    }

    @Test
    void holdsTheOffsetsUntilAGroupIsDelivered() {
        belts.put("f", "yiwu");
        targets.add(target("other", TargetType.WEBHOOK, Severity.INFO));
        start();
        Message waits = Story.opened(Kind.DEMOTION, "f", MIDNIGHT);
        read(waits, Story.opened(Kind.DEMOTION, "g", MIDNIGHT));
        tick(MIDNIGHT);
        deliverAll();
        assertThat(committed())
                .as("g is delivered, f waits")
                .isEqualTo(waits.place().offset());
        tick(MIDNIGHT + 5 * MINUTE);
        assertThat(underWay).hasSize(2);
        ended(underWay.get(0));
        assertThat(committed())
                .as("one of two targets has it")
                .isEqualTo(waits.place().offset());
        ended(underWay.get(1));
        assertThat(committed()).isEqualTo(waits.place().offset() + 2);
    }

    @Test
    void neverSendsAnOlderOrEqualRevision() {
        start();
        read(
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT),
                Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT),
                Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT),
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1", "hook: DEMOTION f 2");
        deliverAll();
        start(topic.size(), MIDNIGHT);
        read(
                Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT + MINUTE),
                Story.resolved(Kind.DEMOTION, "f", 3, MIDNIGHT + MINUTE));
        tick(MIDNIGHT + MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 3");
        deliverAll();
        start(topic.size(), MIDNIGHT);
        read(Story.resolved(Kind.DEMOTION, "f", 3, MIDNIGHT + MINUTE));
        tick(MIDNIGHT + MINUTE);
        assertThat(sentNow()).isEmpty();
        assertThat(committed()).isEqualTo(topic.get(topic.size() - 1).place().offset() + 1);
    }

    @Test
    void tellsTheEndToThoseWhoWereTold() {
        targets.set(0, target("critical", TargetType.WEBHOOK, Severity.CRITICAL));
        targets.add(target("prices", TargetType.WEBHOOK, Severity.INFO, Kind.PRICE_BREACH));
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.DEMOTION, "g", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).isEmpty();
        read(Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("critical: DEMOTION f 2");
        deliverAll();

        start(topic.size(), MIDNIGHT);
        read(
                Story.message(Kind.DEMOTION, "f", 3, AlertStatus.RECOVERING, Severity.INFO, MIDNIGHT),
                Story.message(Kind.DEMOTION, "f", 4, AlertStatus.EXPIRED, Severity.INFO, MIDNIGHT),
                Story.resolved(Kind.DEMOTION, "g", 2, MIDNIGHT),
                Story.opened(Kind.PRICE_BREACH, "g", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow())
                .containsExactly("critical: DEMOTION f 3", "critical: DEMOTION f 4", "prices: PRICE_BREACH g 1");
    }

    private void demotionMutesUnstableQuality() {
        inhibitions.add(new Inhibition("demotion", Kind.DEMOTION, Set.of(Kind.UNSTABLE_QUALITY)));
    }

    @Test
    void mutesWhatGoesWithoutSayingOfTheSameFactoryOnly() {
        demotionMutesUnstableQuality();
        start();
        read(
                Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT),
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT),
                Story.opened(Kind.UNSTABLE_QUALITY, "g", MIDNIGHT),
                Story.opened(Kind.COHORT_DISPARITY, "f", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow())
                .containsExactlyInAnyOrder(
                        "hook: DEMOTION f 1", "hook: UNSTABLE_QUALITY g 1", "hook: COHORT_DISPARITY f 1");
        deliverAll();
        assertThat(committed())
                .as("muted is done")
                .isEqualTo(topic.get(3).place().offset() + 1);
        read(Story.resolved(Kind.UNSTABLE_QUALITY, "f", 2, MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).as("nobody was told that it opened").isEmpty();
    }

    @Test
    void sendsWhatWasMutedAndIsStillNewsWhenNothingMutesItAnyMore() {
        demotionMutesUnstableQuality();
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT));
        tick(MIDNIGHT);
        deliverAll();
        start(topic.size(), MIDNIGHT);
        Message end = Story.resolved(Kind.DEMOTION, "f", 2, MIDNIGHT + MINUTE);
        read(end);
        tick(MIDNIGHT + MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 2", "hook: UNSTABLE_QUALITY f 1");
        ended(underWay.get(0));
        assertThat(committed())
                .as("so it would come again after a crash")
                .isEqualTo(end.place().offset());
        ended(underWay.get(1));
        assertThat(committed()).isEqualTo(end.place().offset() + 1);

        start(topic.size(), MIDNIGHT);
        tick(MIDNIGHT + 2 * MINUTE);
        assertThat(sentNow()).as("once").isEmpty();
        read(Story.resolved(Kind.UNSTABLE_QUALITY, "f", 2, MIDNIGHT + 2 * MINUTE));
        tick(MIDNIGHT + 2 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: UNSTABLE_QUALITY f 2");
    }

    private void silence(long from, long until) {
        silences.add(new Silence("quiet", Set.of(), Set.of("f"), Set.of(), Set.of(), from, until, "stocktaking"));
    }

    @Test
    void keepsSilentUntilTheSilenceEnds() {
        silence(MIDNIGHT + MINUTE, MIDNIGHT + 60 * MINUTE);
        start();
        read(
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT),
                Story.opened(Kind.PRICE_BREACH, "f", MIDNIGHT + MINUTE),
                Story.opened(Kind.PRICE_BREACH, "g", MIDNIGHT + MINUTE),
                Story.escalated(Kind.PRICE_BREACH, "f", 2, MIDNIGHT + 2 * MINUTE),
                Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT + 2 * MINUTE),
                Story.resolved(Kind.UNSTABLE_QUALITY, "f", 2, MIDNIGHT + 3 * MINUTE),
                Story.resolved(Kind.DEMOTION, "f", 2, MIDNIGHT + 3 * MINUTE));
        tick(MIDNIGHT + 3 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1", "hook: PRICE_BREACH g 1", "hook: DEMOTION f 2");
        deliverAll();

        start(topic.size(), MIDNIGHT + 3 * MINUTE);
        tick(MIDNIGHT + 60 * MINUTE - 1);
        assertThat(sentNow()).isEmpty();
        tick(MIDNIGHT + 60 * MINUTE);
        assertThat(sentNow()).as("what is still open, as it is now").containsExactly("hook: PRICE_BREACH f 2");
        assertThat(switchboard.releasedThrough()).isLessThan(MIDNIGHT + 60 * MINUTE);
        assertThat(switchboard.isIdle()).as("it is not delivered yet").isFalse();
        tick(MIDNIGHT + 61 * MINUTE);
        assertThat(switchboard.releasedThrough())
                .as("not delivered yet, so a crash has it sent again")
                .isLessThan(MIDNIGHT + 60 * MINUTE);
        deliverAll();
        assertThat(switchboard.releasedThrough()).isEqualTo(MIDNIGHT + 61 * MINUTE);
        assertThat(switchboard.isIdle()).isTrue();

        start(topic.size(), MIDNIGHT + 61 * MINUTE);
        tick(MIDNIGHT + 62 * MINUTE);
        assertThat(sentNow()).as("once").isEmpty();
        read(Story.resolved(Kind.PRICE_BREACH, "f", 3, MIDNIGHT + 62 * MINUTE));
        tick(MIDNIGHT + 62 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: PRICE_BREACH f 3");
    }

    @Test
    void sendsAgainAfterACrashWhatASilenceLetGoAndNobodyTook() {
        silence(MIDNIGHT, MIDNIGHT + MINUTE);
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT));
        tick(MIDNIGHT);
        tick(MIDNIGHT + 2 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1");
        start(topic.size(), switchboard.releasedThrough());
        tick(MIDNIGHT + 2 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1");
    }

    @Test
    void tellsAnAlertmanagerOfEverythingThatIsOpenAndWasTold() {
        demotionMutesUnstableQuality();
        targets.set(0, target("am", TargetType.ALERTMANAGER, Severity.WARN));
        start();
        read(
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT),
                Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT),
                Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT),
                Story.opened(Kind.PRICE_BREACH, "g", MIDNIGHT),
                Story.resolved(Kind.PRICE_BREACH, "g", 2, MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(switchboard.openFor(targets.get(0)))
                .extracting(Message::key)
                .containsExactly(topic.get(2).key());
        start(topic.size(), MIDNIGHT);
        assertThat(switchboard.openFor(targets.get(0)))
                .extracting(Message::key)
                .containsExactly(topic.get(2).key());
    }

    @Test
    void sendsNoMoreThanFiftyAtOnce() {
        start();
        Message[] many = new Message[120];
        for (int i = 0; i < many.length; i++) {
            belts.put("f" + i, "yiwu");
            many[i] = Story.opened(Kind.DEMOTION, "f" + i, MIDNIGHT);
        }
        read(many);
        tick(MIDNIGHT + 5 * MINUTE);
        assertThat(underWay).extracting(delivery -> delivery.messages().size()).containsExactly(50, 50, 20);
    }

    @Test
    void tellsAgainWhatIsOpenAndNotMuted() {
        start();
        read(
                Story.opened(Kind.DEMOTION, "f", MIDNIGHT),
                Story.escalated(Kind.DEMOTION, "f", 2, MIDNIGHT),
                Story.opened(Kind.DEMOTION, "g", MIDNIGHT),
                Story.resolved(Kind.DEMOTION, "g", 2, MIDNIGHT),
                Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT));
        tick(MIDNIGHT);
        demotionMutesUnstableQuality();
        again = (target, message) -> true;
        start(topic.size(), MIDNIGHT);
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 2");
        assertThat(ledger.done(Set.of("hook")).get(PARTITION).pending())
                .as("a crash has it sent again")
                .containsExactly("hook");
        deliverAll();
        assertThat(ledger.done(Set.of("hook")).get(PARTITION).pending()).isEmpty();
    }

    @Test
    void sendsWhatADeletedRuleHadMuted() {
        demotionMutesUnstableQuality();
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 1");
        inhibitions.clear();
        again = (target, message) -> true;
        start(topic.size(), MIDNIGHT);
        tick(MIDNIGHT);
        assertThat(sentNow()).contains("hook: UNSTABLE_QUALITY f 1");
    }

    @Test
    void tellsTheEndWhateverIsMutedOrWantedByNow() {
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.PRICE_BREACH, "g", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).hasSize(2);
        deliverAll();
        silence(MIDNIGHT, MIDNIGHT + 60 * MINUTE);
        targets.set(0, target("hook", TargetType.WEBHOOK, Severity.CRITICAL, Kind.COHORT_DISPARITY));
        since = MIDNIGHT + MINUTE;
        start(topic.size(), MIDNIGHT);
        // Once more: the rules are the same by now, and still nobody knows who was told before them.
        start(topic.size(), MIDNIGHT + MINUTE);
        read(
                Story.resolved(Kind.DEMOTION, "f", 2, MIDNIGHT + 2 * MINUTE),
                Story.resolved(Kind.PRICE_BREACH, "g", 2, MIDNIGHT + 2 * MINUTE));
        tick(MIDNIGHT + 2 * MINUTE);
        assertThat(sentNow()).containsExactly("hook: DEMOTION f 2", "hook: PRICE_BREACH g 2");
    }

    @Test
    void tellsTheEndOfWhatWasSentBeforeWhatWouldHaveMutedItWasRead() {
        demotionMutesUnstableQuality();
        start();
        // They are on two topics.
        Message early = Story.opened(Kind.DEMOTION, "f", MIDNIGHT);
        read(Story.opened(Kind.UNSTABLE_QUALITY, "f", MIDNIGHT));
        tick(MIDNIGHT);
        read(early);
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: UNSTABLE_QUALITY f 1", "hook: DEMOTION f 1");
        deliverAll();
        start(topic.size(), MIDNIGHT);
        read(Story.resolved(Kind.UNSTABLE_QUALITY, "f", 2, MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow()).containsExactly("hook: UNSTABLE_QUALITY f 2");
    }

    @Test
    void sparesATargetWhatItHad() {
        targets.add(target("dead", TargetType.WEBHOOK, Severity.INFO));
        demotionMutesUnstableQuality();
        alreadyDone = (target, place) -> target.name().equals("hook");
        start();
        read(Story.opened(Kind.DEMOTION, "f", MIDNIGHT), Story.opened(Kind.UNSTABLE_QUALITY, "g", MIDNIGHT));
        tick(MIDNIGHT);
        assertThat(sentNow())
                .as("what may have been muted then may still have to come")
                .containsExactlyInAnyOrder(
                        "dead: DEMOTION f 1", "hook: UNSTABLE_QUALITY g 1", "dead: UNSTABLE_QUALITY g 1");
    }
}
