package io.touchstone.desk.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.nio.charset.StandardCharsets;

/** A message of the alert topics, read back. */
public final class AlertJson {
    private static final JsonMapper JSON = new JsonMapper();

    private AlertJson() {}

    /**
     * The revision that a message holds.
     *
     * @throws IllegalArgumentException if it is no alert; the message says what is wrong, and not what it holds
     */
    public static AlertMessage read(byte[] value) {
        JsonNode json;
        try {
            json = value == null ? null : JSON.readTree(new String(value, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        if (json == null || !json.isObject()) {
            throw new IllegalArgumentException("it is no JSON object");
        }
        AlertStatus status = constant(json, "status", AlertStatus.values());
        return new AlertMessage(
                text(json, "summary"),
                text(json, "summary_zh"),
                text(json, "alert_id"),
                (int) number(json, "revision"),
                constant(json, "kind", Kind.values()).name(),
                status,
                constant(json, "severity", Severity.values()),
                text(json, "subject"),
                text(json, "factory_id"),
                json.path("cause").textValue(),
                number(json, "at"),
                number(json, "opened_at"),
                status.closed() ? Long.valueOf(number(json, "closed_at")) : null,
                text(json, "policy_version"),
                json.path("evidence").toString());
    }

    /** The evidence of a revision. */
    static JsonNode evidence(AlertMessage alert) {
        try {
            return JSON.readTree(alert.evidence());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the evidence of " + alert.alertId() + "/" + alert.revision() + " is no JSON", e);
        }
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw new IllegalArgumentException("it has no " + field);
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("its " + field + " is no number");
        }
        return value.longValue();
    }

    private static <E extends Enum<E>> E constant(JsonNode json, String field, E[] constants) {
        String text = text(json, field);
        for (E constant : constants) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("its " + field + " is unknown");
    }
}
