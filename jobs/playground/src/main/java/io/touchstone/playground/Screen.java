package io.touchstone.playground;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Where the demo tells its story: lines that stay, and below them, on a terminal, one that is overwritten in place.
 * Elsewhere that one is printed every few seconds. Safe to use by many threads.
 */
final class Screen {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);
    private static final String CLEAR_LINE = "\r\u001b[K";

    /** How a word stands out, on a terminal. */
    enum Style {
        PLAIN(""),
        DIM("2"),
        BOLD("1"),
        GOOD("32"),
        WARN("33"),
        BAD("1;31");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final PrintWriter out;
    private final int columns;
    private final boolean colour;
    private String progress = "";
    private long progressAt;
    private boolean closed;

    private Screen(PrintWriter out, int columns, boolean colour) {
        this.out = out;
        this.columns = columns;
        this.colour = colour;
    }

    /** A screen for {@code out}: a terminal if the system property {@code touchstone.columns} says how wide it is. */
    static Screen on(PrintWriter out) {
        int columns = Integer.getInteger("touchstone.columns", 0);
        return new Screen(out, columns, columns > 0 && System.getenv("NO_COLOR") == null);
    }

    boolean isTerminal() {
        return columns > 0;
    }

    /** The text, in a style if that can be shown. */
    String styled(Style style, String text) {
        return colour && style != Style.PLAIN ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** Prints a line that stays. */
    synchronized void line(String text) {
        if (closed) {
            return;
        }
        boolean below = isTerminal() && !progress.isEmpty();
        out.print(below ? CLEAR_LINE : "");
        out.println(text);
        out.print(below ? progress : "");
        out.flush();
    }

    /** Prints a line under a head; on a terminal the text is folded at words, and stays to the right of the head. */
    void line(String head, Style style, String text) {
        StringBuilder folded = new StringBuilder(styled(style, head));
        int width = isTerminal() ? Math.max(columns - head.length() - 1, 30) : Integer.MAX_VALUE;
        int used = 0;
        for (String word : text.split(" ", -1)) {
            if (used > 0 && used + 1 + word.length() > width) {
                folded.append(System.lineSeparator()).append(" ".repeat(head.length()));
                used = 0;
            }
            folded.append(used > 0 ? " " : "").append(word);
            used += (used > 0 ? 1 : 0) + word.length();
        }
        line(folded.toString());
    }

    /** Says how far things are: in place of what was said before on a terminal, now and then elsewhere. */
    synchronized void progress(String text) {
        if (closed) {
            return;
        }
        if (isTerminal()) {
            progress = text.length() < columns ? text : text.substring(0, columns - 1);
            out.print(CLEAR_LINE + progress);
            out.flush();
        } else if (progressAt == 0 || System.nanoTime() - progressAt >= PROGRESS_EVERY.toNanos()) {
            progressAt = System.nanoTime();
            line(text);
        }
    }

    /** Takes the overwritten line away. */
    synchronized void endProgress() {
        if (isTerminal() && !progress.isEmpty()) {
            out.print(CLEAR_LINE);
            out.flush();
        }
        progress = "";
    }

    /** Prints a last line; whoever still has something to say is not heard any more. */
    synchronized void close(String text) {
        if (!closed) {
            endProgress();
            line(text);
            closed = true;
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
