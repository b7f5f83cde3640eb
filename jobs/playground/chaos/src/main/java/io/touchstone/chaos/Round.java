package io.touchstone.chaos;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One run of one test.
 *
 * @param id of the test
 * @param folder its own; it need not exist yet
 * @param seed of everything that is random in it
 * @param scale share of the full length, above 0 and at most 1
 * @param rate events per second of the load
 * @param mutant whether the test's mutant is switched on, so that it has to fail
 * @param out where progress is told
 */
public record Round(String id, Path folder, long seed, double scale, int rate, boolean mutant, PrintWriter out) {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /** How many of what there are {@code full} of at full scale; at least two, or what there are. */
    public int scaled(int full) {
        return (int) Math.max(Math.min(2, full), Math.round(full * scale));
    }

    /** Random numbers for a purpose: the same for the same seed, test and purpose. */
    public SplittableRandom random(String purpose) {
        return new SplittableRandom(seed ^ ((long) id.hashCode() << 32) ^ purpose.hashCode());
    }

    /** Tells of progress. */
    public void say(String what, Object... values) {
        out.println(CLOCK.format(LocalTime.now(ZoneId.systemDefault())) + " " + id + " "
                + String.format(Locale.ROOT, what, values));
    }
}
