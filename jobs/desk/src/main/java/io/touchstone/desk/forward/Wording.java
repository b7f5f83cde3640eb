package io.touchstone.desk.forward;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A delivery in the words of its receiver. */
final class Wording {
    private static final JsonMapper JSON = new JsonMapper();

    /** PagerDuty cuts off what is longer. */
    private static final int PAGERDUTY_SUMMARY = 1024;

    /** Slack refuses more than 40 000 characters. */
    private static final int SLACK_LINES = 50;

    private static final int SLACK_LINE = 700;

    /** An Alertmanager forgets an alert that was not sent again for so many times as long as it should. */
    private static final int RESENDS_MISSED = 5;

    private Wording() {}

    /**
     * The request.
     *
     * @param url where the target is
     * @param secret its token or key; null if it has none
     * @param now epoch ms
     */
    static Call of(Target target, Delivery delivery, String url, String secret, long now) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        if (secret != null && target.type() != TargetType.PAGERDUTY) {
            headers.put("Authorization", "Bearer " + secret);
        }
        return switch (target.type()) {
            case WEBHOOK -> {
                headers.put("Idempotency-Key", delivery.key());
                yield new Call(url, headers, webhook(delivery).toString());
            }
            case SLACK -> new Call(url, headers, slack(delivery).toString());
            case PAGERDUTY ->
                new Call(
                        url,
                        headers,
                        pagerDuty(delivery.messages().get(0), delivery.belt(), secret)
                                .toString());
            case ALERTMANAGER ->
                new Call(
                        url.replaceAll("/+$", "") + "/api/v2/alerts",
                        headers,
                        alertmanager(delivery, target.resendEvery(), now).toString());
        };
    }

    private static ObjectNode webhook(Delivery delivery) {
        ObjectNode body =
                JsonNodeFactory.instance.objectNode().put("key", delivery.key()).put("belt_id", delivery.belt());
        ArrayNode alerts = body.putArray("alerts");
        for (Message message : delivery.messages()) {
            alerts.addObject()
                    .put("key", message.key())
                    .put("event", message.closes() ? "resolve" : "trigger")
                    .set("alert", tree(message.json()));
        }
        return body;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode slack(Delivery delivery) {
        List<Message> messages = delivery.messages();
        StringBuilder text = new StringBuilder();
        if (messages.size() > 1) {
            text.append("*")
                    .append(messages.size())
                    .append(" alerts, belt ")
                    .append(slack(delivery.belt()))
                    .append("*\n");
        }
        for (Message message : messages.subList(0, Math.min(messages.size(), SLACK_LINES))) {
            AlertMessage alert = message.alert();
            String summary = shortened(alert.summary(), SLACK_LINE);
            text.append(sign(alert))
                    .append(' ')
                    .append(alert.severity())
                    .append(' ')
                    .append(alert.kind())
                    .append(' ')
                    .append(slack(summary))
                    .append(" `")
                    .append(alert.alertId())
                    .append("`\n");
        }
        if (messages.size() > SLACK_LINES) {
            text.append("and ").append(messages.size() - SLACK_LINES).append(" more: scripts/alerts list --open\n");
        }
        return JsonNodeFactory.instance.objectNode().put("text", text.toString().stripTrailing());
    }

    private static String sign(AlertMessage alert) {
        return alert.status().closed()
                ? ":white_check_mark:"
                : alert.severity() == Severity.CRITICAL ? ":red_circle:" : ":large_yellow_circle:";
    }

    /** Slack's three special characters. */
    private static String slack(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String shortened(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 3)) + "...";
    }

    private static ObjectNode pagerDuty(Message message, String belt, String routingKey) {
        AlertMessage alert = message.alert();
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("routing_key", routingKey)
                .put("event_action", message.closes() ? "resolve" : "trigger")
                .put("dedup_key", alert.alertId());
        ObjectNode payload = event.putObject("payload")
                .put("summary", shortened(alert.summary(), PAGERDUTY_SUMMARY))
                .put("source", alert.factoryId())
                .put(
                        "severity",
                        switch (alert.severity()) {
                            case CRITICAL -> "critical";
                            case WARN -> "warning";
                            case INFO -> "info";
                        })
                .put("timestamp", Instant.ofEpochMilli(alert.at()).toString())
                .put("component", alert.subject())
                .put("class", alert.kind());
        if (belt != null) {
            payload.put("group", belt);
        }
        payload.set("custom_details", tree(message.json()));
        return event;
    }

    /** Labels never change under one alert id, so that the receiver knows it again; what changes is in annotations. */
    private static ArrayNode alertmanager(Delivery delivery, Duration resendEvery, long now) {
        Map<String, ObjectNode> newest = new LinkedHashMap<>();
        for (Message message : delivery.messages()) {
            AlertMessage alert = message.alert();
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.putObject("labels")
                    .put("alertname", alert.kind())
                    .put("alert_id", alert.alertId())
                    .put("factory_id", alert.factoryId())
                    .put("subject", alert.subject())
                    .put("source", "touchstone");
            json.putObject("annotations")
                    .put("summary", alert.summary())
                    .put("summary_zh", alert.summaryZh())
                    .put("severity", alert.severity().name())
                    .put("status", alert.status().name())
                    .put("revision", String.valueOf(alert.revision()));
            // A simulated market may be ahead of the clock.
            json.put("startsAt", time(Math.min(alert.openedAt(), now)));
            json.put("endsAt", time(message.closes() ? now : now + RESENDS_MISSED * resendEvery.toMillis()));
            newest.put(alert.alertId(), json);
        }
        return JsonNodeFactory.instance.arrayNode().addAll(newest.values());
    }

    private static String time(long instant) {
        return Instant.ofEpochMilli(instant).toString();
    }
}
