package io.touchstone.io.compare;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Counts any number of things and keeps the first few of them, in order. */
final class Shortlist<T> {
    private final int limit;
    private final TreeSet<T> first;
    private long count;

    /** {@code order}: no two things may be equal in it. */
    Shortlist(int limit, Comparator<T> order) {
        this.limit = limit;
        first = new TreeSet<>(order);
    }

    void add(T thing) {
        count++;
        first.add(thing);
        if (first.size() > limit) {
            first.pollLast();
        }
    }

    Comparison.Listing<T> listing() {
        return new Comparison.Listing<>(count, List.copyOf(first));
    }
}
