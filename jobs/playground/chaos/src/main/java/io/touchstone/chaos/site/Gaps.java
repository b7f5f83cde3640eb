package io.touchstone.chaos.site;

import io.touchstone.chaos.Finding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long nothing was to be seen because of a fault: per fault, the longest time between two visible alerts of which some part
 * lies between that fault and the next.
 */
public final class Gaps {
    private final List<Double> seconds;

    private Gaps(List<Double> seconds) {
        this.seconds = seconds;
    }

    /**
     * Measures them; all times in nanoseconds of one clock.
     *
     * @param visible when alerts became visible, ascending
     * @param faults when faults happened, ascending
     * @param end until when to look; what has not come by then counts as coming then
     */
    public static Gaps of(List<Long> visible, List<Long> faults, long end) {
        List<Double> gaps = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++) {
            long from = faults.get(i);
            long to = i + 1 < faults.size() ? faults.get(i + 1) : end;
            gaps.add(longest(visible, from, to, end) / 1e9);
        }
        return new Gaps(gaps);
    }

    private static long longest(List<Long> visible, long from, long to, long end) {
        long longest = 0;
        long before = from;
        for (long at : visible) {
            if (at > end) {
                break;
            }
            if (at > from && before < to) {
                longest = Math.max(longest, at - before);
            }
            before = at;
        }
        return before < to ? Math.max(longest, end - before) : longest;
    }

    /** The gap that so many percent of the faults did not exceed, in seconds; 0 without faults. */
    public double percentile(int percent) {
        if (seconds.isEmpty()) {
            return 0;
        }
        List<Double> sorted = new ArrayList<>(seconds);
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(percent / 100.0 * sorted.size()) - 1);
    }

    /** Measures them, and checks them against what is promised, in seconds. */
    public void check(Finding finding, int p95, int max) {
        finding.measure("gap p95 %.1f s, max %.1f s", percentile(95), max());
        finding.check(
                "gap",
                percentile(95) <= p95 && max() <= max,
                "p95 %.1f s, max %.1f s of %s",
                percentile(95),
                max(),
                seconds);
    }

    /** The longest, in seconds; 0 without faults. */
    public double max() {
        return percentile(100);
    }
}
