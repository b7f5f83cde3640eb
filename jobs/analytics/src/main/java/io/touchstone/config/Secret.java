package io.touchstone.config;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a secret is to be found: never the secret itself.
 *
 * @param variable an environment variable
 * @param file a file that holds nothing else; null for none; it goes before the variable
 */
public record Secret(String variable, String file) implements Serializable {

    /** The secret, read now; an error that says where one was looked for if there is none. */
    public String readOrFail(String whose) {
        return read().filter(secret -> !secret.isEmpty())
                .orElseThrow(() -> new ConfigException("there is no password for " + whose + ": "
                        + (file == null
                                ? "set environment variable " + variable + ", or give password_file"
                                : file + " is empty")));
    }

    /** The secret, read now; empty if neither place has one. */
    public Optional<String> read() {
        if (file == null) {
            return Optional.ofNullable(System.getenv(variable));
        }
        try {
            return Optional.of(Files.readString(Path.of(file)).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the secret's file cannot be read: " + file, e);
        }
    }
}
