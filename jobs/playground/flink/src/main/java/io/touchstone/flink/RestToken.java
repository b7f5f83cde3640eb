package io.touchstone.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** What whoever changes something through the REST interface has to show: {@code Authorization: Bearer TOKEN}. */
record RestToken(Path file) {
    /** A file that holds the token; without one nothing can be changed. Read at each request, so that it can be changed. */
    static final ConfigOption<String> FILE =
            ConfigOptions.key("touchstone.rest.token-file").stringType().noDefaultValue();

    static RestToken of(Configuration configuration) {
        String file = configuration.get(FILE);
        return new RestToken(file == null ? null : Path.of(file));
    }

    /** The header's value; null if there is no token. */
    String header() throws IOException {
        return file == null ? null : "Bearer " + Files.readString(file).strip();
    }

    boolean isShownBy(String header) throws IOException {
        // In the same time whatever is wrong with it.
        return header != null
                && file != null
                && MessageDigest.isEqual(
                        header.getBytes(StandardCharsets.UTF_8), header().getBytes(StandardCharsets.UTF_8));
    }
}
