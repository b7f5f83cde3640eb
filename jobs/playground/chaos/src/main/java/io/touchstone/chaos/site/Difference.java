package io.touchstone.chaos.site;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one collection of lines has and another has not, in both directions, repetitions counted.
 *
 * @param missing how many lines of the expected ones are not there
 * @param extra how many are there that are not expected
 * @param examples a few of either, marked {@code -} or {@code +}
 */
public record Difference(long missing, long extra, List<String> examples) {
    private static final int SHOWN = 3;

    /** Between what ought to be there and what is. */
    public static Difference of(Collection<String> expected, Collection<String> actual) {
        Map<String, Integer> counts = new HashMap<>();
        expected.forEach(line -> counts.merge(line, 1, Integer::sum));
        return rest(counts, actual::forEach);
    }

    /** Between two files, line by line; the order of lines does not matter. */
    public static Difference of(Path expected, Path actual) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(expected)) {
            lines.lines().forEach(line -> counts.merge(line, 1, Integer::sum));
        }
        try (BufferedReader lines = Files.newBufferedReader(actual)) {
            return rest(counts, take -> lines.lines().forEach(take));
        }
    }

    private interface Lines {
        void forEach(java.util.function.Consumer<String> take);
    }

    private static Difference rest(Map<String, Integer> counts, Lines actual) {
        List<String> examples = new ArrayList<>();
        long[] extra = new long[1];
        actual.forEach(line -> {
            if (counts.containsKey(line)) {
                counts.computeIfPresent(line, (same, count) -> count == 1 ? null : count - 1);
            } else if (extra[0]++ < SHOWN) {
                examples.add("+ " + line);
            }
        });
        counts.keySet().stream().limit(SHOWN).forEach(line -> examples.add("- " + line));
        long missing = counts.values().stream().mapToLong(Integer::intValue).sum();
        return new Difference(missing, extra[0], examples);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return missing == 0 && extra == 0;
    }

    @Override
    public String toString() {
        return isEmpty() ? "equal" : missing + " missing, " + extra + " not expected, such as " + examples;
    }
}
