package io.touchstone.playground;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.touchstone.io.History;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.Traffic;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** A market as files for {@code scripts/backtest}: one JSON object a line, the field names of the schemas, times in epoch ms. */
public final class HistoryFiles implements AutoCloseable {
    private final Map<String, JsonGenerator> files = new TreeMap<>();

    private HistoryFiles(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String topic : History.TOPICS) {
            Path file = folder.resolve(topic + ".jsonl.gz");
            files.put(
                    topic,
                    new JsonFactory()
                            .createGenerator(new BufferedWriter(new OutputStreamWriter(
                                    new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)))
                            .setPrettyPrinter(new MinimalPrettyPrinter("\n")));
        }
    }

    /** Writes all that happens in a market into a folder; returns how many events that are. */
    static long write(Market market, Path folder) throws IOException {
        long events = 0;
        try (HistoryFiles files = new HistoryFiles(folder)) {
            for (Traffic traffic : market) {
                value(traffic.value(), files.files.get(traffic.topic()));
                events++;
            }
        }
        return events;
    }

    /** Writes a record of a schema as one JSON object, a field of it as its value. */
    public static void value(Object value, JsonGenerator out) throws IOException {
        if (value instanceof IndexedRecord record) {
            out.writeStartObject();
            for (Schema.Field field : record.getSchema().getFields()) {
                out.writeFieldName(field.name());
                value(record.get(field.pos()), out);
            }
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object item : list) {
                value(item, out);
            }
            out.writeEndArray();
        } else if (value instanceof Instant instant) {
            out.writeNumber(instant.toEpochMilli());
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else if (value == null) {
            out.writeNull();
        } else {
            out.writeString(value.toString());
        }
    }

    @Override
    public void close() throws IOException {
        for (JsonGenerator file : files.values()) {
            file.writeRaw('\n');
            file.close();
        }
    }
}
