package io.touchstone.config;

/** Something is wrong with a configuration file; the message names file, key, value and what is allowed. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
