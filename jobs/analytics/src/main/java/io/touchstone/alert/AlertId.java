package io.touchstone.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The id of an episode: a pure function of what it is about and when it began, so that a replay names it alike. */
public final class AlertId {
    private AlertId() {}

    /** First 32 hex digits of SHA-256 of {@code kind|subject|episodeStart}, in UTF-8; {@code episodeStart} in epoch ms. */
    public static String of(String kind, String subject, long episodeStart) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((kind + '|' + subject + '|' + episodeStart).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
