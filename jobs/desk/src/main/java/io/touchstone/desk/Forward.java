package io.touchstone.desk;

import io.touchstone.Program;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.desk.forward.ForwardOptions;
import io.touchstone.desk.forward.Forwarder;
import io.touchstone.policy.Policy;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends alerts on to other systems. */
@Command(
        name = "forward",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads the alert topics and tells the targets of conf/forward.yaml: webhooks, Slack, PagerDuty, Alertmanagers. It goes"
                    + " on until Ctrl-C or SIGTERM.",
            "",
            "At least once: the offsets of its consumer group are committed when everything before them was delivered, muted or"
                    + " given up, and after a crash the rest is sent again under the same keys (header Idempotency-Key of a"
                    + " webhook, dedup_key of PagerDuty, labels of an Alertmanager; Slack has none, so a message may come twice)."
                    + " A revision that is older than, or the same as, one that was sent is not sent again.",
            "",
            "Run one of it: a second one would send everything a second time."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:done, but something could not be delivered: see the file of undeliverable messages",
            "2:it could not be done"
        },
        footer = {
            "",
            "Examples, on a cluster of scripts/cluster:",
            "  scripts/forward --dry-run --conf .touchstone/jobs/price-floor",
            "  scripts/forward --file pagers.yaml --conf .touchstone/jobs/price-floor"
        })
public final class Forward implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            defaultValue = "conf",
            description =
                    "where jobs.yaml (broker, topics, database) and policy.yaml (time zone) are (default: ${DEFAULT-VALUE}); a"
                            + " cluster of scripts/cluster keeps its own in .touchstone/jobs/price-floor")
    private Path conf;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "who is told, and how (default: forward.yaml in DIR, or in conf of the checkout if there is none)")
    private Path file;

    @Option(
            names = "--dry-run",
            description =
                    "print what would be sent of what is on the topics now, without secrets; send and commit nothing")
    private boolean dryRun;

    @Option(
            names = "--until-end",
            description =
                    "stop once everything is delivered that is on the topics now; nothing waits for others of its belt")
    private boolean untilEnd;

    @Option(names = "--check", description = "only check the file, and that the secrets it names are there")
    private boolean check;

    public static void main(String[] args) {
        Program.start(Forward::run, args);
    }

    /** Runs with the arguments of the command line; returns the exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return Program.run(
                new CommandLine(new Forward()).setUsageHelpWidth(100),
                e -> e instanceof ConfigException || e instanceof UncheckedIOException,
                2,
                out,
                err,
                args);
    }

    @Override
    public Integer call() {
        Path policy = conf.resolve("policy.yaml");
        ZoneId zone = (Files.exists(policy) ? PolicyFile.read(policy) : Policy.DEFAULT).timeZone();
        Path from = file();
        ForwardOptions options = ForwardOptions.read(from, zone);
        if (!dryRun) {
            Forwarder.checkSecrets(from, options);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (check) {
            out.println(from + " is as it should be: " + options.targets().size() + " target(s), "
                    + options.inhibitions().size() + " inhibition(s), "
                    + options.silences().size() + " silence(s)");
            return 0;
        }
        PrintWriter err = spec.commandLine().getErr();
        Forwarder forwarder = new Forwarder(
                Options.read(conf.resolve("jobs.yaml")),
                options,
                InstantSource.system(),
                dryRun,
                out::println,
                line -> err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line));
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread hook = new Thread(() -> {
            forwarder.stop();
            end(code);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            code.complete(forwarder.run(untilEnd || dryRun) == 0 ? 0 : 1);
            return code.join();
        } finally {
            code.complete(2);
            remove(hook);
        }
    }

    private Path file() {
        if (file != null) {
            return file;
        }
        Path own = conf.resolve("forward.yaml");
        return Files.exists(own) ? own : Path.of(System.getProperty("touchstone.home", "."), "conf", "forward.yaml");
    }

    /** What was delivered is committed before the process goes, and its exit code is what came of it, not the signal. */
    private static void end(CompletableFuture<Integer> code) {
        try {
            Runtime.getRuntime().halt(code.get(10, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // Then it goes as it is: what is not committed is sent again.
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is what ends this process.
        }
    }
}
