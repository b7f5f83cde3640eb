package io.touchstone.bench;

/** A question that {@code scripts/bench} answers with figures. */
interface Experiment {
    /** What it is asked for by. */
    String name();

    /** One line for people. */
    String does();

    /** Measures, tells on standard error how far it is, and adds what it found to the report. */
    void run(Settings settings, Report report) throws Exception;
}
