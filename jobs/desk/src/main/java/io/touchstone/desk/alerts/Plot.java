package io.touchstone.desk.alerts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Numbers over time in plain characters, at most {@value #WIDTH} columns wide.
 *
 * @param unit of the numbers
 * @param times of the columns, one label each; shown are the first, the last and what fits between
 * @param series what is drawn, the later over the earlier
 */
record Plot(String unit, List<String> times, List<Series> series) {
    /** The most columns of a terminal that it takes. */
    static final int WIDTH = 100;

    /** So many instants fit beside the labels of the numbers. */
    static final int COLUMNS = WIDTH - 12;

    private static final int HEIGHT = 12;

    /**
     * One line or set of points.
     *
     * @param values one per column; NaN where there is none
     */
    record Series(char mark, String name, List<Double> values) {}

    /** Top line first; empty if there is no number at all. */
    List<String> lines() {
        double[] all = series.stream()
                .flatMap(one -> one.values.stream())
                .mapToDouble(value -> value)
                .filter(value -> !Double.isNaN(value))
                .toArray();
        if (all.length == 0) {
            return List.of();
        }
        double low = Arrays.stream(all).min().orElseThrow();
        double high = Arrays.stream(all).max().orElseThrow();
        // Some room, so that nothing lies on the frame; what cannot be negative does not look so.
        double room = high > low ? (high - low) / 10 : Math.max(Math.abs(high) / 10, 0.5);
        double top = high + room;
        double bottom = low >= 0 ? Math.max(low - room, 0) : low - room;
        char[][] cells = new char[HEIGHT][times.size()];
        for (char[] row : cells) {
            Arrays.fill(row, ' ');
        }
        for (Series one : series) {
            for (int column = 0; column < times.size(); column++) {
                double value = one.values.get(column);
                if (!Double.isNaN(value)) {
                    int row = (int) Math.round((top - value) / (top - bottom) * (HEIGHT - 1));
                    cells[row][column] = one.mark;
                }
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%9s", unit).stripTrailing());
        for (int row = 0; row < HEIGHT; row++) {
            boolean labelled = row == 0 || row == HEIGHT - 1 || row == HEIGHT / 2;
            double value = top - (top - bottom) * row / (HEIGHT - 1);
            lines.add((labelled ? String.format(Locale.ROOT, "%9s +", number(value)) : " ".repeat(9) + " |")
                    + new String(cells[row]).stripTrailing());
        }
        lines.add(" ".repeat(10) + "+" + "-".repeat(times.size()));
        lines.add(" ".repeat(11) + axis());
        for (Series one : series) {
            lines.add(" ".repeat(11) + one.mark + "  " + one.name);
        }
        return lines;
    }

    private String axis() {
        String first = times.get(0);
        String last = times.get(times.size() - 1);
        if (times.size() < 2 * first.length() + 2) {
            return first.equals(last) ? first : first + " to " + last;
        }
        StringBuilder axis = new StringBuilder(first);
        int middle = times.size() / 2;
        String between = times.get(middle);
        int start = middle - between.length() / 2;
        if (start > first.length() && start + between.length() < times.size() - last.length()) {
            axis.append(" ".repeat(start - axis.length())).append(between);
        }
        return axis.append(" ".repeat(times.size() - last.length() - axis.length()))
                .append(last)
                .toString();
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
