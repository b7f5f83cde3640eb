package io.touchstone.quality;

import io.touchstone.state.Packed;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** What an order remembers of an event. */
interface Step {
    /** The event's own time, epoch ms: it decides what came first. */
    long time();

    /** When it begins to be seen: its time or, if it came late, the first instant that was still open. */
    long actsAt();

    default void writeTimes(long base, DataOutput out) throws IOException {
        Packed.writeSigned(time() - base, out);
        Packed.writeUnsigned(actsAt() - time(), out);
    }

    /** The first of two steps in an order; of the same step told twice, the one that acts earlier. {@code a} may be null. */
    static <S extends Step> S first(S a, S b, Comparator<S> order) {
        if (a == null) {
            return b;
        }
        int difference = order.compare(a, b);
        return difference < 0 || (difference == 0 && a.actsAt() <= b.actsAt()) ? a : b;
    }

    /** Puts a step in its place among others; the same step is kept once. */
    static <S extends Step> void add(S step, List<S> steps, Comparator<S> order) {
        int at = 0;
        while (at < steps.size() && order.compare(steps.get(at), step) < 0) {
            at++;
        }
        if (at < steps.size() && order.compare(steps.get(at), step) == 0) {
            steps.set(at, first(steps.get(at), step, order));
        } else {
            steps.add(at, step);
        }
    }
}
