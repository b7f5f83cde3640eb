package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.DeadLetter.Reason;
import io.touchstone.market.Origin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The next version of each schema, rehearsed: a new field that may be null, and a new symbol in every enum. */
class SuccessorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEADER = 10;
    private static final String NEW_FIELD = "added_later";
    private static final String NEW_SYMBOL = "ADDED_LATER";

    /** A topic: its wire, a record of today, what facts are made by, and by path the enums whose new symbol it can have. */
    private record Topic<T extends SpecificRecord>(
            String name, AvroWire<T> wire, T record, Facting<T> facts, Map<String, String> paths) {
        @Override
        public String toString() {
            return name;
        }

        Schema today() {
            return record.getSchema();
        }

        /** The wire of jobs that know the successor, too. */
        AvroWire<T> knowing(Schema successor) {
            List<Schema> released = new ArrayList<>(AvroWire.released(name));
            released.add(successor);
            return new AvroWire<>(today(), released);
        }
    }

    private interface Facting<T> {
        Object of(T value) throws Refusal;
    }

    static List<Topic<?>> topics() {
        return List.of(
                new Topic<Order>(
                        "order",
                        AvroWire.orders(),
                        Samples.cancelled(),
                        Facts::of,
                        new TreeMap<>(Map.of(
                                "status", "OrderStatus",
                                "type", "OrderType",
                                "buyer_segment", "BuyerSegment",
                                "cancelled_by", "CancelledBy",
                                "lines[1].channel", "Channel"))),
                new Topic<OrderReturn>(
                        "return",
                        AvroWire.returns(),
                        Samples.orderReturn(),
                        Facts::of,
                        new TreeMap<>(Map.of("stage", "ReturnStage", "reason", "ReturnReason", "liable", "Liable"))),
                new Topic<Review>(
                        "review",
                        AvroWire.reviews(),
                        Samples.review(),
                        Facts::of,
                        new TreeMap<>(Map.of("stage", "ReviewStage", "topics", "ReviewTopic"))));
    }

    /** The schema with a field more in every record, and a symbol more, before UNKNOWN, in every enum. */
    private static Schema successor(Schema today) throws IOException {
        JsonNode json = JSON.readTree(today.toString());
        grow(json);
        return new Schema.Parser().parse(json.toString());
    }

    private static void grow(JsonNode json) {
        json.forEach(SuccessorsTest::grow);
        if (json.path("type").asText().equals("enum")) {
            ((ArrayNode) json.get("symbols")).insert(json.get("symbols").size() - 1, NEW_SYMBOL);
        } else if (json.path("type").asText().equals("record")) {
            ObjectNode field = ((ArrayNode) json.get("fields")).addObject().put("name", NEW_FIELD);
            field.putArray("type").add("null").add("string");
            field.putNull("default");
        }
    }

    /** Today's record in the hands of a producer that has the successor. */
    private static <T extends SpecificRecord> GenericRecord inHandsOf(Schema successor, Topic<T> topic)
            throws IOException {
        byte[] bytes = topic.wire.encode(topic.record);
        GenericRecord record = new GenericDatumReader<GenericRecord>(topic.today(), successor)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null));
        record.put(NEW_FIELD, "something new");
        return record;
    }

    private static byte[] written(GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0xC3, 1})
                .putLong(SchemaNormalization.parsingFingerprint64(record.getSchema()))
                .array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    /** Puts the new symbol where a path leads. */
    private static void renew(GenericRecord record, String path, Schema successor, String name) {
        GenericData.EnumSymbol symbol = new GenericData.EnumSymbol(find(successor, name), NEW_SYMBOL);
        if (path.equals("lines[1].channel")) {
            ((GenericRecord) ((List<?>) record.get("lines")).get(1)).put("channel", symbol);
        } else if (path.equals("topics")) {
            record.put("topics", List.of(symbol));
        } else {
            record.put(path, symbol);
        }
    }

    private static Schema find(Schema schema, String name) {
        return switch (schema.getType()) {
            case RECORD ->
                schema.getFields().stream()
                        .map(field -> find(field.schema(), name))
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null);
            case ARRAY -> find(schema.getElementType(), name);
            case UNION ->
                schema.getTypes().stream()
                        .map(type -> find(type, name))
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null);
            case ENUM -> schema.getName().equals(name) ? schema : null;
            default -> null;
        };
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void isCompatibleInBothDirections(Topic<T> topic) throws IOException {
        Schema successor = successor(topic.today());
        assertThat(SchemaNormalization.parsingFingerprint64(successor))
                .isNotEqualTo(SchemaNormalization.parsingFingerprint64(topic.today()));
        for (Schema[] pair : new Schema[][] {{successor, topic.today()}, {topic.today(), successor}}) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(pair[0], pair[1])
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void aNewFieldIsPassedOver(Topic<T> topic) throws Exception {
        Schema successor = successor(topic.today());
        T read = topic.knowing(successor).decode(written(inHandsOf(successor, topic)));
        assertThat(read).isEqualTo(topic.record);
        assertThat(topic.facts.of(read)).isEqualTo(topic.facts.of(topic.record));
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void aNewSymbolIsUnknownAndMakesItsRecordInvalid(Topic<T> topic) throws Exception {
        Schema successor = successor(topic.today());
        for (Map.Entry<String, String> path : topic.paths.entrySet()) {
            GenericRecord record = inHandsOf(successor, topic);
            renew(record, path.getKey(), successor, path.getValue());
            T read = topic.knowing(successor).decode(written(record));
            assertThat(read.toString()).contains("\"UNKNOWN\"");
            DeadLetter letter = refusal(() -> topic.facts.of(read)).letter(origin(written(record)));
            assertThat(letter.reason()).isEqualTo(Reason.INVALID);
            assertThat(letter.detail()).isEqualTo(path.getKey());
        }
    }

    /** Jobs go first: for those that do not know it yet, whatever a producer writes by it is a dead letter, whole, to be read later. */
    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void aSchemaThatIsNotKnownYetLosesNothing(Topic<T> topic) throws Exception {
        Schema successor = successor(topic.today());
        byte[] early = written(inHandsOf(successor, topic));
        DeadLetter letter = refusal(() -> topic.wire.decode(early)).letter(origin(early));
        assertThat(letter.reason()).isEqualTo(Reason.UNDECODABLE);
        assertThat(letter.detail())
                .isEqualTo("unknown schema " + Long.toHexString(SchemaNormalization.parsingFingerprint64(successor)));
        byte[] again = letter.origin().value();
        assertThat(Arrays.equals(again, early)).isTrue();
        assertThat(topic.knowing(successor).decode(again)).isEqualTo(topic.record);
    }

    private interface Refusing {
        void run() throws Refusal;
    }

    private static Refusal refusal(Refusing refusing) {
        return catchThrowableOfType(Refusal.class, refusing::run);
    }

    private static Origin origin(byte[] value) {
        return new Origin("t", 0, 0, value);
    }
}
