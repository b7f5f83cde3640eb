package io.touchstone.io;

import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.Review;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Avro single-object encoding: C3 01, the fingerprint of the writer's schema (8 bytes, little endian), the payload. The schemas
 * that may have written a record are today's and every released one; no registry is asked. Not for use by two threads at once.
 *
 * <p>So jobs go first, producers follow: a new schema is put into {@code schemas/released}, jobs are deployed that know it, and only
 * then does a producer write by it. What comes too early is a dead letter (UNDECODABLE), whole, to be published again.
 */
public final class AvroWire<T extends SpecificRecord> {
    private static final byte[] MARKER = {(byte) 0xC3, 0x01};
    private static final int HEADER = 10;

    static {
        // A few hostile bytes must not make Avro allocate without bound.
        for (String limit : List.of("bytes", "string", "collectionItems")) {
            String key = "org.apache.avro.limits." + limit + ".maxLength";
            if (System.getProperty(key) == null) {
                System.setProperty(key, "1048576");
            }
        }
        // Avro makes objects of classes it was told to trust, and of no others.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(Order.class.getPackageName())));
    }

    private final Map<Long, SpecificDatumReader<T>> readers = new HashMap<>();
    private final SpecificDatumWriter<T> writer;
    private final byte[] header;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    /** {@code released}: the schemas, beside the current one, that may have written a record. */
    AvroWire(Schema current, List<Schema> released) {
        List<Schema> writers = new ArrayList<>(released);
        writers.add(current);
        for (Schema schema : writers) {
            readers.put(SchemaNormalization.parsingFingerprint64(schema), new SpecificDatumReader<>(schema, current));
        }
        writer = new SpecificDatumWriter<>(current);
        header = ByteBuffer.allocate(HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MARKER)
                .putLong(SchemaNormalization.parsingFingerprint64(current))
                .array();
    }

    public static AvroWire<Order> orders() {
        return new AvroWire<>(Order.getClassSchema(), released("order"));
    }

    public static AvroWire<OrderReturn> returns() {
        return new AvroWire<>(OrderReturn.getClassSchema(), released("return"));
    }

    public static AvroWire<Review> reviews() {
        return new AvroWire<>(Review.getClassSchema(), released("review"));
    }

    /** Every version of a schema that was ever deployed: {@code released/NAME.1.avsc}, {@code NAME.2.avsc} and so on. */
    static List<Schema> released(String name) {
        List<Schema> schemas = new ArrayList<>();
        while (true) {
            String resource = "/released/" + name + "." + (schemas.size() + 1) + ".avsc";
            try (InputStream in = AvroWire.class.getResourceAsStream(resource)) {
                if (in == null) {
                    return schemas;
                }
                schemas.add(new Schema.Parser().parse(in));
            } catch (IOException e) {
                throw new UncheckedIOException(resource, e);
            }
        }
    }

    /** Decodes a whole record; {@link Refusal} if the bytes are anything else, or more than that. */
    T decode(byte[] bytes) throws Refusal {
        if (bytes.length < HEADER || bytes[0] != MARKER[0] || bytes[1] != MARKER[1]) {
            throw Refusal.undecodable("not in Avro single-object encoding");
        }
        long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(MARKER.length);
        SpecificDatumReader<T> reader = readers.get(fingerprint);
        if (reader == null) {
            throw Refusal.undecodable("unknown schema " + Long.toHexString(fingerprint));
        }
        return payload(reader, bytes, HEADER);
    }

    private T payload(SpecificDatumReader<T> reader, byte[] bytes, int from) throws Refusal {
        decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, decoder);
        T value;
        boolean whole;
        try {
            value = reader.read(null, decoder);
            whole = decoder.isEnd();
        } catch (IOException | RuntimeException e) {
            // Whatever Avro trips over, the bytes are at fault: nothing else goes in.
            throw Refusal.undecodable(e instanceof AvroRuntimeException ? e.getMessage() : e.toString());
        }
        if (!whole) {
            throw Refusal.undecodable("bytes after the record");
        }
        return value;
    }

    /** Encodes a record under today's schema. */
    public byte[] encode(T value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.writeBytes(header);
        encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
        try {
            writer.write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
