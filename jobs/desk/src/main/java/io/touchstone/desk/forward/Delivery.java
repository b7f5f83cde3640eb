package io.touchstone.desk.forward;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What goes to a target in one request.
 *
 * @param belt what the messages have in common; null for a message alone
 * @param messages at least one; those of one alert in the order of their revisions
 * @param held the places that are not done before it is over
 * @param releasedAt when the silence ended that let it go, epoch ms; 0 if none did
 */
record Delivery(String belt, List<Message> messages, List<Place> held, long releasedAt) {

    /** The same for the same messages: that of the only one, or one of all of theirs. */
    String key() {
        if (messages.size() == 1) {
            return messages.get(0).key();
        }
        String keys = messages.stream().map(Message::key).sorted().collect(Collectors.joining("\n"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(keys.getBytes(StandardCharsets.UTF_8));
            return "group/" + HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
