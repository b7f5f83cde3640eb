package io.touchstone.market;

/** How a line was sold; DROPSHIP prices include freight. */
public enum Channel {
    WHOLESALE,
    DROPSHIP,
    MEMBER
}
