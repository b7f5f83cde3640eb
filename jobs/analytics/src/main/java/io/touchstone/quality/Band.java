package io.touchstone.quality;

/** A score in one word. UNRATED: too few effective orders to say. */
public enum Band {
    A,
    B,
    C,
    D,
    UNRATED
}
