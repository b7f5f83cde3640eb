package io.touchstone;

import io.touchstone.config.ConfigException;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.History;
import io.touchstone.io.HistorySource;
import io.touchstone.io.Results;
import io.touchstone.io.Rows;
import io.touchstone.io.TableRow;
import io.touchstone.io.compare.Comparison;
import io.touchstone.io.compare.Report;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.operators.PackedType;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.price.ItemSeller;
import io.touchstone.quality.OrderNews;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the jobs' operators over files, in one process, without servers: the same rows and alerts, from history. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = {
            "backtest --history DIR --output DIR [--policy FILE] [--until DATE]",
            "                [--parallelism N] [--quiet]",
            "       backtest --compare A B [--policy FILE] [--all] [--json]"
        },
        description = {
            "Replays a history through the jobs and writes every table, alert and dead letter as files;"
                    + " or compares two such outputs.",
            "",
            "A history holds orders.jsonl, returns.jsonl, reviews.jsonl (optionally .gz): one JSON object a line,"
                    + " times in epoch milliseconds. The lines may stand in any order.",
            "policies.jsonl, if there, holds changes of the policy in the order of their publication: as on the topic"
                    + " policies, each a whole policy with version and effective_from."
        })
public final class Backtest implements Callable<Integer> {
    /** No event is older, none as young as the second. */
    private static final LocalDate FIRST = LocalDate.of(2000, 1, 1);

    private static final LocalDate LAST = LocalDate.of(2100, 1, 2);

