package io.touchstone.desk.report;

import java.time.LocalDate;
import java.util.Set;

/**
 * Which rows of a table to read: all conditions that are given hold for each.
 *
 * @param column whose value has to be one of the values; null for any
 * @param since the column, a day or a time, that may not be before {@code from}; null for any
 * @param from an ISO day, or epoch ms as text
 * @param absent the column that has to be empty; null for any
 */
record Filter(String column, Set<String> values, String since, String from, String absent) {
    static final Filter ALL = new Filter(null, Set.of(), null, null, null);

    static Filter in(String column, Set<String> values) {
        return new Filter(column, values, null, null, null);
    }

    static Filter absent(String column) {
        return new Filter(null, Set.of(), null, null, column);
    }

    Filter since(String dayColumn, LocalDate day) {
        return new Filter(column, values, dayColumn, day.toString(), absent);
    }

    Filter since(String timeColumn, long instant) {
        return new Filter(column, values, timeColumn, Long.toString(instant), absent);
    }

    /** Whether no row can satisfy it. */
    boolean isVain() {
        return column != null && values.isEmpty();
    }
}
