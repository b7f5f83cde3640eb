package io.touchstone.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Entrants in interleaved rounds of warm JVMs, after one round to warm up: CPU and wall time per event. What one event alone takes
 * is measured beside each and subtracted: it is the start and the end, not the events.
 */
final class Rounds {
    static final String CPU = "CPU us/event";
    private static final String WALL = "wall us/event";

    private Rounds() {}

    /** Does it once, and tells what that took. */
    @FunctionalInterface
    interface Run {
        Cost cost() throws Exception;
    }

    /**
     * A row of the table.
     *
     * @param events that it takes in a whole run
     * @param one a run with a single event
     * @param of the name of the row that its CPU time is compared with, which stands before it; null for none
     */
    record Entrant(String row, long events, Run whole, Run one, String of) {}

    /** Adds CPU and wall time of each row to the report; the CPU times, by row. */
    static Map<String, Figure> measure(String experiment, List<Entrant> entrants, int rounds, Report report)
            throws Exception {
        Map<String, Figure> cpu = new LinkedHashMap<>();
        Map<String, Figure> wall = new LinkedHashMap<>();
        for (Entrant entrant : entrants) {
            cpu.put(entrant.row, Figure.of(experiment, entrant.row, CPU, new double[rounds]));
            wall.put(entrant.row, Figure.of(experiment, entrant.row, WALL, new double[rounds]));
        }
        for (int round = 0; round <= rounds; round++) {
            for (Entrant entrant : entrants) {
                Cost one = entrant.one.cost();
                Cost whole = entrant.whole.cost();
                double cpuMicros = (whole.cpu() - one.cpu()) / 1e3 / entrant.events;
                double wallMicros = (whole.wall() - one.wall()) / 1e3 / entrant.events;
                System.err.printf(
                        Locale.ROOT,
                        "%s, round %d%s: %-24s %6.2f us CPU, %6.2f us wall per event (of one event: %.0f ms CPU)%n",
                        experiment,
                        round,
                        round == 0 ? " (warm-up)" : "",
                        entrant.row,
                        cpuMicros,
                        wallMicros,
                        one.cpu() / 1e6);
                if (round > 0) {
                    cpu.get(entrant.row).rounds()[round - 1] = cpuMicros;
                    wall.get(entrant.row).rounds()[round - 1] = wallMicros;
                }
            }
        }
        for (Entrant entrant : entrants) {
            Figure own = cpu.get(entrant.row);
            report.add(entrant.of == null ? own : own.comparedWith(cpu.get(entrant.of)));
            report.add(wall.get(entrant.row));
        }
        return cpu;
    }
}
