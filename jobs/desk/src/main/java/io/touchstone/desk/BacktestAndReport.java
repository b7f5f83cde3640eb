package io.touchstone.desk;

import io.touchstone.Backtest;
import io.touchstone.config.PolicyFile;
import io.touchstone.desk.report.HtmlReport;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a {@link Backtest} and writes the report of what it found beside its files, as {@code report.html}. */
public final class BacktestAndReport {
    private BacktestAndReport() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs with the arguments of the backtest; 0 if all went well. A comparison writes no report. */
    public static int run(String... args) {
        Backtest backtest = new Backtest();
        int exitCode = Backtest.run(backtest, args);
        if (exitCode != 0 || backtest.output().isEmpty()) {
            return exitCode;
        }
        Path output = backtest.output().get();
        Path report = output.resolve("report.html");
        try {
            Policy policy = backtest.policyFile().map(PolicyFile::read).orElse(Policy.DEFAULT);
            String verdict = HtmlReport.fromFolder(output, policy, report);
            if (!backtest.isQuiet()) {
                System.out.println("The report is in " + report + ": " + verdict);
            }
            return 0;
        } catch (IOException e) {
            System.err.println("backtest: no report: " + e.getMessage());
            return 1;
        }
    }
}
