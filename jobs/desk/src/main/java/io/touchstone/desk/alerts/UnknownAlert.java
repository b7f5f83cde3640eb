package io.touchstone.desk.alerts;

/** There is no such alert, or more than one; the message names those that may be meant. */
final class UnknownAlert extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownAlert(String message) {
        super(message);
    }
}
