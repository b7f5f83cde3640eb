package io.touchstone;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.io.reconcile.Findings;
import io.touchstone.io.reconcile.Reconciliation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the alert topics with table alert_revision and publishes what is missing. */
@Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the alert topics, as a reader with read_committed sees them, with table alert_revision, and publishes"
                    + " the revisions that are missing as the very messages that were lost, in one transaction.",
            "",
            "It may run beside the jobs, and again: a revision only counts as missing once it was recorded for longer than"
                    + " --older-than, is in no open transaction, and the job has a checkpoint past everything the revision was"
                    + " made of. Until then it is waiting. Revisions older than what retention left on a topic are expired."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:topics and table agree, or do now; waiting and expired ones apart",
            "1:they do not: missing ones (--dry-run), doubled, unknown ones, or messages that are no alerts",
            "2:it could not be done"
        })
public final class Reconcile implements Callable<Integer> {
    private static final int LISTED = 20;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            defaultValue = "conf",
            description =
                    "where jobs.yaml is: broker, topics, database (default: ${DEFAULT-VALUE}); a cluster of scripts/cluster"
                            + " keeps its own in .touchstone/jobs/price-floor")
    private Path conf;

    @Option(names = "--dry-run", description = "say what is missing, publish nothing")
    private boolean dryRun;

    @Option(
            names = "--older-than",
            paramLabel = "DURATION",
            description =
                    "how long ago a revision has to be recorded to count as missing, in s, min or h (default: the wiring's"
                            + " transaction_timeout); less is safe while the job has run without a restart for that long")
    private String olderThan;

    @Option(names = "--all", description = "whole lists instead of the first " + LISTED + " entries")
    private boolean all;

    public static void main(String[] args) {
        Program.start(Reconcile::run, args);
    }

    /** Runs with the arguments of the command line; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Reconcile())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
                    if (cause.getMessage() == null || cause instanceof NullPointerException) {
                        cause.printStackTrace(command.getErr());
                    } else {
                        command.getErr().println("reconcile: " + cause.getMessage());
                    }
                    return 2;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        Options options = Options.read(conf.resolve("jobs.yaml"));
        Duration settled = olderThan == null ? options.kafka().transactionTimeout() : duration(olderThan);
        Reconciliation reconciliation = new Reconciliation(options, settled);
        List<Findings> findings = dryRun ? reconciliation.compare() : reconciliation.mend();
        findings.forEach(this::print);
        boolean agree = findings.stream()
                .allMatch(topic ->
                        topic.agreeOtherwise() && (!dryRun || topic.missing().isEmpty()));
        return agree ? 0 : 1;
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse("PT" + text.strip().replace(" ", "").replace("min", "m"));
        } catch (java.time.format.DateTimeParseException e) {
            throw new ConfigException("--older-than is " + text + ", but has to be a number with a unit: s, min or h");
        }
    }

    private void print(Findings topic) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%s: %,d revisions in the table, %,d on the topic",
                topic.topic(),
                topic.recorded(),
                topic.published()));
        list(dryRun ? "missing" : "missing, published now", topic.missing());
        list("doubled: published more than once", topic.doubled());
        list("unknown: on the topic, but not in the table", topic.unknown());
        list("no alerts at all, topic-partition/offset", topic.foreign());
        list("waiting: recorded a short while ago", topic.young());
        list("waiting: published a short while ago, its row still to come", topic.unrecorded());
        list("waiting: in an open transaction, or behind one", topic.undecided());
        list(
                "waiting: the job may come to them again, its newest checkpoint has not read all of " + topic.behind(),
                topic.notReached());
        list("expired: older than what the topic still holds", topic.expired());
    }

    private void list(String what, Collection<?> things) {
        if (things.isEmpty()) {
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(Locale.ROOT, "  %,d %s", things.size(), what));
        things.stream().limit(all ? Long.MAX_VALUE : LISTED).forEach(thing -> out.println("    " + thing));
        if (!all && things.size() > LISTED) {
            out.println("    ... (--all)");
        }
    }
}
