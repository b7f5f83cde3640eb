package io.touchstone.desk;

import io.touchstone.Program;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.desk.alerts.AlertDesk;
import io.touchstone.desk.alerts.AlertFilter;
import io.touchstone.desk.alerts.ReaderLogin;
import io.touchstone.desk.alerts.When;
import io.touchstone.policy.Policy;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Shows alerts in a terminal. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "tail | list | show",
        description = "Shows alerts in a terminal: as they come, as a list, and the whole story of one.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:there is no such alert", "2:it could not be done"},
        footer = {
            "",
            "Examples, on a cluster of scripts/cluster:",
            "  scripts/alerts tail --since 2h --conf .touchstone/jobs/price-floor",
            "  scripts/alerts list --open --severity CRITICAL --conf .touchstone/jobs/price-floor",
            "  scripts/alerts show 3f2a9c1b04de --conf .touchstone/jobs/price-floor"
        })
public final class Alerts implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--conf",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            defaultValue = "conf",
            description =
                    "where jobs.yaml (broker, topics, database) and policy.yaml (time zone) are (default: ${DEFAULT-VALUE}); a"
                            + " cluster of scripts/cluster keeps its own in .touchstone/jobs/price-floor")
    private Path conf;

    public static void main(String[] args) {
        Program.start(Alerts::run, args);
    }

    /** Runs with the arguments of the command line; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return Program.run(
                new CommandLine(new Alerts()).setUsageHelpWidth(100).setCaseInsensitiveEnumValuesAllowed(true),
                e -> e instanceof ConfigException || e instanceof SQLException || e instanceof UncheckedIOException,
                2,
                out,
                err,
                args);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Prints each revision as it is published, a line each: when, how severe, which kind, the first digits of the"
                        + " alert's id (show takes them), the revision, the summary. It goes on until Ctrl-C.",
                "",
                "It reads as read_committed: what a job has not committed yet is not there yet. Colours come on a terminal"
                        + " only, and not with NO_COLOR."
            })
    int tail(
            @Option(
                            names = "--since",
                            paramLabel = "WHEN",
                            description = "what was published since: how long ago (2h, 30 min), " + When.INSTANTS
                                    + "; default: now")
                    String since,
            @Mixin AlertFilter filter,
            @Option(names = "--json", description = "the messages as they are, a line of JSON each") boolean json,
            @Option(names = "--until-end", description = "stop at what is the end when it starts") boolean untilEnd) {
        ZoneId zone = zone();
        long now = System.currentTimeMillis();
        long from = since == null ? now : since(since, zone, now);
        desk(zone).tail(Options.read(conf.resolve("jobs.yaml")).kafka(), from, untilEnd, filter, json);
        return 0;
    }

    private long since(String text, ZoneId zone, long now) {
        try {
            return When.since(text, zone, now);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--since: " + e.getMessage());
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Lists the alerts of the database as of now, the most severe first, of those the one that has been open"
                            + " longest.")
    int list(
            @Option(names = "--open", description = "only those that have not ended") boolean open,
            @Mixin AlertFilter filter,
            @Option(
                            names = "--json",
                            description = "the newest revision of each as a line of JSON, as it was published")
                    boolean json,
            @Mixin ReaderLogin login)
            throws SQLException {
        desk(zone()).list(login.of(Options.read(conf.resolve("jobs.yaml")).database()), open, filter, json);
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Tells the whole story of an alert, from the database: its revisions, its evidence, the daily rate against"
                            + " the standard or the price against its floor, and what clears it.")
    int show(
            @Parameters(paramLabel = "ALERT_ID", description = "its id, or as many first digits as tell it apart")
                    String id,
            @Mixin ReaderLogin login)
            throws SQLException {
        return desk(zone())
                        .show(login.of(Options.read(conf.resolve("jobs.yaml")).database()), id)
                ? 0
                : 1;
    }

    private AlertDesk desk(ZoneId zone) {
        CommandLine command = spec.commandLine();
        return new AlertDesk(
                command.getOut(), command.getErr(), command.getColorScheme().ansi(), zone);
    }

    private ZoneId zone() {
        Path policy = conf.resolve("policy.yaml");
        return (Files.exists(policy) ? PolicyFile.read(policy) : Policy.DEFAULT).timeZone();
    }
}
