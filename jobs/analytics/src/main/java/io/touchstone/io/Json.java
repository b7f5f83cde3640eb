package io.touchstone.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.market.DeadLetter;
import java.io.UncheckedIOException;
import java.util.Base64;

/** What leaves as JSON, one readable line each; {@code schemas/json} describes it. */
public final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    /** An alert, its summary first. */
    public static String of(AlertMessage alert) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("summary", alert.summary())
                .put("summary_zh", alert.summaryZh())
                .put("alert_id", alert.alertId())
                .put("revision", alert.revision())
                .put("kind", alert.kind())
                .put("status", alert.status().name())
                .put("severity", alert.severity().name())
                .put("subject", alert.subject())
                .put("factory_id", alert.factoryId())
                .put("cause", alert.cause())
                .put("at", alert.at())
                .put("opened_at", alert.openedAt())
                .put("closed_at", alert.closedAt())
                .put("policy_version", alert.policyVersion());
        json.set("evidence", tree(alert.evidence()));
        return json.toString();
    }

    /** A dead letter, with the original bytes. */
    public static String of(DeadLetter letter) {
        return MAPPER.createObjectNode()
                .put("topic", letter.origin().topic())
                .put("partition", letter.origin().partition())
                .put("offset", letter.origin().offset())
                .put("reason", letter.reason().name())
                .put("detail", letter.detail())
                .put(
                        "value_base64",
                        Base64.getEncoder().encodeToString(letter.origin().value()))
                .toString();
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
