package io.touchstone.desk.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.touchstone.alert.Severity;
import io.touchstone.desk.alerts.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is sent is what each receiver's own documents ask for. */
class WordingTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long NOW = Story.MIDNIGHT + 1000;

    private static Target target(TargetType type) {
        return new Target(
                "t",
                type,
                "http://localhost/",
                null,
                null,
                Severity.INFO,
                Set.of(),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1));
    }

    private static Delivery delivery(Message... messages) {
        return new Delivery(messages.length > 1 ? "yi<wu" : null, List.of(messages), List.of(), 0);
    }

    private static JsonNode body(Call call) throws IOException {
        return JSON.readTree(call.body());
    }

    private static String schema(String name) throws IOException {
        return Files.readString(Path.of(System.getProperty("touchstone.home"), "schemas/json", name));
    }

    @Test
    void tellsAWebhookAsItsSchemaSays() throws IOException {
        // Evidence has a schema, and tests, of its own.
        String alert = schema("alert.schema.json").replaceAll("(?s)\"allOf\": \\[.*?\\n  \\],", "");
        JsonSchema schema = JsonSchemaFactory.getInstance(
                        SpecVersion.VersionFlag.V202012,
                        factory -> factory.schemaLoaders(
                                loaders -> loaders.schemas(Map.of("urn:touchstone:alert:1", alert))))
                .getSchema(schema("webhook.schema.json"));
        Message opened = Story.opened(Kind.PRICE_BREACH, "f", 0);
        Message resolved = Story.resolved(Kind.DEMOTION, "g", 2, 0);
        Call group = Wording.of(target(TargetType.WEBHOOK), delivery(opened, resolved), "http://x", "token", NOW);
        assertThat(schema.validate(body(group))).isEmpty();
        assertThat(group.headers())
                .containsEntry("Authorization", "Bearer token")
                .containsEntry("Idempotency-Key", body(group).path("key").asText());
        assertThat(body(group).path("alerts").findValuesAsText("event")).containsExactly("trigger", "resolve");

        Call one = Wording.of(target(TargetType.WEBHOOK), delivery(opened), "http://x", null, NOW);
        assertThat(schema.validate(body(one))).isEmpty();
        assertThat(one.headers())
                .doesNotContainKey("Authorization")
                .containsEntry("Idempotency-Key", opened.alert().alertId() + "/1");
    }

    @Test
    void tellsSlackInOneTextWithoutItsSpecialCharacters() throws IOException {
        JsonNode body = body(Wording.of(
                target(TargetType.SLACK),
                delivery(Story.opened(Kind.DEMOTION, "f", 0), Story.resolved(Kind.DEMOTION, "g", 2, 0)),
                "http://x",
                null,
                NOW));
        assertThat(body.path("text").asText())
                .startsWith("*2 alerts, belt yi&lt;wu*\n:large_yellow_circle: WARN DEMOTION ")
                .contains("\n:white_check_mark: INFO DEMOTION ", "&lt;&amp;&gt;");
        Message[] many = new Message[500];
        for (int i = 0; i < many.length; i++) {
            many[i] = Story.opened(Kind.DEMOTION, "f" + i, 0);
        }
        assertThat(body(Wording.of(target(TargetType.SLACK), delivery(many), "http://x", null, NOW))
                        .path("text")
                        .asText())
                .endsWith("and 450 more: scripts/alerts list --open")
                .hasSizeLessThan(40_000);
    }

    @Test
    void tellsPagerDutyUnderTheAlertsId() throws IOException {
        Message critical = Story.escalated(Kind.DEMOTION, "f", 2, 0);
        Call call = Wording.of(target(TargetType.PAGERDUTY), delivery(critical), "http://x", "routing", NOW);
        assertThat(body(call).path("routing_key").asText()).isEqualTo("routing");
        assertThat(body(call).path("event_action").asText()).isEqualTo("trigger");
        assertThat(body(call).path("dedup_key").asText())
                .isEqualTo(critical.alert().alertId());
        assertThat(body(call).path("payload").path("severity").asText()).isEqualTo("critical");
        assertThat(body(call).path("payload").path("source").asText()).isEqualTo("f");
        assertThat(call.headers().values()).noneMatch(value -> value.contains("routing"));
        Call end = Wording.of(
                target(TargetType.PAGERDUTY),
                delivery(Story.resolved(Kind.DEMOTION, "f", 3, 0)),
                "http://x",
                "routing",
                NOW);
        assertThat(body(end).path("event_action").asText()).isEqualTo("resolve");
        assertThat(body(end).path("dedup_key")).isEqualTo(body(call).path("dedup_key"));
    }

    @Test
    void tellsAnAlertmanagerUnderLabelsThatNeverChange() throws IOException {
        Call call = Wording.of(
                target(TargetType.ALERTMANAGER),
                delivery(Story.opened(Kind.DEMOTION, "f", 0), Story.escalated(Kind.DEMOTION, "f", 2, 0)),
                "http://x/",
                null,
                NOW);
        assertThat(call.url()).isEqualTo("http://x/api/v2/alerts");
        assertThat(body(call)).as("the newest of each").hasSize(1);
        JsonNode open = body(call).get(0);
        assertThat(open.path("annotations").path("revision").asText()).isEqualTo("2");
        assertThat(open.path("startsAt").asText()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(open.path("endsAt").asText()).as("in five minutes").isEqualTo("2023-11-14T22:18:21Z");
        JsonNode end = body(Wording.of(
                        target(TargetType.ALERTMANAGER),
                        delivery(Story.resolved(Kind.DEMOTION, "f", 3, 0)),
                        "http://x",
                        null,
                        NOW))
                .get(0);
        assertThat(end.path("labels")).isEqualTo(open.path("labels"));
        assertThat(end.path("endsAt").asText()).isEqualTo("2023-11-14T22:13:21Z");
    }
}
