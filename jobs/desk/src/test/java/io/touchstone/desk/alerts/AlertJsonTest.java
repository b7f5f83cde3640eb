package io.touchstone.desk.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What looks like an alert but cannot be one is none. */
class AlertJsonTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static ObjectNode alert() {
        return JSON.createObjectNode()
                .put("summary", "s")
                .put("summary_zh", "s")
                .put("alert_id", "0123456789abcdef0123456789abcdef")
                .put("revision", 1)
                .put("kind", "DEMOTION")
                .put("status", "RESOLVED")
                .put("severity", "INFO")
                .put("subject", "f")
                .put("factory_id", "f")
                .put("at", 1)
                .put("opened_at", 1)
                .put("closed_at", 1)
                .put("policy_version", "p");
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsAnAlert() {
        assertThat(AlertJson.read(bytes(alert())).revision()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alert_id  | "0123"              | its alert_id is none
            alert_id  | "../../etc/passwd"  | its alert_id is none
            revision  | 0                   | its revision is out of range
            revision  | 4294967297          | its revision is out of range
            revision  | 99999999999999999999 | its revision is no number
            at        | 9223372036854775807 | its at is out of range
            opened_at | -1                  | its opened_at is out of range
            closed_at | 253402300800000     | its closed_at is out of range
            """)
    void saysWhatIsOutOfRange(String field, String value, String reason) throws IOException {
        ObjectNode json = alert();
        json.set(field, JSON.readTree(value));
        assertThatThrownBy(() -> AlertJson.read(bytes(json)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }
}
