package io.touchstone.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * One measured quantity, once per round.
 *
 * @param experiment that measured it
 * @param row what it was measured of
 * @param measure what was measured, with its unit
 * @param rounds one value per round; a single one for what does not vary, such as a size
 * @param of the row that the ratios are of; empty if there are none
 * @param ratios to that row, each taken within a round, which shares the machine's mood
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Figure(String experiment, String row, String measure, double[] rounds, String of, double[] ratios) {
    /** A quantity that is compared with none. */
    static Figure of(String experiment, String row, String measure, double... rounds) {
        return new Figure(experiment, row, measure, rounds, "", new double[0]);
    }

    /** A quantity beside another one of the same rounds. */
    Figure comparedWith(Figure other) {
        double[] ratios = new double[rounds.length];
        Arrays.setAll(ratios, i -> rounds[i] / other.rounds[i]);
        return new Figure(experiment, row, measure, rounds, other.row, ratios);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The least and the greatest of several values; empty for one. */
    static String range(double[] values) {
        if (values.length < 2) {
            return "";
        }
        return number(Arrays.stream(values).min().orElseThrow()) + " .. "
                + number(Arrays.stream(values).max().orElseThrow());
    }

    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%,.0f", value);
    }
}
