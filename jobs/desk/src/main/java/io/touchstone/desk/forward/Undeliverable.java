package io.touchstone.desk.forward;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A file of what was given up, a line of JSON each; it holds no secrets. What it has was written to the disk. */
final class Undeliverable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private int written;

    Undeliverable(Path file) {
        this.file = file;
    }

    /** A delivery that a target did not take; {@code now} in epoch ms. */
    void add(Target target, Outbox.Ended ended, long now) {
        ObjectNode line = line("delivery", ended.detail(), now)
                .put("target", target.name())
                .put("tries", ended.tries())
                .put("key", ended.delivery().key());
        ArrayNode alerts = line.putArray("alerts");
        for (Message message : ended.delivery().messages()) {
            try {
                alerts.add(JSON.readTree(message.json()));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
        write(line);
    }

    /** A message that is no alert; it stays where it is. */
    void add(Place place, String reason, long now) {
        write(line("message", "no alert: " + reason, now)
                .put("topic", place.topic())
                .put("partition", place.partition())
                .put("offset", place.offset()));
    }

    private static ObjectNode line(String what, String reason, long now) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("at", Instant.ofEpochMilli(now).toString())
                .put("what", what)
                .put("reason", reason);
    }

    private void write(ObjectNode line) {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            // After this the offsets say that it is done.
            out.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("what cannot be delivered cannot be kept in " + file + " either", e);
        }
        written++;
    }

    /** How many lines this process added. */
    int written() {
        return written;
    }
}
