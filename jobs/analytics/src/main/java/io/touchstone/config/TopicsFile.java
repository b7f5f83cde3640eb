package io.touchstone.config;

import io.touchstone.policy.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How each topic is kept. {@code conf/topics.yaml} explains every key; a test keeps the two together.
 *
 * @param margin how much longer than the longest window inputs are kept at least
 * @param topics the inputs first, the policies last
 */
public record TopicsFile(Duration margin, List<TopicOptions> topics) {
    /** Of a price floor: the business's own, and no option. */
    private static final int PRICE_WINDOW_DAYS = 30;

    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final int LARGEST = 64 * 1024 * 1024;

    /**
     * A topic.
     *
     * @param retention how long a record is kept after its timestamp
     * @param timestamps whose clock stamps a record
     */
    public record TopicOptions(
            String name,
            int partitions,
            Duration retention,
            Timestamps timestamps,
            Cleanup cleanup,
            int maxMessageBytes) {}

    /** Whose clock stamps a record. */
    public enum Timestamps {
        /** The broker's: inputs need it, because what comes from the future is judged by it. */
        APPEND,
        /** The producer's. */
        CREATE
    }

    /** What happens to old records. */
    public enum Cleanup {
        /** They go once they are older than the retention. */
        DELETE,
        /** As DELETE, and of those with one key all but the newest go before. */
        COMPACT_AND_DELETE,
        /** Of those with one key, once they are older than the retention, all but the newest go; the newest never does. */
        COMPACT
    }

    /**
     * Reads and checks the file.
     *
     * @param names what the topics are called
     * @param policy whose windows the inputs have to outlast
     * @throws ConfigException naming file, key, value and range
     */
    public static TopicsFile read(Path file, Options.Topics names, Policy policy) {
        return read(Section.read(file), names, policy);
    }

    static TopicsFile read(Section root, Options.Topics names, Policy policy) {
        Duration margin = root.duration("margin", Duration.ofDays(7), Duration.ofHours(1), Duration.ofDays(365));
        Duration window = Duration.ofDays(Math.max(
                PRICE_WINDOW_DAYS,
                Math.max(policy.quality().windowDays(), policy.quality().orderRetentionDays())));
        Section inputs = root.section("inputs");
        Section outputs = root.section("outputs");
        TopicOptions orders = input(inputs.section("orders"), names.orders(), window.plus(margin));
        TopicOptions returns = input(inputs.section("returns"), names.returns(), window.plus(margin));
        TopicOptions reviews = input(inputs.section("reviews"), names.reviews(), window.plus(margin));
        int largest =
                Math.max(orders.maxMessageBytes(), Math.max(returns.maxMessageBytes(), reviews.maxMessageBytes()));
        List<TopicOptions> topics = List.of(
                orders,
                returns,
                reviews,
                alerts(outputs.section("demotion_alerts"), names.demotionAlerts(), margin),
                alerts(outputs.section("price_alerts"), names.priceAlerts(), margin),
                deadLetters(outputs.section("dead_letters"), names.deadLetters(), margin, largest),
                policies(names.policies()));
        root.checkUnknown();
        return new TopicsFile(margin, topics);
    }

    /** Nothing to choose: in one partition policies have one order, and none is ever forgotten. */
    private static TopicOptions policies(String name) {
        return new TopicOptions(name, 1, Duration.ofDays(365), Timestamps.APPEND, Cleanup.COMPACT, 1 << 20);
    }

    private static TopicOptions input(Section section, String name, Duration shortest) {
        return new TopicOptions(
                name,
                section.integer("partitions", 4, 1, 128),
                section.duration("retention", Duration.ofDays(180), shortest, LONGEST),
                Timestamps.APPEND,
                Cleanup.DELETE,
                section.integer("max_message_bytes", 1 << 20, 1024, LARGEST / 2));
    }

    private static TopicOptions alerts(Section section, String name, Duration shortest) {
        return new TopicOptions(
                name,
                section.integer("partitions", 4, 1, 128),
                section.duration("retention", Duration.ofDays(730), shortest, LONGEST),
                Timestamps.CREATE,
                Cleanup.DELETE,
                section.integer("max_message_bytes", 1 << 20, 1024, LARGEST));
    }

    private static TopicOptions deadLetters(Section section, String name, Duration shortest, int largestInput) {
        return new TopicOptions(
                name,
                section.integer("partitions", 4, 1, 128),
                section.duration("retention", Duration.ofDays(730), shortest, LONGEST),
                Timestamps.CREATE,
                Cleanup.COMPACT_AND_DELETE,
                section.integer("max_message_bytes", Math.max(16 << 20, 2 * largestInput), 2 * largestInput, LARGEST));
    }
}
