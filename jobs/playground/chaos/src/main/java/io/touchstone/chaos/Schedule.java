package io.touchstone.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** When faults happen. */
public final class Schedule {
    private Schedule() {}

    /**
     * Faults at a rhythm that is not quite even.
     *
     * @param first when the first may come, at the earliest
     * @param every from one to the next, on average
     * @param spread by how much each may be earlier or later; less than half of {@code every} keeps their order
     * @return the time of each from the begin, ascending
     */
    public static List<Duration> of(
            SplittableRandom random, int count, Duration first, Duration every, Duration spread) {
        List<Duration> schedule = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long shift = random.nextLong(-spread.toMillis(), spread.toMillis() + 1);
            schedule.add(first.plus(spread).plus(every.multipliedBy(i)).plusMillis(shift));
        }
        return schedule;
    }
}
