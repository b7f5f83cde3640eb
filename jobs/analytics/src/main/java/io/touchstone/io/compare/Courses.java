package io.touchstone.io.compare;

import io.touchstone.market.Ids;
import java.io.Closeable;
import java.io.IOException;

/** The courses that a backtest took, one after the other by ascending id; only one is in memory. */
interface Courses<C extends Courses.Course> extends Closeable {

    /** All that happened to one factory, or to one alert. */
    interface Course {
        String id();
    }

    /** The next one; null after the last. */
    C next() throws IOException;

    /** Takes the two courses of one id; null where a side has none. */
    interface Pairs<C> {
        void take(C a, C b);
    }

    /** Walks two sides at once. */
    static <C extends Course> void pair(Courses<C> sideA, Courses<C> sideB, Pairs<C> pairs) throws IOException {
        C a = sideA.next();
        C b = sideB.next();
        while (a != null || b != null) {
            int order = a == null ? 1 : b == null ? -1 : Ids.compare(a.id(), b.id());
            pairs.take(order <= 0 ? a : null, order >= 0 ? b : null);
            a = order <= 0 ? sideA.next() : a;
            b = order >= 0 ? sideB.next() : b;
        }
    }
}