    private static final int LISTED = 20;

    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = false, heading = "%nTo replay a history:%n")
    private Replay replay;

    @ArgGroup(exclusive = false, heading = "%nTo see what another policy would have done:%n")
    private Compare compare;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description =
                    "the business numbers (default: those of conf/policy.yaml); for a comparison: whose time zone the dates of alerts are in")
    private Path policyFile;

    private static final class Replay {
        @Option(names = "--history", required = true, paramLabel = "DIR", description = "the history to replay")
        private Path history;

        @Option(
                names = "--output",
                required = true,
                paramLabel = "DIR",
                description = "where the files go; made if absent")
        private Path output;

        @Option(
                names = "--until",
                paramLabel = "DATE",
                description = "the local date at whose midnight it ends (default: the day after the last event)")
        private LocalDate until;

        @Option(
                names = "--parallelism",
                paramLabel = "N",
                defaultValue = "2",
                description =
                        "how many tasks share the work, 1 to 128 (default: ${DEFAULT-VALUE}); the files are the same")
        private int parallelism;

        @Option(names = "--quiet", description = "no progress, no summary")
        private boolean quiet;
    }

    private static final class Compare {
        @Option(
                names = "--compare",
                required = true,
                arity = "2",
                hideParamSyntax = true,
                paramLabel = "A B",
                description =
                        "two outputs of one history under two policies: prints the factories demoted in one and not"
                                + " the other, first dates, days per standing, alerts added, removed and changed")
        private List<Path> folders;

        @Option(names = "--all", description = "whole lists instead of the first " + LISTED + " entries")
        private boolean all;

        @Option(names = "--json", description = "as JSON")
        private boolean json;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs with the arguments of the command line; 0 if all went well. */
    public static int run(String... args) {
        return run(new Backtest(), args);
    }

    /** As {@link #run(String...)}; the backtest can be asked afterwards what it did. */
    public static int run(Backtest backtest, String... args) {
        return new CommandLine(backtest)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof ConfigException || e instanceof IOException) {
                        command.getErr().println("backtest: " + e.getMessage());
                    } else {
                        e.printStackTrace(command.getErr());
                    }
                    return 1;
                })
                .execute(args);
    }

    /** Where the files went; empty if no history was to be replayed. */
    public Optional<Path> output() {
        return Optional.ofNullable(replay).map(of -> of.output);
    }

    /** The business numbers that were asked for; empty for the default. */
    public Optional<Path> policyFile() {
        return Optional.ofNullable(policyFile);
    }

    /** Whether it was asked to say nothing. */
    public boolean isQuiet() {
        return replay != null && replay.quiet;
    }

    @Override
    public Integer call() throws Exception {
        if ((replay == null) == (compare == null)) {
            throw new ParameterException(
                    spec.commandLine(), "give either --history and --output, or --compare with two folders");
        }
        Policy policy = policyFile == null ? Policy.DEFAULT : PolicyFile.read(policyFile);
        if (compare != null) {
            compare(policy);
        } else {
            replay(policy);
        }
        return 0;
    }

    private void compare(Policy policy) throws IOException {
        if (compare.folders.size() != 2) {
            throw new ParameterException(spec.commandLine(), "--compare takes two folders, once");
        }
        Comparison comparison = Comparison.of(
                compare.folders.get(0),
                compare.folders.get(1),
                policy.timeZone(),
                compare.all ? Integer.MAX_VALUE : LISTED);
        PrintWriter out = spec.commandLine().getOut();
        out.println(compare.json ? comparison.json() : Report.of(comparison).stripTrailing());
        out.flush();
    }

    private void replay(Policy policy) throws Exception {
        check();
        long start = System.nanoTime();
        Path work = Files.createTempDirectory("touchstone-backtest-");
        Thread cleaner = new Thread(() -> delete(work));
        Runtime.getRuntime().addShutdownHook(cleaner);
        try (Results results = new Results(Files.createDirectory(work.resolve("results")))) {
            Path sorted = Files.createDirectory(work.resolve("history"));
            History events = new History(policy, sorted);
            read(events, results);
            int untilDay = (int)
                    (replay.until == null
                            ? events.dayAfterNewest().orElse((int) FIRST.toEpochDay())
                            : replay.until.toEpochDay());
            replay(events, sorted, new LocalCalendar(policy.timeZone()).midnight(untilDay), results, work);
            Map<String, Long> sizes = results.write(replay.output);
            if (!replay.quiet) {
                summarize(events, sizes, LocalDate.ofEpochDay(untilDay), policy, (System.nanoTime() - start) / 1e9);
            }
        } finally {
            delete(work);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private void check() throws IOException {
        if (!Files.isDirectory(replay.history)) {
            throw new IOException("--history " + replay.history + " is no folder");
        }
        if (Stream.of("orders", "returns", "reviews").allMatch(topic -> History.file(replay.history, topic) == null)) {
            throw new IOException(
                    "--history " + replay.history + " has none of orders.jsonl, returns.jsonl, reviews.jsonl (or .gz)");
        }
        if (replay.until != null && (replay.until.isBefore(FIRST) || replay.until.isAfter(LAST))) {
            throw new ConfigException("--until is " + replay.until + ", but has to be " + FIRST + " to " + LAST);
        }
        if (replay.parallelism < 1 || replay.parallelism > JobSettings.MAX_PARALLELISM) {
            throw new ConfigException(
                    "--parallelism is " + replay.parallelism + ", but has to be 1 to " + JobSettings.MAX_PARALLELISM);
        }
    }

    private void read(History events, Results results) throws IOException {
        long bytes = 0;
        for (String topic : History.TOPICS) {
            Path file = History.file(replay.history, topic);
            bytes += file == null ? 0 : Files.size(file);
        }
        try (ProgressBar progress = progress("Reading", bytes)) {
            events.read(replay.history, results::add, read -> step(progress, read));
        }
    }

    private void replay(History events, Path sorted, long until, Results results, Path work) throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(replay.parallelism, configuration(work));
        SingleOutputStreamOperator<HistorySource.Played> played = env.fromSource(
                        new HistorySource(sorted, until),
                        WatermarkStrategy.<HistorySource.Played>forMonotonousTimestamps()
                                .withTimestampAssigner((event, none) -> event.time()),
                        "play-history",
                        PackedType.withinTask(HistorySource.Played.class))
                .uid("play-history")
                .setParallelism(1);
        DataStream<Arrival<OrderEvent>> orders = played.flatMap(
                        (HistorySource.Played event, Collector<Arrival<OrderEvent>> out) -> {
                            if (event.order() != null) {
                                out.collect(event.order());
                            }
                        },
                        HistorySource.ORDERS)
                .name("pick-orders")
                .uid("pick-orders")
                .setParallelism(1);
        DataStream<OrderNews> news = played.flatMap(
                        (HistorySource.Played event, Collector<OrderNews> out) -> {
                            if (event.news() != null) {
                                out.collect(event.news());
                            }
                        },
                        FactoryQualityJob.ORDER_NEWS)
                .name("pick-news")
                .uid("pick-news")
                .setParallelism(1);
        DataStream<PolicyChange> changes = PolicyStream.none(played);
        PriceFloorJob.define(
                env,
                events.policies(),
                changes,
                until,
                orders,
                gather("price", results, events.policies().first()));
        FactoryQualityJob.define(
                env,
                events.policies(),
                changes,
                until,
                news,
                gather("quality", results, events.policies().first()));
        JobClient job = env.executeAsync("backtest");
        long before = HistorySource.played();
        try (ProgressBar progress = progress("Replaying", events.events())) {
            LongSupplier count = () -> HistorySource.played() - before;
            Future<JobExecutionResult> done = job.getJobExecutionResult();
            while (!isDoneWithin(200, done)) {
                step(progress, count.getAsLong());
            }
            done.get();
            step(progress, count.getAsLong());
        }
    }

    private static Outputs gather(String half, Results results, Policy policy) {
        return new Outputs() {
            @Override
            public void rows(DataStream<TableRow> rows) {
                rows.sinkTo(results.rows()).name(half + "-gather-rows").uid(half + "-gather-rows");
            }

            @Override
            public void sellers(DataStream<ItemSeller> sellers) {
                String version = policy.version();
                sellers.map(seller -> Rows.of(seller, version), TableRow.TYPE)
                        .name(half + "-lay-out-item-factories")
                        .uid(half + "-lay-out-item-factories")
                        // In their order: of an item the last row counts.
                        .setParallelism(sellers.getParallelism())
                        .sinkTo(results.rows())
                        .name(half + "-gather-item-factories")
                        .uid(half + "-gather-item-factories")
                        .setParallelism(sellers.getParallelism());
            }

            @Override
            public void alerts(DataStream<AlertMessage> alerts) {
                alerts.sinkTo(results.alerts()).name(half + "-gather-alerts").uid(half + "-gather-alerts");
            }

            @Override
            public void deadLetters(DataStream<DeadLetter> letters) {
                letters.sinkTo(results.deadLetters())
                        .name(half + "-gather-dead-letters")
                        .uid(half + "-gather-dead-letters");
            }
        };
    }

    private static boolean isDoneWithin(long ms, Future<?> future) throws Exception {
        try {
            future.get(ms, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        }
    }

    private Configuration configuration(Path work) {
        int parallelism = replay.parallelism;
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.set(CoreOptions.TMP_DIRS, work.toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128L * parallelism + 128));
        configuration.set(
                TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64L + 4L * parallelism * parallelism));
        configuration.set(
                TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64L + 4L * parallelism * parallelism));
        return configuration;
    }

    private ProgressBar progress(String task, long max) {
        return replay.quiet
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(max)
                        .setUpdateIntervalMillis(500)
                        .build();
    }

    private static void step(ProgressBar progress, long to) {
        if (progress != null) {
            progress.stepTo(to);
        }
    }

    private void summarize(History events, Map<String, Long> sizes, LocalDate until, Policy policy, double seconds) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%nBacktest until midnight of %s (%s), policy %s%n", until, policy.timeZone(), policy.version());
        out.printf("  %-16s %,12d%n", "orders", events.orders());
        out.printf("  %-16s %,12d%n", "deals", events.deals());
        out.printf("  %-16s %,12d%n", "keys", sizes.get("keys"));
        out.printf("  %-16s %,12d%n", "breaches", sizes.get("price_breach"));
        out.printf("  %-16s %,12d  (%,d revisions)%n", "alerts", sizes.get("alert"), sizes.get("alert_revision"));
        out.printf("  %-16s %,12d%n", "dead letters", sizes.get("dead-letters"));
        out.printf("  %-16s %,12.1f%n", "seconds", seconds);
        out.printf("  %-16s %,12.0f%n", "events per second", events.events() / seconds);
        out.printf("Files are in %s%n", replay.output);
        out.flush();
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            });
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("backtest: left behind " + folder);
        }
    }
}
