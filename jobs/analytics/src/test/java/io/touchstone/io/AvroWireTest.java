package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import io.touchstone.market.DeadLetter.Reason;
import io.touchstone.market.Origin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records on the wire: what is whole comes through, whatever else is refused and leaves no trace. */
class AvroWireTest {
    private static final int HEADER = 10;
    private static final int MUTATIONS = 100_000;

    /** What a record may cost, at most, however its bytes lie: the limit of a string, twice over, and a little. */
    private static final long ALLOCATION = 4L << 20;

    /** The first record of each topic under its first released schema. */
    private static final Map<String, String> ONCE_WRITTEN = Map.of(
            "order",
                    "c301e3e8354a8b571d8b06652d31066f2d310280e88cd5bf630006462d310a736f636b730ce8afb8e69aa806"
                            + "622d310080f8d982bf6380d8bfa7c063060004023118e8a29ce5ad902f736f636b7318a0cb980106434e5900"
                            + "023218e8a29ce5ad902f736f636b7318a0cb980106434e590000",
            "return", "c301abf523e87103290606652d3206722d31066f2d310a80f8d982bf63020200",
            "review",
                    "c301efd6c9e39692243506652d3306762d31066f2d310080f8d982bf6304040006000216e7a0b4e4ba8620f0"
                            + "9f98a1");

    /** A topic: its wire, a record, and what its facts are made by. */
    private record Topic<T extends SpecificRecord>(String name, AvroWire<T> wire, List<T> records, Facting<T> facts) {
        @Override
        public String toString() {
            return name;
        }

        byte[] encoded() {
            return wire.encode(records.get(0));
        }
    }

    private interface Facting<T> {
        Object of(T value) throws Refusal;
    }

    static List<Topic<?>> topics() {
        Review silent = Samples.review();
        silent.setText(null);
        silent.getTopics().clear();
        OrderReturn open = Samples.orderReturn();
        open.setLiable(null);
        return List.of(
                new Topic<Order>(
                        "order",
                        AvroWire.orders(),
                        List.of(Samples.order(), Samples.cancelled(), Samples.paid()),
                        Facts::of),
                new Topic<OrderReturn>("return", AvroWire.returns(), List.of(Samples.orderReturn(), open), Facts::of),
                new Topic<Review>("review", AvroWire.reviews(), List.of(Samples.review(), silent), Facts::of));
    }

    private static <T extends SpecificRecord> void refuses(Topic<T> topic, byte[] bytes, String detail) {
        assertThatThrownBy(() -> topic.wire.decode(bytes)).isInstanceOfSatisfying(Refusal.class, refusal -> {
            var letter = refusal.letter(new Origin("t", 0, 0, bytes));
            assertThat(letter.reason()).isEqualTo(Reason.UNDECODABLE);
            assertThat(letter.detail()).contains(detail).isNotBlank();
        });
    }

