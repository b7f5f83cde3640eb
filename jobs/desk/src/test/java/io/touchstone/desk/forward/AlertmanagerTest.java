package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.alert.Severity;
import io.touchstone.desk.alerts.Kind;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Alertmanager (Debian's package prometheus-alertmanager) knows an alert again, keeps it while it is open and lets it go. */
class AlertmanagerTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path temp;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Message> open = new CopyOnWriteArrayList<>();
    private final List<Outbox.Ended> ended = new CopyOnWriteArrayList<>();
    private Process process;
    private Receiver notified;
    private Courier courier;
    private Outbox outbox;
    private String url;
    private String binary;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Optional<String> found = installed();
        if (found.isEmpty()) {
            System.out.println("AlertmanagerTest is skipped: there is no prometheus-alertmanager on the PATH"
                    + " (Debian: apt-get install prometheus-alertmanager)");
        }
        Assumptions.assumeTrue(found.isPresent(), "there is no prometheus-alertmanager on the PATH");
        binary = found.orElseThrow();
        port = freePort();
        url = "http://127.0.0.1:" + port;
        notified = Receiver.good();
        Files.writeString(temp.resolve("alertmanager.yml"), """
                route:
                  receiver: hook
                  group_by: [alert_id]
                  group_wait: 0s
                  group_interval: 1s
                receivers:
                  - name: hook
                    webhook_configs:
                      - url: %s
                """.formatted(notified.url()));
        launch();
        Target target = new Target(
                "am",
                TargetType.ALERTMANAGER,
                url,
                null,
                null,
                Severity.INFO,
                Set.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1));
        outbox = new Outbox(
                CLOCK,
                new BackOff(Duration.ofMillis(50), Duration.ofMillis(200), new Random(7)),
                3,
                Duration.ofMinutes(5));
        courier = new Courier(target, outbox, CLOCK, () -> open, ended::add, remark -> {});
    }

    private static Optional<String> installed() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "prometheus-alertmanager"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void launch() throws IOException {
        process = new ProcessBuilder(
                        binary,
                        "--config.file=" + temp.resolve("alertmanager.yml"),
                        "--storage.path=" + temp.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        temp.resolve("alertmanager.log").toFile()))
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        if (courier != null) {
            courier.close();
        }
        if (process != null) {
            end();
        }
        if (notified != null) {
            notified.close();
        }
    }

    private void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** What the Alertmanager holds; empty while it does not answer. */
    private List<JsonNode> held() throws InterruptedException {
        List<JsonNode> alerts = new ArrayList<>();
        try {
            JSON.readTree(http.send(
                                    HttpRequest.newBuilder(URI.create(url + "/api/v2/alerts"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body())
                    .forEach(alerts::add);
        } catch (IOException e) {
            // Not there yet.
        }
        return alerts;
    }

    private List<String> notifications(Message message) {
        return notified.requests().stream()
                .filter(request ->
                        request.body().toString().contains(message.alert().alertId()))
                .map(request -> request.body().path("status").asText())
                .toList();
    }

    private void send(Message message) {
        outbox.add(new Delivery(null, List.of(message), List.of(), 0));
    }

    @Test
    void knowsAnAlertAgainKeepsItWhileItIsOpenAndLetsItGo() throws Exception {
        Message opened = Story.opened(Kind.DEMOTION, "f", 0);
        Message escalated = Story.escalated(Kind.DEMOTION, "f", 2, 0);
        Message other = Story.opened(Kind.PRICE_BREACH, "g", 0);
        // It comes up while the first are waiting for it.
        send(opened);
        send(other);
        send(escalated);
        // Again, as after a crash.
        send(escalated);
        await().atMost(SOON).until(() -> ended.size() == 4);
        assertThat(ended).allMatch(Outbox.Ended::delivered);
        open.addAll(List.of(escalated, other));
        await().atMost(SOON).until(() -> held().size() == 2);
        JsonNode known = held().stream()
                .filter(alert ->
                        alert.path("labels").path("factory_id").asText().equals("f"))
                .findFirst()
                .orElseThrow();
        assertThat(known.path("labels").path("alert_id").asText())
                .isEqualTo(opened.alert().alertId());
        assertThat(known.path("annotations").path("severity").asText()).isEqualTo("CRITICAL");
        assertThat(Duration.between(
                        Instant.now(), OffsetDateTime.parse(known.path("endsAt").asText())))
                .isLessThan(Duration.ofSeconds(6));
        await().atMost(SOON).until(() -> notifications(opened).contains("firing"));

        // It forgets everything, and is told again; what is told again stays beyond its end.
        end();
        launch();
        await().atMost(SOON).until(() -> held().size() == 2);
        String end = held().get(0).path("endsAt").asText();
        await().atMost(SOON)
                .until(() -> held().size() == 2
                        && held().get(0).path("endsAt").asText().compareTo(end) > 0);

        open.remove(escalated);
        send(Story.resolved(Kind.DEMOTION, "f", 3, 0));
        await().atMost(SOON).until(() -> notifications(opened).contains("resolved"));
        await().atMost(SOON).until(() -> held().size() == 1);
        assertThat(held().get(0).path("labels").path("factory_id").asText()).isEqualTo("g");
        assertThat(notifications(other)).doesNotContain("resolved");
    }
}
