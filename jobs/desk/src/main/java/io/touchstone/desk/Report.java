package io.touchstone.desk;

import io.touchstone.Program;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.config.PolicyFile;
import io.touchstone.config.Secret;
import io.touchstone.desk.report.HtmlReport;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what the jobs found as one HTML file. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes one HTML file for a browser, a phone or paper: which factories are in trouble and why, open alerts, the"
                    + " marketplace's standing over time, the worst and the most improved factories, a section per alerted"
                    + " factory, price floors and breaches, belts compared by quality and price.",
            "",
            "The file needs no network and no other file. It begins with the day up to which it is complete."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the report is written", "1:it could not be", "2:wrong options"})
public final class Report implements Callable<Integer> {
    private static final String READER = "touchstone_reader";

    @Spec
    private CommandSpec spec;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "the HTML file; replaced if there")
    private Path output;

    @ArgGroup(heading = "%nWhere the rows are:%n")
    private Source source = new Source();

    private static final class Source {
        @Option(
                names = "--conf",
                paramLabel = "DIR",
                description =
                        "where jobs.yaml is, which names the database, read as role " + READER
                                + " (default: conf); a cluster of scripts/cluster keeps its own in .touchstone/jobs/price-floor")
        private Path conf;

        @Option(
                names = "--from",
                paramLabel = "DIR",
                description = "the output of scripts/backtest or scripts/export instead of a database")
        private Path from;
    }

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description =
                    "whose time zone days and times are in (default: policy.yaml beside jobs.yaml; with --from the"
                            + " one of conf/policy.yaml as shipped)")
    private Path policyFile;

    public static void main(String[] args) {
        Program.start(Report::run, args);
    }

    /** Runs with the arguments of the command line; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return Program.run(
                new CommandLine(new Report()),
                e -> e instanceof ConfigException || e instanceof IOException || e instanceof UncheckedIOException,
                1,
                out,
                err,
                args);
    }

    @Override
    public Integer call() throws IOException {
        String verdict;
        if (source.from == null) {
            Path conf = source.conf == null ? Path.of("conf") : source.conf;
            DatabaseOptions database =
                    reader(Options.read(conf.resolve("jobs.yaml")).database());
            verdict = HtmlReport.fromDatabase(database, true, policy(conf.resolve("policy.yaml")), output);
        } else {
            verdict = HtmlReport.fromFolder(source.from, policy(null), output);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(verdict + ".");
        out.println("The report is in " + output);
        return 0;
    }

    private Policy policy(Path usual) {
        if (policyFile != null) {
            return PolicyFile.read(policyFile);
        }
        return usual == null || !Files.exists(usual) ? Policy.DEFAULT : PolicyFile.read(usual);
    }

    /** The same database, as somebody who may read and no more; the password is in the reader's file, where that is named by user. */
    private static DatabaseOptions reader(DatabaseOptions writer) {
        String file = writer.password().file();
        Secret password = new Secret(
                writer.password().variable(),
                file == null
                        ? null
                        : Path.of(file)
                                .resolveSibling(
                                        Path.of(file).getFileName().toString().replace(writer.user(), READER))
                                .toString());
        return new DatabaseOptions(
                writer.url(),
                READER,
                password,
                writer.sslMode(),
                writer.caFile(),
                writer.batchRows(),
                writer.batchInterval(),
                writer.retries());
    }
}
