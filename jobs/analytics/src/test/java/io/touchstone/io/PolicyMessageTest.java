package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.policy.Policy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PolicyMessageTest {
    private static final String SOUND = "{\"version\": \"v2\", \"effective_from\": 1800000000000}";

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void refuses(String key, byte[] value, long appended, String message) {
        assertThatThrownBy(() -> PolicyMessage.read(key == null ? null : utf8(key), value, appended, Policy.DEFAULT))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void letsInWhatActsNoEarlierThanItWasAppended() throws Refusal {
        assertThat(PolicyMessage.read(utf8("v2"), utf8(SOUND), 1_800_000_000_000L, Policy.DEFAULT)
                        .effectiveFrom())
                .isEqualTo(1_800_000_000_000L);
        refuses(
                "v2",
                utf8(SOUND),
                1_800_000_000_001L,
                "INVALID policy: effective_from is 1800000000000, but was over when it was published");
    }

    @Test
    void theKeyIsTheVersion() {
        refuses("v1", utf8(SOUND), 0, "INVALID policy: version v2 is not the record's key");
        refuses(null, utf8(SOUND), 0, "INVALID policy: version v2 is not the record's key");
    }

    @Test
    void whatIsNoJsonIsUndecodable() {
        refuses("v2", new byte[0], 0, "UNDECODABLE json");
        refuses("v2", utf8("version: v2"), 0, "UNDECODABLE json");
        refuses("v2", utf8("{\"effective_from\": NaN}"), 0, "UNDECODABLE json");
        refuses("v2", new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}, 0, "UNDECODABLE json");
        refuses("v2", utf8(SOUND + SOUND), 0, "UNDECODABLE json");
        refuses("v2", utf8("[".repeat(100_000)), 0, "UNDECODABLE json");
    }
}
