package io.touchstone;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyDocument;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.PolicyTopic;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Publishes policies, and shows which is in force when. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "publish | show",
        description = "Changes the business numbers of running jobs, and shows which are in force when.")
public final class PolicyCommand implements Runnable {
    /** Less, and it may be over before the broker has the record. */
    private static final Duration NOTICE = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--conf",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            defaultValue = "conf",
            description =
                    "where jobs.yaml (broker) and policy.yaml (with which the jobs start) are (default: ${DEFAULT-VALUE}); a"
                            + " cluster of scripts/cluster keeps its own in .touchstone/jobs/price-floor")
    private Path conf;

    public static void main(String[] args) {
        Program.start(PolicyCommand::run, args);
    }

    /** Runs with the arguments of the command line; returns the exit code, 2 if it could not be done. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return Program.run(new CommandLine(new PolicyCommand()), e -> e instanceof ConfigException, 2, out, err, args);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Publishes a policy file. It is a whole policy: a key that is absent has its default. It acts, in both jobs and"
                        + " for every key alike, on what happens from its instant on; evaluations use the one in force at"
                        + " their midnight.",
                "",
                "Its version has to be new. time_zone, tiers, min_buyers, window_days, order_retention_days, match_timeout_hours"
                        + " and return_sla_hours cannot change while state is kept: leave them out, or as they are."
            })
    int publish(
            @Parameters(paramLabel = "FILE", description = "a file like conf/policy.yaml") Path file,
            @Option(
                            names = "--effective-from",
                            paramLabel = "WHEN",
                            description =
                                    "a local date (its midnight), a time with its offset (2027-01-31T08:00+08:00) or epoch ms;"
                                            + " may stand in the file instead, as effective_from in epoch ms")
                    String effectiveFrom)
            throws InterruptedException {
        Policy start = start();
        PolicyTopic topic = topic();
        Long instant = effectiveFrom == null ? null : instant(effectiveFrom, start.timeZone());
        String document = PolicyDocument.of(file, instant);
        PolicyChange change = PolicyDocument.read(document, start);
        PolicyTimeline timeline = new PolicyTimeline(start);
        topic.read(timeline);
        timeline.objectionTo(change).ifPresent(objection -> {
            throw new ConfigException(file + ": " + objection);
        });
        if (change.effectiveFrom() < System.currentTimeMillis() + NOTICE.toMillis()) {
            throw new ConfigException(
                    file + ": effective_from is " + local(change.effectiveFrom(), start.timeZone()) + ", but has to be "
                            + NOTICE.toSeconds() + " s from now or later: what is over was judged already");
        }
        long offset = topic.publish(change.policy().version(), document);
        spec.commandLine()
                .getOut()
                .println("policy " + change.policy().version() + " is published (offset " + offset + ") and acts from "
                        + local(change.effectiveFrom(), start.timeZone()) + " on, instead of "
                        + timeline.at(change.effectiveFrom()).version());
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Shows every policy that was published, when it acts, and why the jobs refused it if they did.")
    int show() {
        Policy start = start();
        ZoneId zone = start.timeZone();
        PolicyTimeline timeline = new PolicyTimeline(start);
        List<PolicyTopic.Entry> entries = topic().read(timeline);
        PrintWriter out = spec.commandLine().getOut();
        String inForce = timeline.at(System.currentTimeMillis()).version();
        String line = "%-8s  %-24s  %-25s  %s";
        out.println(line.formatted("OFFSET", "VERSION", "ACTS FROM", ""));
        out.println(
                line.formatted("", start.version(), "the start", inForce.equals(start.version()) ? "in force" : ""));
        for (PolicyTopic.Entry entry : entries) {
            String remark = entry.refusal() != null
                    ? "REFUSED: " + entry.refusal()
                    : entry.version().equals(inForce)
                            ? "in force"
                            : entry.change().effectiveFrom() > System.currentTimeMillis() ? "to come" : "";
            String from = entry.change() == null ? "" : local(entry.change().effectiveFrom(), zone);
            out.println(line.formatted(entry.offset(), entry.version() == null ? "" : entry.version(), from, remark));
        }
        return 0;
    }

    private Policy start() {
        return PolicyFile.read(conf.resolve("policy.yaml"));
    }

    private PolicyTopic topic() {
        return new PolicyTopic(Options.read(conf.resolve("jobs.yaml")).kafka());
    }

    private static long instant(String text, ZoneId zone) {
        try {
            if (text.matches("-?\\d+")) {
                return Long.parseLong(text);
            }
            return text.contains("T")
                    ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
                    : LocalDate.parse(text).atStartOfDay(zone).toInstant().toEpochMilli();
        } catch (DateTimeException | NumberFormatException e) {
            throw new ConfigException("--effective-from is " + text
                    + ", but has to be a date, a time with its offset (2027-01-31T08:00+08:00) or epoch ms");
        }
    }

    private static String local(long instant, ZoneId zone) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                Instant.ofEpochMilli(instant).atZone(zone).toOffsetDateTime());
    }
}
