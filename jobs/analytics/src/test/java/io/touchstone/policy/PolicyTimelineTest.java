package io.touchstone.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyTimelineTest {
    private final PolicyTimeline timeline = new PolicyTimeline(Policy.DEFAULT);

    private static Policy policy(String version, PricePolicy price, QualityPolicy quality) {
        return new Policy(version, Policy.DEFAULT.timeZone(), price, quality);
    }

    private static PolicyChange change(String version, long effectiveFrom) {
        return new PolicyChange(effectiveFrom, policy(version, PricePolicy.DEFAULT, QualityPolicy.DEFAULT));
    }

    @Test
    void aChangeActsFromItsInstantOn() {
        timeline.add(change("v3", 3000));
        timeline.add(change("v2", 2000));
        assertThat(List.of(Long.MIN_VALUE, 1999L, 2000L, 2999L, 3000L, Long.MAX_VALUE))
                .extracting(instant -> timeline.at(instant).version())
                .containsExactly("default-1", "default-1", "v2", "v2", "v3", "v3");
    }

    @Test
    void aVersionIsPublishedOnce() {
        timeline.add(change("v2", 2000));
        assertThat(timeline.objectionTo(change("v2", 9000)))
                .hasValueSatisfying(why -> assertThat(why).contains("version v2 is known"));
        assertThat(timeline.objectionTo(change("default-1", 9000))).isPresent();
        assertThat(timeline.objectionTo(change("v3", 2000))).hasValue("effective_from is that of version v2");
        assertThat(timeline.objectionTo(change("v3", 1000))).isEmpty();
    }

    @Test
    void whatStateIsKeptForDoesNotChange() {
        PricePolicy price = PricePolicy.DEFAULT;
        QualityPolicy quality = QualityPolicy.DEFAULT;
        Map<String, Policy> refused = Map.of(
                "time_zone is UTC, but the state is kept for Asia/Shanghai",
                new Policy("v2", ZoneId.of("UTC"), price, quality),
                "price.tiers is [1, 2], but the state is kept for [1, 3, 10, 50, 200, 1000]",
                policy("v2", new PricePolicy(List.of(1L, 2L), 3, 365, 50, 20), quality),
                "price.min_buyers is 2",
                policy("v2", new PricePolicy(price.tiers(), 2, 365, 50, 20), quality),
                "quality.window_days is 59",
                policy("v2", price, new QualityPolicy(59, 168, 120, 168, quality.classes(), Map.of())),
                "quality.match_timeout_hours is 167",
                policy("v2", price, new QualityPolicy(60, 167, 120, 168, quality.classes(), Map.of())),
                "quality.order_retention_days is 121",
                policy("v2", price, new QualityPolicy(60, 168, 121, 168, quality.classes(), Map.of())),
                "quality.return_sla_hours is 169",
                policy("v2", price, new QualityPolicy(60, 168, 120, 169, quality.classes(), Map.of())));
        refused.forEach((why, policy) -> assertThat(timeline.objectionTo(new PolicyChange(2000, policy)))
                .hasValueSatisfying(objection -> assertThat(objection).startsWith(why)));
        PolicyChange allowed =
                new PolicyChange(2000, policy("v2", new PricePolicy(price.tiers(), 3, 0, 1, 2), quality));
        assertThat(timeline.objectionTo(allowed)).isEmpty();
    }

    @Test
    void aChangeIsTheSameAfterItWasPacked() throws IOException {
        QualityPolicy quality = new QualityPolicy(
                30, 1, 8, 1440, QualityPolicy.DEFAULT.classes(), Map.of("乙", QualityPolicy.DEFAULT.classes()));
        PolicyChange change = new PolicyChange(
                1_700_000_000_000L,
                new Policy(
                        "夏-2", ZoneId.of("UTC+03:17"), new PricePolicy(List.of(1L, 7L), 10, 3650, 0, 1000), quality));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        change.write(new DataOutputStream(bytes));
        assertThat(read(bytes.toByteArray())).isEqualTo(change);
    }

    @Test
    void aPolicyOfANewerProgramIsNotGuessed() {
        assertThatThrownBy(() -> read(HexFormat.of().parseHex("02")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2 is newer than this program");
    }

    private static PolicyChange read(byte[] bytes) throws IOException {
        return PolicyChange.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
