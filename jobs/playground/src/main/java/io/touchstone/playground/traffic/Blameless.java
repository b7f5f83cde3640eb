package io.touchstone.playground.traffic;

/**
 * A factory that something happens to and that must not be demoted for it.
 *
 * @param at when it happens or begins, in epoch milliseconds
 * @param description one line for people
 */
public record Blameless(Kind kind, String factoryId, long at, String description) {

    /** What happens. */
    public enum Kind {
        /** One day on which most goes wrong. */
        TERRIBLE_DAY,
        /** One bad order of a factory that sells hardly anything. */
        TINY_SELLER,
        /** Fewer and fewer orders, as good as ever. */
        SHRINKING
    }
}
