package io.touchstone.desk.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A plot in plain characters fits on a terminal and has its axes and units on it. */
class PlotTest {
    private static List<String> days(int number) {
        return IntStream.range(0, number)
                .mapToObj(day -> "2027-01-" + "%02d".formatted(day % 28 + 1))
                .toList();
    }

    @Test
    void drawsLinesWithLabelledAxes() {
        List<Double> rates = IntStream.range(0, 40).mapToObj(day -> day * 0.25).toList();
        Plot plot = new Plot(
                "%",
                days(40),
                List.of(
                        new Plot.Series('-', "standard", Collections.nCopies(40, 3.0)),
                        new Plot.Series('*', "rate", rates)));
        assertThat(plot.lines())
                .containsExactly(
                        "        %",
                        "     10.7 +",
                        "          |                                      **",
                        "          |                                  ****",
                        "          |                              ****",
                        "          |                          ****",
                        "          |                      ****",
                        "     4.88 +                  ****",
                        "          |              ****",
                        "          |----------****--------------------------",
                        "          |      ****",
                        "          |  ****",
                        "     0.00 +**",
                        "          +----------------------------------------",
                        "           2027-01-01     2027-01-21     2027-01-12",
                        "           -  standard",
                        "           *  rate");
    }

    @Test
    void fitsOnATerminal() {
        Plot plot = new Plot(
                "CNY",
                days(Plot.COLUMNS),
                List.of(new Plot.Series('x', "paid", Collections.nCopies(Plot.COLUMNS, 1234567.0))));
        assertThat(plot.lines()).allMatch(line -> line.length() <= Plot.WIDTH);
    }

    @Test
    void leavesOutWhatIsNotThere() {
        assertThat(new Plot("%", days(3), List.of(new Plot.Series('*', "rate", Collections.nCopies(3, Double.NaN))))
                        .lines())
                .isEmpty();
        assertThat(new Plot("%", days(1), List.of(new Plot.Series('*', "rate", List.of(0.0)))).lines())
                .anyMatch(line -> line.endsWith("+*") || line.endsWith("|*"));
    }
}
