package io.touchstone.playground;

import io.touchstone.alert.AlertStatus;
import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.desk.report.HtmlReport;
import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.Screen.Style;
import io.touchstone.playground.traffic.Blameless;
import io.touchstone.playground.traffic.Innocent;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedFault;
import io.touchstone.playground.traffic.PlantedRise;
import io.touchstone.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows both jobs at work: a real broker, a real database, Flink, and a market in which some cheat. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Plays a market of 48 factories through Kafka, Flink and PostgreSQL, all of them real and started here on"
                    + " free ports. Some factories raise prices, some ship bad goods, or late, or do not answer; each"
                    + " alert is printed as it fires.",
            "",
            "It ends by itself with a verdict and a report for a browser, or on Ctrl-C, and leaves nothing else behind."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every planted price rise and fault was caught, no other price alerted, no other factory demoted",
            "1:a planted rise or fault was missed, another price alerted, or another factory demoted",
            "2:it could not run: wrong option, port in use, a server that does not start"
        })
public final class Demo implements Callable<Integer> {
    private static final int USUAL_WEB_PORT = 8081;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "which market is played (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "" + Market.DAYS,
            description = "how many days are played (default: ${DEFAULT-VALUE}); the first price rises after six"
                    + " weeks, and what begins too late to be noticed is left out")
    private int days;

    @Option(
            names = "--start",
            paramLabel = "DATE",
            description = "the first day (default: the one with which the last is yesterday)")
    private LocalDate start;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "how long the playing takes, such as 0.5 (default: ${DEFAULT-VALUE}); start and end come on top")
    private double minutes;

    @Option(
            names = "--write-history",
            paramLabel = "DIR",
            description = "play nothing, but write the market's events as files that scripts/backtest replays")
    private Path historyFolder;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            defaultValue = "touchstone-report.html",
            description = "where the report of what the jobs found goes in the end, an HTML file; replaced if there"
                    + " (default: ${DEFAULT-VALUE})")
    private Path report;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "port of Flink's web UI (default: " + USUAL_WEB_PORT + ", or a free one if that is in use)")
    private Integer webPort;

    @Option(
            names = "--keep-running",
            description = "leave everything up in the end, say where it is and what to ask it; Ctrl-C stops it")
    private boolean keepRunning;

    private final long begun = System.nanoTime();
    private Screen screen;
    private Policy policy;
    private ZoneId zone;
    private Market market;
    private double speed;

    public static void main(String[] args) {
        System.exit(run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args));
    }

    /** Runs with the arguments of the command line; returns the exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Demo())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof ConfigException || e instanceof IllegalStateException) {
                        command.getErr().println("demo: " + e.getMessage());
                    } else {
                        e.printStackTrace(command.getErr());
                    }
                    return 2;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        screen = Screen.on(spec.commandLine().getOut());
        policy = PolicyFile.read(Folder.home().resolve("conf").resolve("policy.yaml"));
        zone = policy.timeZone();
        market = market();
        if (historyFolder != null) {
            screen.line(text("%,d events are in %s", HistoryFiles.write(market, historyFolder), historyFolder));
            return 0;
        }
        speed = (market.end() - market.begin()) / (minutes * 60_000);
        int port = webPort();
        Stage stage = new Stage();
        Thread interrupted = new Thread(() -> interrupt(stage), "demo-end");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            introduce();
            raise(stage, port, policy);
            boolean right = play(stage);
            if (keepRunning) {
                invite(stage);
                new CountDownLatch(1).await();
            }
            return right ? 0 : 1;
        } catch (Exception e) {
            if (screen.isClosed()) {
                // Whatever went wrong: it is because everything is being stopped.
                new CountDownLatch(1).await();
            }
            screen.endProgress();
            throw e;
        } finally {
            stage.close();
            try {
                Runtime.getRuntime().removeShutdownHook(interrupted);
            } catch (IllegalStateException alreadyShuttingDown) {
                // The hook has nothing left to do.
            }
        }
    }

    private void interrupt(Stage stage) {
        screen.close("Stopping...");
        stage.close();
    }

    private Market market() {
        if (days < 1 || days > 1000 || !(minutes >= 0.05 && minutes <= 1440)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--days is " + days + " and --minutes is " + minutes
                            + ", but have to be 1 to 1000 and 0.05 to 1440");
        }
        LocalDate first = start == null ? LocalDate.now(zone).minusDays(days) : start;
        if (first.plusDays(days).isAfter(LocalDate.now(zone))) {
            throw new ParameterException(
                    spec.commandLine(), "--start is " + first + ": " + days + " days from there end in the future");
        }
        Market told = Market.of(seed, first, days, 1);
        if (told.rises().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--days is " + days + ", but no factory raises a price that early: let it be 60 or more");
        }
        return told;
    }

    private int webPort() {
        if (webPort != null && (webPort < 1 || webPort > 65_535)) {
            throw new ParameterException(spec.commandLine(), "--web-port is " + webPort + ", but has to be 1 to 65535");
        }
        if (webPort != null) {
            return Ports.wanted(webPort, "Flink's web UI (--web-port)");
        }
        return Ports.isFree(USUAL_WEB_PORT) ? USUAL_WEB_PORT : Ports.free();
    }

    private void introduce() {
        screen.line(screen.styled(
                Style.BOLD, "Touchstone demo: which factory quietly asks more than it used to, or gives less?"));
        screen.line(text(
                "%d factories sell for %d days, %s to %s (%s), told in %s.",
                market.factories().size(),
                days,
                day(market.begin()),
                day(market.end() - 1),
                zone,
                minutes == 1
                        ? "a minute"
                        : BigDecimal.valueOf(minutes).stripTrailingZeros().toPlainString() + " minutes"));
        screen.line(text(
                "%d of them raise a price and have to be caught;"
                        + " %d do what only looks like it and have to be left alone.",
                market.rises().size(), market.innocents().size()));
        screen.line(text(
                "%d of them treat their buyers badly and have to be alerted; %d have bad luck and must not be demoted.",
                market.faults().size(), market.blameless().size()));
        screen.line(
                "The jobs know of none of it. One sees orders, and holds each against the floor of its item, that is");
        screen.line(
                "what enough other buyers paid no more than within the last 30 days; the other sees orders, returns");
        screen.line("and reviews, and judges every factory at midnight by what became of its orders.");
        screen.line("");
    }

    private void raise(Stage stage, int port, Policy policy) throws Exception {
        step("Kafka", () -> {
            stage.startBroker();
            return stage.bootstrapServers();
        });
        step("PostgreSQL", () -> {
            stage.startDatabase();
            return stage.jdbcUrl();
        });
        step("topics", () -> stage.createTopics() + " created");
        step("Flink", () -> stage.startCluster(port) + " (web UI)");
        step("both jobs", () -> {
            stage.startJobs(policy, speed);
            reach("the jobs run", stage, () -> stage.judgedThrough().isPresent() ? 1 : 0, 1);
            return "orders, returns, reviews -> floors, scores, alerts";
        });
        screen.line("");
        screen.line("Below, planted and innocent say what factories do;"
                + " CRITICAL, WARN and INFO are the jobs' alerts, read from Kafka.");
        screen.line("");
    }

    private void step(String name, Callable<String> start) throws Exception {
        long before = System.nanoTime();
        if (screen.isTerminal()) {
            screen.progress("  " + name + "...");
        }
        String what = start.call();
        screen.endProgress();
        screen.line(text("  %-16s %-58s %5.1f s", name, what, seconds(before)));
    }

    /** Plays the market to its end and reports; whether the jobs were right about it. */
    private boolean play(Stage stage) throws Exception {
        String servers = stage.bootstrapServers();
        Options.Topics topics = stage.options().kafka().topics();
        long began = System.nanoTime();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        try (TrafficPlayer player = new TrafficPlayer(servers, topics);
                AlertWatch alerts =
                        new AlertWatch(servers, List.of(topics.priceAlerts(), topics.demotionAlerts()), this::tell)) {
            Pace pace = new Pace();
            var unused = clock.scheduleWithFixedDelay(
                    () -> screen.progress(progress(pace, stage, player, alerts)), 1000, 250, TimeUnit.MILLISECONDS);
            Iterator<Announcement> script = script().iterator();
            Announcement[] next = {script.next()};
            player.play(market, speed, instant -> {
                while (next[0] != null && next[0].at <= instant) {
                    announce(next[0]);
                    next[0] = script.hasNext() ? script.next() : null;
                }
            });
            double played = seconds(began);

            began = System.nanoTime();
            player.moveClock(
                    market.end() + stage.options().time().maxOutOfOrderness().toMillis() + 1);
            reach("the last day is judged", stage, () -> stage.judgedThrough().orElse(Long.MIN_VALUE), market.end());
            stage.checkpoint();
            reach("every alert is published", stage, alerts::revisions, stage.rows("alert_revision"));
            clock.shutdownNow();
            clock.awaitTermination(1, TimeUnit.MINUTES);
            screen.endProgress();
            double judged = seconds(began);

            PriceVerdict prices = PriceVerdict.of(market, alerts.alerts());
            QualityVerdict quality = QualityVerdict.of(market, alerts.alerts(), stage.steps());
            report(prices);
            report(quality);
            count(stage, player, alerts, played, judged);
            conclude(prices, quality);
            write(stage);
            return prices.isRight() && quality.isRight();
        } finally {
            clock.shutdownNow();
        }
    }

    /** Waits for a number that grows; an error if it does not for long, or the job ends. */
    private static void reach(String what, Stage stage, LongSupplier number, long goal) throws InterruptedException {
        long last = number.getAsLong();
        long since = System.nanoTime();
        while (last < goal) {
            stage.checkJobs();
            Thread.sleep(50);
            long now = number.getAsLong();
            if (now != last) {
                last = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
                throw new IllegalStateException("waited in vain until " + what + ": for " + PATIENCE.toSeconds()
                        + " s nothing moved; " + stage.checkJobs());
            }
        }
    }

    /** What happens in the market, by time. */
    private record Announcement(long at, String head, Style style, String text) {}

    private List<Announcement> script() {
        List<Announcement> script = new ArrayList<>();
        for (PlantedRise rise : market.rises()) {
            script.add(new Announcement(
                    rise.from(),
                    "planted",
                    Style.BOLD,
                    text("%s: %s, %s (%s)", rise.factoryId(), rise.description(), rise.skuId(), rise.channel())));
        }
        for (Innocent innocent : market.innocents()) {
            script.add(new Announcement(
                    innocent.at(),
                    "innocent",
                    Style.DIM,
                    text(
                            "%s: %s, %s (%s)",
                            innocent.factoryId(), innocent.description(), innocent.skuId(), innocent.channel())));
        }
        for (PlantedFault fault : market.faults()) {
            script.add(new Announcement(
                    fault.from(), "planted", Style.BOLD, text("%s: %s", fault.factoryId(), fault.description())));
        }
        for (Blameless blameless : market.blameless()) {
            script.add(new Announcement(
                    blameless.at(),
                    "innocent",
                    Style.DIM,
                    text("%s: %s", blameless.factoryId(), blameless.description())));
        }
        script.sort(Comparator.comparingLong(Announcement::at).thenComparing(Announcement::text));
        return script;
    }

    private void announce(Announcement announcement) {
        screen.line(head(announcement.at, announcement.head), announcement.style, announcement.text);
    }

    private void tell(Revision revision) {
        Style style = switch (revision.severity()) {
            case CRITICAL -> Style.BAD;
            case WARN -> Style.WARN;
            case INFO -> Style.GOOD;
        };
        String head = head(revision.at(), revision.severity().name());
        if (revision.status() == AlertStatus.ESCALATED && revision.excess() != null) {
            // Nobody reads the same sentence twice: what has changed is enough.
            screen.line(
                    head,
                    Style.DIM,
                    text(
                            "ESCALATED %s: %,d orders, up to %.2f %% above",
                            revision.subject(),
                            revision.excess().orders(),
                            revision.excess().maxBp() / 100.0));
        } else {
            screen.line(head, style, revision.summary());
        }
    }

    private String head(long at, String word) {
        return text("%s  %-8s  ", time(at), word);
    }

    private String progress(Pace pace, Stage stage, TrafficPlayer player, AlertWatch alerts) {
        long now = Math.max(market.begin(), Math.min(player.eventTime(), market.end() - 1));
        long today = (now - market.begin()) / DAY_MS + 1;
        double share = (double) (now - market.begin()) / (market.end() - market.begin());
        int full = (int) (share * 20);
        String bar = screen.isTerminal() ? "[" + "#".repeat(full) + ".".repeat(20 - full) + "]  " : "";
        long rises = market.rises().stream().filter(rise -> rise.from() <= now).count();
        long faults =
                market.faults().stream().filter(fault -> fault.from() <= now).count();
        List<Revision> told = alerts.alerts();
        return text(
                "day %d of %d  %s  %s%,d events/s  lag %.1f s  caught: rises %d of %d, faults %d of %d",
                today,
                days,
                day(now),
                bar,
                pace.perSecond(player.events()),
                lag(stage, player),
                PriceVerdict.of(market, told).caught(),
                rises,
                QualityVerdict.of(market, told, List.of()).alerted(),
                faults);
    }

    /** How long ago, on the wall clock, the newest of what was judged by now was published. */
    private double lag(Stage stage, TrafficPlayer player) {
        long judged = Math.max(market.begin(), stage.judgedThrough().orElse(Long.MIN_VALUE));
        return Math.max(0, (player.eventTime() - judged) / speed / 1000);
    }

    /** How fast a count grows, over the last seconds. */
    private static final class Pace {
        private static final int SAMPLES = 12;
        private final Deque<long[]> samples = new ArrayDeque<>();

        long perSecond(long count) {
            long now = System.nanoTime();
            samples.addLast(new long[] {now, count});
            if (samples.size() > SAMPLES) {
                samples.removeFirst();
            }
            long[] first = samples.getFirst();
            return now == first[0] ? 0 : Math.round((count - first[1]) * 1e9 / (now - first[0]));
        }
    }

    private void report(PriceVerdict verdict) {
        screen.line("");
        screen.line(screen.styled(
                        Style.BOLD,
                        text(
                                "Planted price rises: %d of %d caught",
                                verdict.caught(), verdict.rises().size()))
                + " (hours: market time from the first raised price to the alert)");
        screen.line(text(
                "  %-11s  %-18s  %-9s  %-39s  %10s  %s",
                "factory", "item", "channel", "what it did", "caught in", "its alert"));
        for (PriceVerdict.Rise rise : verdict.rises()) {
            PlantedRise planted = rise.planted();
            screen.line(text(
                            "  %-11s  %-18s  %-9s  %-39s  ",
                            planted.factoryId(),
                            item(planted.skuId(), planted.factoryId()),
                            planted.channel(),
                            planted.description())
                    + (rise.caught()
                            ? screen.styled(Style.GOOD, text("%8.1f h", rise.hours())) + "  " + alert(rise)
                            : screen.styled(Style.BAD, text("%10s", "MISSED"))));
        }
        screen.line("");
        screen.line(screen.styled(
                Style.BOLD,
                text(
                        "Innocents: %d of %d left alone",
                        verdict.quiet(), verdict.innocents().size())));
        for (PriceVerdict.Quiet quiet : verdict.innocents()) {
            Innocent innocent = quiet.innocent();
            screen.line(text(
                            "  %-11s  %-18s  %-9s  %-39s  ",
                            innocent.factoryId(),
                            item(innocent.skuId(), innocent.factoryId()),
                            innocent.channel(),
                            innocent.description())
                    + (quiet.quiet() ? text("%10s", "quiet") : screen.styled(Style.BAD, text("%10s", "ALERTED"))));
        }
        screen.line("");
        screen.line(screen.styled(
                Style.BOLD,
                "Price alerts that were not planted: "
                        + (verdict.unplanted().isEmpty()
                                ? "none"
                                : verdict.unplanted().size())));
        for (Revision alert : verdict.unplanted()) {
            screen.line(head(alert.openedAt(), alert.severity().name()), Style.BAD, alert.summary());
        }
    }

    private void report(QualityVerdict verdict) {
        screen.line("");
        screen.line(screen.styled(
                        Style.BOLD,
                        text(
                                "Planted faults: %d of %d caught",
                                verdict.caught(), verdict.faults().size()))
                + " (days: market time from the beginning of the fault)");
        screen.line(text(
                "  %-11s  %-42s  %-16s  %10s  %10s", "factory", "what it did", "alert", "alerted in", "demoted in"));
        for (QualityVerdict.Fault fault : verdict.faults()) {
            PlantedFault planted = fault.planted();
            screen.line(text(
                            "  %-11s  %-42s  %-16s  ",
                            planted.factoryId(),
                            planted.description(),
                            planted.kind().alert())
                    + days(fault, fault.alert().map(Revision::openedAt), true)
                    + "  "
                    + days(fault, fault.demotedAt(), planted.kind().isToBeDemoted()));
        }
        screen.line("");
        screen.line(screen.styled(
                Style.BOLD,
                text(
                        "Innocent of faults: %d of %d alerted, %d demoted",
                        verdict.blamelessAlerted(), verdict.blameless().size(), verdict.blamelessDemoted())));
        for (QualityVerdict.Kept kept : verdict.blameless()) {
            screen.line(text(
                            "  %-11s  %-42s  %-16s  ",
                            kept.blameless().factoryId(), kept.blameless().description(), "")
                    + text("%10s", kept.alerted() ? "alerted" : "quiet")
                    + "  "
                    + (kept.demoted() ? screen.styled(Style.BAD, text("%10s", "DEMOTED")) : text("%10s", "kept")));
        }
        screen.line("");
        screen.line(screen.styled(
                Style.BOLD,
                text(
                        "The other %d factories: %d alerted, %d demoted",
                        verdict.others(),
                        verdict.unplanted().stream()
                                .map(Revision::factoryId)
                                .distinct()
                                .count(),
                        verdict.unplantedDemotions().size())));
        for (Revision alert : verdict.unplanted()) {
            screen.line(head(alert.openedAt(), alert.severity().name()), Style.WARN, alert.summary());
        }
    }

    private String days(QualityVerdict.Fault fault, Optional<Long> instant, boolean expected) {
        return instant.map(at -> screen.styled(Style.GOOD, text("%8.1f d", fault.days(at))))
                .orElseGet(() ->
                        expected ? screen.styled(Style.BAD, text("%10s", "NOT CAUGHT")) : text("%10s", "not at all"));
    }

    private static String alert(PriceVerdict.Rise rise) {
        Revision alert = rise.alert().orElseThrow();
        return text(
                "%s, %d %s, %s%s",
                alert.factoryId(),
                alert.revision(),
                alert.revision() == 1 ? "revision" : "revisions",
                alert.status().closed() ? "resolved" : "open",
                rise.further() == 0 ? "" : ", " + rise.further() + " more later");
    }

    private static String item(String skuId, String factoryId) {
        return skuId.startsWith(factoryId + "-") ? skuId.substring(factoryId.length() + 1) : skuId;
    }

    private void count(Stage stage, TrafficPlayer player, AlertWatch alerts, double played, double judged)
            throws Exception {
        screen.line("");
        screen.line(screen.styled(Style.BOLD, "In numbers"));
        number("events", player.events(), "published to Kafka in " + text("%.0f s", played));
        number("orders", player.orders(), "paid");
        number("returns", player.returns(), "opened");
        number("reviews", player.reviews(), "posted");
        number("deals", player.deals(), "lines of regular orders, shipped: the floors are made of them");
        number("floor changes", stage.rows("price_floor_history"), "table price_floor_history");
        number("floors", stage.rows("price_floor"), "table price_floor: item x channel x currency x quantity tier");
        number("breaches", stage.rows("price_breach"), "table price_breach: lines paid above their floor");
        number("evaluations", stage.rows("factory_score_daily"), "table factory_score_daily: factory x day");
        number("steps", stage.rows("standing_history"), "table standing_history: of a factory's standing");
        Options.Topics topics = stage.options().kafka().topics();
        number(
                "alerts",
                stage.rows("alert"),
                text(
                        "table alert; %,d revisions, each read once from topics %s and %s",
                        alerts.revisions(), topics.priceAlerts(), topics.demotionAlerts()));
        number("late events", stage.lateEvents(), "behind the watermark of a job");
        number("dead letters", stage.deadLetters(), "topic " + topics.deadLetters());
        screen.line(text(
                "  The last event was judged %.1f s after it was published; all took %.0f s.", judged, seconds(begun)));
    }

    private void number(String name, long value, String meaning) {
        screen.line(text("  %-14s %,10d  %s", name, value, meaning));
    }

    private void conclude(PriceVerdict prices, QualityVerdict quality) {
        screen.line("");
        screen.line(
                prices.isRight() && quality.isRight()
                        ? screen.styled(
                                Style.GOOD,
                                "PASSED: every planted rise and fault was caught, no other price alerted, no other"
                                        + " factory demoted.")
                        : screen.styled(
                                Style.BAD,
                                text(
                                        "FAILED: %d planted rises and %d faults missed, %d other prices alerted,"
                                                + " %d other factories demoted.",
                                        prices.rises().size() - prices.caught(),
                                        quality.faults().size() - quality.caught(),
                                        prices.unplanted().size(),
                                        quality.blamelessDemoted()
                                                + quality.unplantedDemotions().size())));
    }

    /** Writes the report while the database is there; that it could not be written takes nothing from the verdict. */
    private void write(Stage stage) {
        try {
            String found = HtmlReport.fromDatabase(stage.options().database(), false, policy, report);
            screen.line("Report: " + found + ".");
            screen.line("  " + report.toAbsolutePath() + "  (open it in a browser)");
        } catch (IOException e) {
            screen.line("There is no report: " + e.getMessage());
        }
    }

    private void invite(Stage stage) {
        Options.Topics topics = stage.options().kafka().topics();
        String database = stage.jdbcUrl().replace("jdbc:postgresql://", "postgresql://" + stage.databaseUser() + "@");
        PlantedRise rise = market.rises().get(0);
        screen.line("");
        screen.line(screen.styled(Style.BOLD, "Everything is still up. Ctrl-C stops it and removes its files."));
        screen.line("  Kafka       " + stage.bootstrapServers());
        screen.line("  PostgreSQL  " + stage.jdbcUrl() + "  (user " + stage.databaseUser() + ", no password)");
        screen.line("  Flink       " + stage.webUrl());
        screen.line("");
        screen.line("Every alert, a line each (without cut: the whole of it, as a pager reads it):");
        for (String topic : List.of(topics.priceAlerts(), topics.demotionAlerts())) {
            screen.line(text(
                    "  kcat -C -b %s -t %s -X isolation.level=read_committed -e -q | cut -d '\"' -f 4",
                    stage.bootstrapServers(), topic));
        }
        screen.line("What could not be judged, and why:");
        screen.line(text("  kcat -C -b %s -t %s -e -q", stage.bootstrapServers(), topics.deadLetters()));
        screen.line("The alerts that are open:");
        psql(database, "SELECT opened_at, severity, subject, revision FROM alert WHERE closed_at IS NULL ORDER BY 1");
        screen.line("Who asked too much, how often, and by how many percent at worst:");
        psql(
                database,
                "SELECT factory_id, count(*), round(max(excess_bp) / 100.0, 2) AS percent FROM price_breach"
                        + " GROUP BY 1 ORDER BY 2 DESC");
        screen.line("How good every factory is, the worst first:");
        psql(
                database,
                "SELECT factory_id, standing, band, round(score::numeric, 1) AS score FROM factory_score"
                        + " ORDER BY factory_score.score");
        screen.line("Who lost standing, when and why:");
        psql(
                database,
                "SELECT entered_at, factory_id, from_standing, to_standing, cause FROM standing_history"
                        + " WHERE alert_id IS NOT NULL ORDER BY 1");
        screen.line("How the floor of one item moved:");
        psql(
                database,
                text(
                        "SELECT min_quantity, valid_from, round(floor_micros / 1e6, 4) AS floor, status"
                                + " FROM price_floor_history WHERE sku_id = '%s' AND channel = '%s' ORDER BY 1, 2",
                        rise.skuId(), rise.channel()));
    }

    private void psql(String database, String query) {
        screen.line("  PGTZ=" + zone + " psql " + database + " -c \"" + query + "\"");
    }

    private String time(long instant) {
        return TIME.format(Instant.ofEpochMilli(instant).atZone(zone));
    }

    private String day(long instant) {
        return Instant.ofEpochMilli(instant).atZone(zone).toLocalDate().toString();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
