package io.touchstone.chaos;

import io.touchstone.chaos.FaultTest.Description;
import java.io.PrintWriter;
import java.util.List;

/** What a run came to, a line per test. */
final class ResultTable {
    private static final String LINE = "%-4s %-8s %5s  %-26s %-34s %s";

    private ResultTable() {}

    /** How a test ended. */
    enum Verdict {
        PASSED,
        FAILED,
        /** A mutant that was not caught. */
        MISSED,
        /** A mutant that was caught. */
        CAUGHT,
        /** The test could not be done. */
        ERROR;

        boolean isGood() {
            return this == PASSED || this == CAUGHT;
        }
    }

    /**
     * A test that was run.
     *
     * @param why the invariants that did not hold, or what went wrong with the test
     */
    record Result(Description test, Verdict verdict, long seconds, String measured, List<String> why) {}

    static void print(List<Result> results, boolean mutant, PrintWriter out) {
        out.println();
        out.println(LINE.formatted("TEST", "VERDICT", "SECS", mutant ? "MUTANT" : "FAULT", "INVARIANT", "TARGET"));
        for (Result result : results) {
            Description test = result.test();
            out.println(LINE.formatted(
                    test.id(),
                    result.verdict(),
                    result.seconds(),
                    mutant ? test.mutant() : test.fault(),
                    test.invariant(),
                    test.target()));
            out.println("     measured: " + result.measured());
            result.why().forEach(line -> out.println("     " + (mutant ? "caught: " : "broken: ") + line));
        }
        out.println();
    }
}
