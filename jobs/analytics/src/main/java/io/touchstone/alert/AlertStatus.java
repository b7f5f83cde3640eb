package io.touchstone.alert;

/** Where an episode stands. */
public enum AlertStatus {
    OPENED,
    ESCALATED,
    RECOVERING,
    RESOLVED,
    EXPIRED;

    /** No revision follows. */
    public boolean closed() {
        return this == RESOLVED || this == EXPIRED;
    }
}
