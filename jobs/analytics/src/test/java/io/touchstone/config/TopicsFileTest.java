package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.config.TopicsFile.Cleanup;
import io.touchstone.config.TopicsFile.Timestamps;
import io.touchstone.config.TopicsFile.TopicOptions;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics' file: as shipped it holds the defaults, and it cannot lose what the windows need. */
class TopicsFileTest {
    private static final Options.Topics NAMES = new Options.Topics("o", "r", "v", "d", "p", "x", "y");

    @TempDir
    private Path temp;

    private ConfigText topics;

    @BeforeEach
    void open() {
        topics = new ConfigText(temp, TopicsFileTest::read);
    }

    private static TopicsFile read(Path file) {
        return TopicsFile.read(file, NAMES, Policy.DEFAULT);
    }

    private SortedSet<String> knownKeys() throws IOException {
        Section root = Section.read(topics.file(""));
        TopicsFile.read(root, NAMES, Policy.DEFAULT);
        return root.knownKeys();
    }

    @Test
    void shipsTheDefaults() throws IOException {
        assertThat(read(ConfigText.shipped("topics.yaml"))).isEqualTo(topics.read(""));
    }

    @Test
    void explainsEveryKeyWhereItIsSet() throws IOException {
        assertThat(knownKeys()).hasSize(1 + 6 * 3).contains("margin", "outputs.dead_letters.max_message_bytes");
        ConfigText.explains(ConfigText.shipped("topics.yaml"), knownKeys());
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        topics.namesTheNearestOf(knownKeys());
        topics.namesEachOfWrongType(knownKeys());
    }

    @Test
    void stampsInputsOnArrivalAndCompactsNothingThatCounts() throws IOException {
        assertThat(read(topics.file("")).topics())
                .filteredOn(topic -> topic.timestamps() == Timestamps.APPEND)
                .extracting(TopicOptions::name)
                .containsExactly("o", "r", "v", "y");
        assertThat(read(topics.file("")).topics())
                .filteredOn(topic -> topic.cleanup() != Cleanup.DELETE)
                .extracting(TopicOptions::name)
                .containsExactly("x", "y");
    }

    @Test
    void refusesInputsThatExpireBeforeTheirWindowsAndMargin() throws IOException {
        String allowed = "a number with a unit (ms, s, min, h, d), 127 d to 3650 d";
        for (String topic : new String[] {"orders", "returns", "reviews"}) {
            String key = "inputs." + topic + ".retention";
            topics.refuses(ConfigText.only(key, "126 d"), key + " is \"126 d\", but has to be " + allowed);
        }
        TopicsFile edge = read(topics.file("{margin: 1 d, inputs: {orders: {retention: 121 d}}}"));
        assertThat(edge.topics().get(0).retention()).isEqualTo(Duration.ofDays(121));
    }

    @Test
    void keepsRoomForTheLargestInputInADeadLetter() throws IOException {
        topics.refuses(
                "{inputs: {returns: {max_message_bytes: 9000000}}, outputs: {dead_letters: {max_message_bytes: 16777216}}}",
                "outputs.dead_letters.max_message_bytes is 16777216, but has to be an integer, 18000000 to 67108864");
    }
}
