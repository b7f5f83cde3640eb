package io.touchstone.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.config.AclsFile.Rights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rights on the broker: as shipped they are those of the jobs as shipped, and what is wrong with them is said in so many words. */
class AclsFileTest {
    @TempDir
    private Path temp;

    private ConfigText acls;
    private Options options;

    @BeforeEach
    void open() throws IOException {
        options = Options.read(Files.createFile(temp.resolve("jobs.yaml")));
        acls = new ConfigText(temp, file -> AclsFile.read(file, options.kafka().topics()));
    }

    @Test
    void shipsTheRightsOfEachJobUnderItsOwnName() {
        AclsFile shipped =
                AclsFile.read(ConfigText.shipped("acls.yaml"), options.kafka().topics());
        for (String job : List.of("price-floor", "factory-quality")) {
            Rights rights = shipped.users().stream()
                    .filter(user -> user.user().equals(options.kafka().user(job)))
                    .collect(Collectors.toList())
                    .get(0);
            assertThat(rights.groups()).containsExactly(options.kafka().group(job));
            assertThat(rights.transactions()).containsExactly(options.kafka().transactionalIdPrefix() + "-" + job);
            assertThat(rights.read()).doesNotContainAnyElementsOf(rights.write());
        }
        assertThat(shipped.users().stream().flatMap(user -> user.transactions().stream()))
                .as("nobody can end another's transactions")
                .doesNotHaveDuplicates();
    }

    @Test
    void letsThoseWhoShowAndSendAlertsOnReadThemAndNoMore() {
        AclsFile shipped =
                AclsFile.read(ConfigText.shipped("acls.yaml"), options.kafka().topics());
        List<String> topics = List.of("price-alerts", "demotion-alerts");
        String group = options.kafka().group("forward");
        assertThat(shipped.users())
                .contains(
                        new Rights(
                                options.kafka().user("alerts"),
                                topics,
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                false),
                        new Rights(
                                options.kafka().user("forward"),
                                topics,
                                List.of(),
                                List.of(group),
                                List.of(),
                                List.of(),
                                false));
    }

    @Test
    void namesTopicsByTheirKeys() throws IOException {
        assertThat(acls.read("me: {read: [price_alerts], write: [dead_letters], progress_of: [g]}"))
                .isEqualTo(new AclsFile(List.of(new Rights(
                        "me",
                        List.of("price-alerts"),
                        List.of("dead-letters"),
                        List.of(),
                        List.of("g"),
                        List.of(),
                        false))));
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        acls.refuses("me: {raed: [orders]}", "unknown key me.raed; the nearest known key is me.read");
        acls.refuses(
                "me: {read: [order]}",
                "me.read is order, but has to be a topic's key: orders, returns, reviews, demotion_alerts, price_alerts,"
                        + " dead_letters, policies");
        acls.refuses("me: {read: orders}", "me.read is \"orders\", but has to be a list of texts");
        acls.refuses("me: {read: [7]}", "me.read is [7], but has to be a list of texts");
        acls.refuses("me: {broker_settings: 1}", "me.broker_settings is 1, but has to be true or false");
        acls.refuses("me: all", "me has to hold keys, not \"all\"");
    }
}