    /** A good record is still read, and read as it is. */
    private static <T extends SpecificRecord> void isUnharmed(Topic<T> topic) {
        T value = topic.records.get(0);
        try {
            assertThat(topic.wire.decode(topic.encoded())).isEqualTo(value);
        } catch (Refusal e) {
            throw new AssertionError("a good record is refused", e);
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void whatIsWrittenIsRead(Topic<T> topic) throws Refusal {
        for (T value : topic.records) {
            byte[] bytes = topic.wire.encode(value);
            assertThat(topic.wire.decode(bytes)).isEqualTo(value).isNotSameAs(value);
            assertThat(bytes).startsWith(0xC3, 0x01);
            assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(2))
                    .isEqualTo(SchemaNormalization.parsingFingerprint64(value.getSchema()));
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void readsEveryReleasedSchema(Topic<T> topic) throws IOException, Refusal {
        List<Schema> released = AvroWire.released(topic.name);
        assertThat(released).isNotEmpty();
        for (Schema schema : released) {
            for (T value : topic.records) {
                assertThat(topic.wire.decode(written(value, schema))).isEqualTo(value);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void readsWhatWasOnceWritten(Topic<T> topic) throws Refusal {
        byte[] bytes = HexFormat.of().parseHex(ONCE_WRITTEN.get(topic.name));
        assertThat(topic.wire.decode(bytes)).isEqualTo(topic.records.get(0));
    }

    /** A record as a producer with a released schema writes it; good as long as that has today's fields. */
    private static byte[] written(SpecificRecord value, Schema schema) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0xC3, 1})
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        GenericData data = SpecificData.getForSchema(value.getSchema());
        new GenericDatumWriter<>(schema, data).write(value, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void refusesEveryTruncation(Topic<T> topic) {
        byte[] whole = topic.encoded();
        for (int length = 0; length < whole.length; length++) {
            refuses(topic, Arrays.copyOf(whole, length), length < HEADER ? "not in Avro" : "");
            isUnharmed(topic);
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void refusesBytesAfterTheRecord(Topic<T> topic) {
        byte[] whole = topic.encoded();
        refuses(topic, Arrays.copyOf(whole, whole.length + 1), "bytes after the record");
        byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);
        refuses(topic, twice, "bytes after the record");
        isUnharmed(topic);
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void refusesAnotherMagicAndUnknownSchemas(Topic<T> topic) {
        for (int i = 0; i < HEADER; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bytes = topic.encoded();
                bytes[i] ^= (byte) (1 << bit);
                refuses(topic, bytes, i < 2 ? "not in Avro single-object encoding" : "unknown schema ");
            }
        }
        isUnharmed(topic);
    }

    @Test
    void refusesTheRecordsOfOtherTopics() {
        List<Topic<?>> topics = topics();
        for (Topic<?> reader : topics) {
            for (Topic<?> writer : topics) {
                if (!reader.name.equals(writer.name)) {
                    refuses(reader, writer.encoded(), "unknown schema ");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void refusesRandomBytes(Topic<T> topic) throws Exception {
        Random random = new Random(1);
        byte[] header = Arrays.copyOf(topic.encoded(), HEADER);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[HEADER + random.nextInt(200)];
            random.nextBytes(bytes);
            refuses(topic, bytes, i == 0 ? "not in Avro" : "");
            System.arraycopy(header, 0, bytes, 0, HEADER);
            survives(topic, bytes);
        }
        isUnharmed(topic);
    }

    /** Neither throws anything but a refusal nor takes much memory; true if the record was readable. */
    private static <T extends SpecificRecord> boolean survives(Topic<T> topic, byte[] bytes) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        T value = null;
        Refusal refusal = null;
        try {
            value = topic.wire.decode(bytes);
        } catch (Refusal e) {
            refusal = e;
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATION);
        if (refusal != null) {
            assertThat(refusal.letter(new Origin("t", 0, 0, bytes)).detail()).isNotBlank();
            return false;
        }
        try {
            topic.facts.of(value);
        } catch (Refusal invalid) {
            assertThat(invalid.letter(new Origin("t", 0, 0, bytes)).reason()).isEqualTo(Reason.INVALID);
        }
        return true;
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void survivesMutationsAndReadsTheNeighbour(Topic<T> topic) throws Exception {
        Random random = new Random(2);
        byte[][] originals = topic.records.stream().map(topic.wire::encode).toArray(byte[][]::new);
        int readable = 0;
        for (int i = 0; i < MUTATIONS / 3 + 1; i++) {
            byte[] bytes = originals[random.nextInt(originals.length)];
            for (int times = 1 + random.nextInt(3); times > 0; times--) {
                bytes = mutated(bytes, random);
            }
            readable += survives(topic, bytes) ? 1 : 0;
            isUnharmed(topic);
        }
        assertThat(readable).as("mutations that hit an id, a number or a text").isBetween(500, MUTATIONS / 4);
    }

    /** Bytes with one flaw behind the header: a flipped bit, another byte, one too many, one too few, or a block moved. */
    private static byte[] mutated(byte[] bytes, Random random) {
        int at = HEADER + random.nextInt(Math.max(1, bytes.length - HEADER));
        if (at >= bytes.length) {
            return bytes;
        }
        byte[] copy = bytes.clone();
        switch (random.nextInt(5)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) random.nextInt(256);
            case 2 -> {
                copy = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, copy, at + 1, bytes.length - at);
                copy[at] = (byte) random.nextInt(256);
            }
            case 3 -> {
                copy = Arrays.copyOf(bytes, bytes.length - 1);
                System.arraycopy(bytes, at + 1, copy, at, bytes.length - at - 1);
            }
            default -> {
                int from = HEADER + random.nextInt(bytes.length - HEADER);
                int length = Math.min(random.nextInt(8), bytes.length - Math.max(from, at));
                System.arraycopy(bytes, from, copy, at, length);
            }
        }
        return copy;
    }

    @ParameterizedTest
    @MethodSource("topics")
    <T extends SpecificRecord> void isNotImpressedByHugeLengths(Topic<T> topic) throws Exception {
        byte[] whole = topic.encoded();
        for (long length : new long[] {
            1 << 16,
            1 << 20,
            (1 << 20) + 1,
            1 << 28,
            Integer.MAX_VALUE - 8L,
            Integer.MAX_VALUE,
            1L << 33,
            Long.MAX_VALUE,
            -1,
            -2,
            Integer.MIN_VALUE,
            Long.MIN_VALUE
        }) {
            byte[] number = zigzag(length);
            for (int at = HEADER; at <= whole.length; at++) {
                byte[] bytes = Arrays.copyOf(whole, whole.length + number.length);
                System.arraycopy(number, 0, bytes, at, number.length);
                System.arraycopy(whole, at, bytes, at + number.length, whole.length - at);
                survives(topic, bytes);
            }
        }
        isUnharmed(topic);
    }

    /** A length as Avro writes it. */
    private static byte[] zigzag(long value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        encoder.writeLong(value);
        return out.toByteArray();
    }
}
