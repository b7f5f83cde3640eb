package io.touchstone.policy;

/** Says what is wrong with a business number: its key, its value and the range it has to be in. */
final class Range {
    private Range() {}

    static void check(String key, long value, long from, long to) {
        check(key, value, value >= from && value <= to, from + " to " + to);
    }

    static void check(String key, Object value, boolean holds, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + " is " + value + ", but has to be " + range);
        }
    }
}
