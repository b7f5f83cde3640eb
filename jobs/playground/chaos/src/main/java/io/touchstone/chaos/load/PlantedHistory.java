package io.touchstone.chaos.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.touchstone.event.Review;
import io.touchstone.io.History;
import io.touchstone.playground.HistoryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A load as a history of files, every review of which has the same text.
 *
 * @param events how many there are
 * @param reviews how many of them have the text
 * @param newestTime no event is of a later time, epoch ms
 */
public record PlantedHistory(long events, long reviews, long newestTime) {

    /** Writes it. */
    public static PlantedHistory write(Load load, long events, String text, Path folder) throws IOException {
        Files.createDirectories(folder);
        // With it Avro trusts the classes of our records: it copies no others.
        var unused = new LoadWire();
        Events all = new Events(load);
        long reviews = 0;
        List<JsonGenerator> files = new ArrayList<>();
        for (String topic : History.TOPICS) {
            files.add(new JsonFactory()
                    .createGenerator(Files.newBufferedWriter(folder.resolve(topic + ".jsonl"), StandardCharsets.UTF_8))
                    .setPrettyPrinter(new MinimalPrettyPrinter("\n")));
        }
        for (long i = 0; i < events; i++) {
            Item item = all.next();
            if (item.value() instanceof Review review) {
                review.setText(text);
                reviews++;
            }
            // A producer cannot send what is no record.
            if (item.value() != null) {
                HistoryFiles.value(item.value(), files.get(item.topic()));
            }
        }
        for (JsonGenerator file : files) {
            file.close();
        }
        return new PlantedHistory(events, reviews, all.newestTime());
    }

    /** The first day of which nothing came in. */
    public LocalDate until(ZoneId zone) {
        return Instant.ofEpochMilli(newestTime).atZone(zone).toLocalDate().plusDays(1);
    }
}
