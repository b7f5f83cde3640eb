package io.touchstone.playground;

import io.touchstone.config.Options;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics as the jobs expect them. */
public final class Topics {
    private static final int PARTITIONS = 4;

    private Topics() {}

    /** Every topic of the wiring: inputs stamped with their append time, dead letters with room for twice the largest input. */
    public static List<NewTopic> of(Options.Topics names) {
        Map<String, String> keep = Map.of("retention.ms", "-1");
        return List.of(
                new NewTopic(names.orders(), PARTITIONS, (short) 1)
                        .configs(Map.of("retention.ms", "-1", "message.timestamp.type", "LogAppendTime")),
                new NewTopic(names.returns(), PARTITIONS, (short) 1)
                        .configs(Map.of("retention.ms", "-1", "message.timestamp.type", "LogAppendTime")),
                new NewTopic(names.reviews(), PARTITIONS, (short) 1)
                        .configs(Map.of("retention.ms", "-1", "message.timestamp.type", "LogAppendTime")),
                new NewTopic(names.demotionAlerts(), PARTITIONS, (short) 1).configs(keep),
                new NewTopic(names.priceAlerts(), PARTITIONS, (short) 1).configs(keep),
                new NewTopic(names.deadLetters(), PARTITIONS, (short) 1)
                        .configs(Map.of("retention.ms", "-1", "max.message.bytes", "16777216")),
                new NewTopic(names.policies(), 1, (short) 1)
                        .configs(Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime")));
    }
}
