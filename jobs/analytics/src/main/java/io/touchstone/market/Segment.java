package io.touchstone.market;

/** The group a buyer belongs to. */
public enum Segment {
    WHOLESALER,
    SMALL_BUSINESS,
    CONSUMER,
    PLUS_MEMBER
}
