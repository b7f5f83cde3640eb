package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.alert.Severity;
import io.touchstone.config.Secret;
import io.touchstone.desk.alerts.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real receivers that fail, stall, cut off, refuse and forget: everything arrives, in order per alert, or is told to be given up. */
class CourierTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path temp;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Outbox.Ended> ended = new CopyOnWriteArrayList<>();
    private final List<String> remarks = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Receiver receiver(Receiver.Conduct conduct) throws IOException {
        Receiver receiver = Receiver.that(conduct);
        open.add(0, receiver);
        return receiver;
    }

    private static Target target(TargetType type, String url, Secret secret, Duration timeout) {
        return new Target("desk", type, url, null, secret, Severity.INFO, Set.of(), timeout, Duration.ofMillis(50));
    }

    private Outbox courier(String url) {
        return courier(target(TargetType.WEBHOOK, url, null, Duration.ofMillis(300)), List.of());
    }

    private Outbox courier(Target target, List<Message> stillOpen) {
        Outbox outbox = new Outbox(
                CLOCK,
                new BackOff(Duration.ofMillis(10), Duration.ofMillis(50), new Random(7)),
                3,
                Duration.ofMinutes(1));
        open.add(0, new Courier(target, outbox, CLOCK, () -> stillOpen, ended::add, remarks::add));
        return outbox;
    }

    private static Delivery alone(Message message) {
        return new Delivery(null, List.of(message), List.of(), 0);
    }

    private void awaitEnded(int number) {
        await().until(() -> ended.size() == number);
    }

    @Test
    void getsEverythingThroughToAReceiverThatFailsStallsCutsOffAndDuplicates() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<String> taken = new CopyOnWriteArrayList<>();
        Random luck = new Random(11);
        Receiver receiver = receiver((exchange, request) -> {
            switch (request.number() <= 3 ? request.number() : luck.nextInt(5)) {
                case 1 -> Receiver.answer(exchange, 503, "busy");
                case 2 -> {
                    if (luck.nextInt(4) == 0 || request.number() == 2) {
                        stall(never);
                    }
                    Receiver.answer(exchange, 429, "");
                }
                case 3 -> {
                    // It has it, but the answer is lost: the same comes again, under the same key.
                    taken.add(request.key());
                    exchange.getResponseBody().close();
                    exchange.close();
                }
                default -> {
                    taken.add(request.key());
                    Receiver.answer(exchange, 200, "ok");
                }
            }
        });
        Outbox outbox = courier(receiver.url());
        List<String> expected = new ArrayList<>();
        for (int factory = 0; factory < 8; factory++) {
            for (int revision = 1; revision <= 4; revision++) {
                Message message = revision == 1
                        ? Story.opened(Kind.DEMOTION, "f" + factory, 0)
                        : Story.escalated(Kind.DEMOTION, "f" + factory, revision, 0);
                expected.add(message.key());
                outbox.add(alone(message));
            }
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 32);
        never.countDown();
        assertThat(ended).allMatch(Outbox.Ended::delivered);
        assertThat(Set.copyOf(taken)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(taken).as("some came twice").hasSizeGreaterThan(32);
        Map<String, Integer> newest = new HashMap<>();
        for (String key : taken) {
            String alert = key.substring(0, 32);
            int revision = Integer.parseInt(key.substring(33));
            assertThat(revision).isBetween(newest.getOrDefault(alert, 1), newest.getOrDefault(alert, 0) + 1);
            newest.put(alert, revision);
        }
        assertThat(remarks)
                .anyMatch(remark -> remark.contains("HTTP 503: busy"))
                .anyMatch(remark -> remark.contains("no answer within 300 ms"));
    }

    private static void stall(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void givesUpOnAnAnswerThatNeverEnds() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Receiver receiver = receiver((exchange, request) -> {
            if (request.number() == 1) {
                exchange.sendResponseHeaders(500, 1_000_000);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                stall(never);
            }
            Receiver.answer(exchange, 200, "");
        });
        courier(receiver.url()).add(alone(Story.opened(Kind.DEMOTION, "f", 0)));
        awaitEnded(1);
        never.countDown();
        assertThat(ended.get(0).delivered()).isTrue();
        assertThat(ended.get(0).tries()).isEqualTo(2);
    }

    @Test
    void slowOnesHoldUpNobodyElse() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Receiver slow = receiver((exchange, request) -> stall(never));
        Receiver good = receiver((exchange, request) -> Receiver.answer(exchange, 200, ""));
        Outbox stuck = courier(target(TargetType.WEBHOOK, slow.url(), null, Duration.ofMinutes(5)), List.of());
        Outbox outbox = courier(good.url());
        for (int i = 0; i < 20; i++) {
            stuck.add(alone(Story.opened(Kind.DEMOTION, "f" + i, 0)));
            outbox.add(alone(Story.opened(Kind.DEMOTION, "f" + i, 0)));
        }
        awaitEnded(20);
        assertThat(good.requests()).hasSize(20);
        assertThat(slow.requests()).hasSize(1);
        never.countDown();
    }

    @Test
    void keepsWhatIsRefusedInAFileAndGoesOn() throws Exception {
        Receiver receiver = receiver((exchange, request) -> Receiver.answer(
                exchange, request.body().toString().contains("\"bad\"") ? 400 : 200, "secret-token is not allowed"));
        Path file = Files.writeString(temp.resolve("token"), "secret-token\n");
        Target target =
                target(TargetType.WEBHOOK, receiver.url(), new Secret(null, file.toString()), Duration.ofSeconds(5));
        Outbox outbox = courier(target, List.of());
        outbox.add(alone(Story.opened(Kind.DEMOTION, "bad", 0)));
        outbox.add(alone(Story.opened(Kind.DEMOTION, "good", 0)));
        awaitEnded(2);
        assertThat(receiver.requests())
                .hasSize(4)
                .allMatch(request -> request.authorization().equals("Bearer secret-token"));
        assertThat(ended.get(0).delivery().messages().get(0).alert().factoryId())
                .as("it overtook")
                .isEqualTo("good");
        assertThat(ended.get(1).delivered()).isFalse();
        assertThat(ended.get(1).detail()).isEqualTo("HTTP 400: (its secret) is not allowed");
        assertThat(remarks).noneMatch(remark -> remark.contains("secret-token"));

        Undeliverable undeliverable = new Undeliverable(temp.resolve("undeliverable.jsonl"));
        undeliverable.add(target, ended.get(1), 0);
        undeliverable.add(new Place("price-alerts", 2, 7), "it is no JSON", 0);
        assertThat(undeliverable.written()).isEqualTo(2);
        List<String> lines = Files.readAllLines(temp.resolve("undeliverable.jsonl"));
        JsonNode line = new JsonMapper().readTree(lines.get(0));
        assertThat(line.path("target").asText()).isEqualTo("desk");
        assertThat(line.path("tries").asInt()).isEqualTo(3);
        assertThat(line.path("alerts").path(0).path("factory_id").asText()).isEqualTo("bad");
        assertThat(lines.get(1)).contains("\"offset\":7", "no alert: it is no JSON");
        assertThat(String.join("", lines)).doesNotContain("secret-token");
    }

    @Test
    void readsASecretForEachRequest() throws Exception {
        Path file = temp.resolve("token");
        Receiver receiver = receiver((exchange, request) ->
                Receiver.answer(exchange, request.authorization().equals("Bearer new") ? 200 : 401, ""));
        courier(
                        target(
                                TargetType.WEBHOOK,
                                receiver.url(),
                                new Secret(null, file.toString()),
                                Duration.ofSeconds(5)),
                        List.of())
                .add(alone(Story.opened(Kind.DEMOTION, "f", 0)));
        await().until(() -> remarks.stream().anyMatch(remark -> remark.contains("the secret's file cannot be read")));
        Files.writeString(file, "new");
        awaitEnded(1);
        assertThat(ended.get(0).delivered()).isTrue();
    }

    @Test
    void waitsForAReceiverThatIsNotThereYet() throws Exception {
        Receiver gone = Receiver.good();
        String url = gone.url();
        gone.close();
        Outbox outbox = courier(url);
        outbox.add(alone(Story.opened(Kind.DEMOTION, "f", 0)));
        await().until(() -> remarks.size() > 2);
        assertThat(ended).isEmpty();
        assertThat(outbox.size()).isEqualTo(1);
    }

    @Test
    void saysNothingOfAnAnswerThatMayTellASecretAddress() throws Exception {
        Receiver receiver = receiver((exchange, request) -> Receiver.answer(exchange, 503, "no /services/T1/B2/XXX"));
        Path file = Files.writeString(temp.resolve("url"), receiver.url() + "/services/T1/B2/XXX");
        Target target = new Target(
                "desk",
                TargetType.SLACK,
                null,
                new Secret(null, file.toString()),
                null,
                Severity.INFO,
                Set.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1));
        courier(target, List.of()).add(alone(Story.opened(Kind.DEMOTION, "f", 0)));
        await().until(() -> !remarks.isEmpty());
        assertThat(remarks.get(0)).startsWith("desk: HTTP 503; ");
    }

    @Test
    void saysNoPartOfASecretThatAnAnswerIsCutOffIn() throws Exception {
        Receiver receiver =
                receiver((exchange, request) -> Receiver.answer(exchange, 503, "x".repeat(290) + "secret-token"));
        Path file = Files.writeString(temp.resolve("token"), "secret-token");
        courier(
                        target(
                                TargetType.WEBHOOK,
                                receiver.url(),
                                new Secret(null, file.toString()),
                                Duration.ofSeconds(5)),
                        List.of())
                .add(alone(Story.opened(Kind.DEMOTION, "f", 0)));
        await().until(() -> !remarks.isEmpty());
        assertThat(remarks.get(0)).startsWith("desk: HTTP 503: " + "x".repeat(290) + "; ");
    }

    @Test
    void givesUpWhatThereAreNoWordsForAndGoesOn() throws Exception {
        Receiver receiver = receiver((exchange, request) -> Receiver.answer(exchange, 200, ""));
        Outbox outbox = courier(receiver.url());
        Message good = Story.opened(Kind.DEMOTION, "good", 0);
        Message bad = Story.opened(Kind.DEMOTION, "bad", 0);
        outbox.add(alone(new Message(bad.alert(), "{", 0, bad.place())));
        outbox.add(alone(good));
        awaitEnded(2);
        assertThat(ended.get(0).delivered()).isTrue();
        assertThat(ended.get(1).delivered()).isFalse();
        assertThat(ended.get(1).detail()).isEqualTo("there are no words for it");
    }

    @Test
    void tellsAnAlertmanagerWhatIsOpenWhileItDoesNotTakeSomethingElse() throws Exception {
        Message stillOpen = Story.opened(Kind.DEMOTION, "f", 0);
        Receiver receiver = receiver((exchange, request) ->
                Receiver.answer(exchange, request.body().toString().contains("\"bad\"") ? 500 : 200, ""));
        Outbox outbox = courier(
                target(TargetType.ALERTMANAGER, receiver.url(), null, Duration.ofSeconds(5)), List.of(stillOpen));
        outbox.add(alone(Story.opened(Kind.DEMOTION, "bad", 0)));
        await().until(() -> remarks.size() > 3);
        int before = receiver.requests().size();
        await().until(() ->
                receiver.requests().subList(before, receiver.requests().size()).stream()
                                .filter(request -> request.body()
                                        .toString()
                                        .contains(stillOpen.alert().alertId()))
                                .count()
                        > 2);
        assertThat(ended).isEmpty();
    }

    @Test
    void tellsAnAlertmanagerOfManyInSeveralRequests() throws Exception {
        Receiver receiver = receiver((exchange, request) -> Receiver.answer(exchange, 200, ""));
        List<Message> many = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            many.add(Story.opened(Kind.DEMOTION, "f" + i, 0));
        }
        courier(target(TargetType.ALERTMANAGER, receiver.url(), null, Duration.ofSeconds(5)), many);
        await().until(() -> receiver.requests().size() >= 2);
        assertThat(receiver.requests().get(0).body()).hasSize(200);
        assertThat(receiver.requests().get(1).body()).hasSize(50);
    }

    @Test
    void tellsAnAlertmanagerAgainWhatIsOpen() throws Exception {
        Receiver receiver = receiver((exchange, request) -> Receiver.answer(exchange, 200, ""));
        Message stillOpen = Story.opened(Kind.DEMOTION, "f", 0);
        Outbox outbox = courier(
                target(TargetType.ALERTMANAGER, receiver.url(), null, Duration.ofSeconds(5)), List.of(stillOpen));
        await().until(() -> receiver.requests().size() >= 3);
        outbox.add(alone(Story.resolved(Kind.DEMOTION, "f", 2, 0)));
        awaitEnded(1);
        // The list of open alerts is behind: what has ended is not opened again all the same.
        int before = receiver.requests().size();
        outbox.add(alone(Story.opened(Kind.DEMOTION, "g", 0)));
        awaitEnded(2);
        assertThat(receiver.requests().subList(before, receiver.requests().size()))
                .noneMatch(request ->
                        request.body().toString().contains(stillOpen.alert().alertId()));
    }
}
