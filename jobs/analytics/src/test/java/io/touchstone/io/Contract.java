package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;

/** A file of {@code schemas/json}, held against what really leaves. */
public final class Contract {
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonSchema schema;
    private final JsonSchema wordForWord;

    private Contract(JsonNode json) {
        schema = schema(json);
        JsonNode closed = json.deepCopy();
        close(closed);
        wordForWord = schema(closed);
    }

    /** The schema of alerts or of dead letters. */
    public static Contract of(String name) {
        try {
            return new Contract(JSON.readTree(
                    Path.of(System.getProperty("touchstone.home"), "schemas", "json", name + ".schema.json")
                            .toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonSchema schema(JsonNode json) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(json);
    }

    /** Readers have to bear further fields, but none leaves without a word about it. */
    private static void close(JsonNode schema) {
        if (schema.path("type").asText().equals("object") && schema.has("properties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
        schema.forEach(Contract::close);
    }

    /** What a reader would object to. */
    public Set<ValidationMessage> validate(JsonNode json) {
        return schema.validate(json);
    }

    /** A line that leaves: valid, and every field of it is described. */
    public JsonNode valid(String line) throws IOException {
        assertThat(line.lines()).as("one line").hasSize(1);
        JsonNode json = JSON.readTree(line);
        assertThat(wordForWord.validate(json)).as(line).isEmpty();
        return json;
    }
}
