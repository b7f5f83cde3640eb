package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.asyncapi.v3._0_0.model.AsyncAPI;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.touchstone.config.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code schemas/asyncapi.yaml} is a document of its kind, and says what the other contracts say. */
class AsyncApiTest {
    private static final Path HOME = Path.of(System.getProperty("touchstone.home"));
    private static final Path FILE = HOME.resolve("schemas").resolve("asyncapi.yaml");

    private static JsonNode document() throws IOException {
        return new YAMLMapper().readTree(FILE.toFile());
    }

    @Test
    void isAnAsyncApiDocument() throws IOException {
        AsyncAPI read = new YAMLMapper().readValue(FILE.toFile(), AsyncAPI.class);
        assertThat(read.getAsyncapi()).isEqualTo("3.0.0");
        assertThat(read.getChannels()).hasSize(7);
        assertThat(read.getOperations()).hasSize(7);
    }

    @Test
    void itsChannelsAreTheTopics() throws IOException {
        Options.Topics topics =
                Options.read(HOME.resolve("conf").resolve("jobs.yaml")).kafka().topics();
        Set<String> addresses = new TreeSet<>();
        document()
                .get("channels")
                .forEach(channel -> addresses.add(channel.get("address").asText()));
        assertThat(addresses)
                .containsExactlyInAnyOrderElementsOf(List.of(
                        topics.orders(),
                        topics.returns(),
                        topics.reviews(),
                        topics.policies(),
                        topics.priceAlerts(),
                        topics.demotionAlerts(),
                        topics.deadLetters()));
    }

    @Test
    void everyReferenceLeadsSomewhere() throws IOException {
        JsonNode document = document();
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).hasSizeGreaterThan(15);
        for (String reference : references) {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse();
            } else {
                assertThat(FILE.resolveSibling(reference)).exists();
                assertThat(Files.size(FILE.resolveSibling(reference))).isPositive();
            }
        }
    }
}
