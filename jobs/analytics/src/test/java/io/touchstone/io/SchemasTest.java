package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contracts of the topics: what was ever written can be read for ever. */
class SchemasTest {
    private static final Path SCHEMAS = Path.of(System.getProperty("touchstone.home"), "schemas");

    private static Schema today(String name) throws IOException {
        return new Schema.Parser()
                .parse(SCHEMAS.resolve("avro").resolve(name + ".avsc").toFile());
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SCHEMAS.resolve(folder))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"order", "return", "review"})
    void todaysSchemaReadsEveryReleasedOne(String name) throws IOException {
        List<Schema> released = AvroWire.released(name);
        assertThat(released).isNotEmpty();
        for (Schema writer : released) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(today(name), writer)
                            .getResult()
                            .getIncompatibilities())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"order", "return", "review"})
    void everyReleaseReadsTheOnesBefore(String name) throws IOException {
        List<Schema> schemas = new ArrayList<>(AvroWire.released(name));
        schemas.add(today(name));
        for (int reader = 0; reader < schemas.size(); reader++) {
            for (int writer = 0; writer < reader; writer++) {
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(schemas.get(reader), schemas.get(writer))
                                .getType())
                        .as("%s.%d reads %s.%d", name, reader + 1, name, writer + 1)
                        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"order", "return", "review"})
    void todaysSchemaIsTheNewestReleaseOrItsSuccessor(String name) throws IOException {
        List<Schema> released = AvroWire.released(name);
        List<String> forms = released.stream().map(SchemasTest::parsingForm).toList();
        assertThat(forms).doesNotHaveDuplicates();
        int same = forms.indexOf(parsingForm(today(name)));
        if (same >= 0) {
            assertThat(same).as("nothing goes back to an older release").isEqualTo(forms.size() - 1);
            assertThat(today(name)).as("logical types and defaults too").isEqualTo(released.get(same));
        }
    }

    /** A record names its schema by this; a released file that changes makes kept records unreadable. */
    @ParameterizedTest
    @CsvSource({"order, 1, 8b1d578b4a35e8e3", "return, 1, 6290371e823f5ab", "review, 1, 35249296e3c9d6ef"})
    void releasesAreFrozen(String name, int version, String fingerprint) {
        Schema schema = AvroWire.released(name).get(version - 1);
        assertThat(Long.toHexString(SchemaNormalization.parsingFingerprint64(schema)))
                .isEqualTo(fingerprint);
    }

    @Test
    void releasesAreNumberedWithoutGaps() throws IOException {
        Map<String, Set<Integer>> versions = new HashMap<>();
        for (Path file : files("released")) {
            String name = file.getFileName().toString();
            assertThat(name).matches("(order|return|review)\\.[1-9]\\d*\\.avsc");
            String[] parts = name.split("\\.");
            versions.computeIfAbsent(parts[0], n -> new LinkedHashSet<>()).add(Integer.valueOf(parts[1]));
        }
        assertThat(versions).containsOnlyKeys("order", "return", "review");
        for (Map.Entry<String, Set<Integer>> of : versions.entrySet()) {
            List<Integer> fromOne =
                    IntStream.rangeClosed(1, of.getValue().size()).boxed().toList();
            assertThat(of.getValue()).as(of.getKey()).containsExactlyInAnyOrderElementsOf(fromOne);
            assertThat(AvroWire.released(of.getKey())).hasSize(of.getValue().size());
        }
    }

    @Test
    void theClassesAreMadeFromTodaysSchemas() throws IOException {
        assertThat(files("avro")).hasSize(3);
        assertThat(parsingForm(Order.getClassSchema())).isEqualTo(parsingForm(today("order")));
        assertThat(parsingForm(OrderReturn.getClassSchema())).isEqualTo(parsingForm(today("return")));
        assertThat(parsingForm(Review.getClassSchema())).isEqualTo(parsingForm(today("review")));
    }

    private static String parsingForm(Schema schema) {
        return SchemaNormalization.toParsingForm(schema);
    }

    @Test
    void enumsEndInTheirDefaultUnknown() throws IOException {
        int enums = 0;
        for (String folder : List.of("avro", "released")) {
            for (Path file : files(folder)) {
                for (Schema schema : parts(new Schema.Parser().parse(file.toFile()))) {
                    if (schema.getType() == Schema.Type.ENUM) {
                        enums++;
                        assertThat(schema.getEnumDefault())
                                .as(file + " " + schema.getName())
                                .isEqualTo("UNKNOWN");
                        assertThat(schema.getEnumSymbols()).last().isEqualTo("UNKNOWN");
                    }
                }
            }
        }
        assertThat(enums).isGreaterThanOrEqualTo(2 * 10);
    }

    @Test
    void timesAreMillisecondsAndNullableFieldsDefaultToNull() throws IOException {
        for (Path file : files("avro")) {
            for (Schema schema : parts(new Schema.Parser().parse(file.toFile()))) {
                if (schema.getType() != Schema.Type.RECORD) {
                    continue;
                }
                for (Schema.Field field : schema.getFields()) {
                    String name = field.name();
                    if (name.endsWith("_time")
                            || name.endsWith("_at")
                            || (name.endsWith("_by") && !field.schema().isNullable())) {
                        assertThat(field.schema().getLogicalType()).as(name).isNotNull();
                        assertThat(field.schema().getLogicalType().getName()).isEqualTo("timestamp-millis");
                    }
                    assertThat(field.schema().isNullable()).as(name).isEqualTo(field.hasDefaultValue());
                }
            }
        }
    }

    /** A schema and everything it is made of. */
    private static List<Schema> parts(Schema schema) {
        List<Schema> parts = new ArrayList<>(List.of(schema));
        switch (schema.getType()) {
            case RECORD -> schema.getFields().forEach(field -> parts.addAll(parts(field.schema())));
            case ARRAY -> parts.addAll(parts(schema.getElementType()));
            case UNION -> schema.getTypes().forEach(type -> parts.addAll(parts(type)));
            default -> {
                // Nothing inside.
            }
        }
        return parts;
    }
}
