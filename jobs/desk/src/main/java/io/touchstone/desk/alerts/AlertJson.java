package io.touchstone.desk.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A message of the alert topics, read back. */
public final class AlertJson {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /** More than any alert ever has. */
    private static final long MOST_REVISIONS = 1_000_000;

    /** The end of year 9999, epoch ms. */
    private static final long LAST_INSTANT = 253_402_300_799_999L;

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
                id(json),
                (int) number(json, "revision", 1, MOST_REVISIONS),
                constant(json, "kind", Kind.values()).name(),
                status,
                constant(json, "severity", Severity.values()),
                text(json, "subject"),
                text(json, "factory_id"),
                json.path("cause").textValue(),
                time(json, "at"),
                time(json, "opened_at"),
                status.closed() ? Long.valueOf(time(json, "closed_at")) : null,
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

    private static String id(JsonNode json) {
        String id = text(json, "alert_id");
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("its alert_id is none");
        }
        return id;
    }

    private static long time(JsonNode json, String field) {
        return number(json, field, 0, LAST_INSTANT);
    }

    private static long number(JsonNode json, String field, long least, long most) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("its " + field + " is no number");
        }
        if (value.longValue() < least || value.longValue() > most) {
            throw new IllegalArgumentException("its " + field + " is out of range");
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
