package io.touchstone.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a test has found: figures, and each invariant that did not hold. Filled by one thread. */
public final class Finding {
    private final List<String> measured = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private int checks;

    /** Adds a figure, in words: {@code %,d events}. */
    public void measure(String figure, Object... values) {
        measured.add(String.format(Locale.ROOT, figure, values));
    }

    /**
     * Checks an invariant.
     *
     * @param invariant its short name: {@code V(a)}, {@code gap}
     * @param holds whether it does
     * @param seen what was seen of it, in words; shown if it does not hold
     */
    public void check(String invariant, boolean holds, String seen, Object... values) {
        checks++;
        if (!holds) {
            broken.add(invariant + ": " + String.format(Locale.ROOT, seen, values));
        }
    }

    /** The figures, in one line. */
    public String measured() {
        return String.join(", ", measured);
    }

    /** The invariants that did not hold, each with what was seen. */
    public List<String> broken() {
        return List.copyOf(broken);
    }

    /** Whether every invariant held. A test that checked nothing did not pass. */
    public boolean holds() {
        return checks > 0 && broken.isEmpty();
    }
}
