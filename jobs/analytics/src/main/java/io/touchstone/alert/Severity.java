package io.touchstone.alert;

/** How much a revision asks of the operator. */
public enum Severity {
    INFO,
    WARN,
    CRITICAL
}
