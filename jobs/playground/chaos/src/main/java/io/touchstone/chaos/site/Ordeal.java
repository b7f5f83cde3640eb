package io.touchstone.chaos.site;

import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.load.LoadWriter;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.config.Options;
import io.touchstone.market.LocalCalendar;
import io.touchstone.playground.cluster.Export;
import io.touchstone.playground.cluster.JobKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Both jobs on a cluster under load, with somebody who reads their alerts; in the end, the verdict. */
public final class Ordeal implements AutoCloseable {
    private static final Duration FIRST_ALERTS = Duration.ofMinutes(2);

    private final Round round;
    private final Site site;
    private final LoadWriter load;
    private final AlertReader reader;
    private final List<Long> faults = new ArrayList<>();
    private long begun;
    private long caughtUpSeconds;

    private Ordeal(Round round, Site site, LoadWriter load, AlertReader reader) {
        this.round = round;
        this.site = site;
        this.load = load;
        this.reader = reader;
    }

    /** The documented cluster and wiring, at the pace of a test. */
    public static Ordeal start(Round round, Load load, Mutation mutation) throws Exception {
        return start(round, load, mutation, Map.of(), Site.wiring());
    }

    /**
     * Starts cluster, jobs, reader and load.
     *
     * @param mutation what is wrong with both jobs, if anything
     * @param flink changes to {@code conf/config.yaml}
     * @param jobs changes to {@code conf/jobs.yaml}
     * @param options further ones of {@code scripts/cluster start}
     */
    public static Ordeal start(
            Round round,
            Load load,
            Mutation mutation,
            Map<String, String> flink,
            Map<String, Object> jobs,
            String... options)
            throws Exception {
        return start(round, site -> () -> load, mutation, flink, jobs, options);
    }

    /** What is done to a cluster before its jobs start. */
    public interface Preparation {
        /** May change the files of the site; gives the load, which is asked for when the jobs run. */
        Supplier<Load> of(Site site) throws Exception;
    }

    /** As the other, with a load that depends on the cluster. */
    public static Ordeal start(
            Round round,
            Preparation preparation,
            Mutation mutation,
            Map<String, String> flink,
            Map<String, Object> jobs,
            String... options)
            throws Exception {
        round.say("starting a cluster");
        Map<String, String> config = new TreeMap<>(flink);
        if (round.scale() < 1) {
            // Compiled less well, but sooner: a small run is over before it pays.
            config.put("env.java.opts.all", "-XX:TieredStopAtLevel=1");
        }
        Site site = Site.start(round.folder(), config, jobs, options);
        Ordeal ordeal;
        try {
            Supplier<Load> coming = preparation.of(site);
            for (JobKind job : JobKind.values()) {
                site.deploy(job, mutation);
            }
            Load load = coming.get();
            Options.Topics topics = site.options().kafka().topics();
            ordeal = new Ordeal(
                    round,
                    site,
                    new LoadWriter(
                            load,
                            site.settings().bootstrapServers(),
                            topics,
                            round.folder().resolve("history")),
                    new AlertReader(
                            site.settings().bootstrapServers(),
                            List.of(topics.priceAlerts(), topics.demotionAlerts())));
        } catch (Exception e) {
            site.close();
            throw e;
        }
        try {
            ordeal.load.start();
            round.say("events come in, %,d a second", round.rate());
            ordeal.awaitAlerts();
            return ordeal;
        } catch (Exception e) {
            ordeal.close();
            throw e;
        }
    }

    public Site site() {
        return site;
    }

    public LoadWriter load() {
        return load;
    }

    public AlertReader reader() {
        return reader;
    }

    /** Nothing can be said about gaps before anything was to be seen. */
    private void awaitAlerts() throws InterruptedException {
        long deadline = System.nanoTime() + FIRST_ALERTS.toNanos();
        while (reader.count() == 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no alert within " + FIRST_ALERTS.toSeconds() + " s of load");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        begun = System.nanoTime();
    }

    /** Waits until so much time has passed since the first alerts. */
    public void waitUntil(Duration sinceBegin) throws InterruptedException {
        long left = begun + sinceBegin.toNanos() - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    /** Something that hurts. */
    public interface Fault {
        void happen() throws Exception;
    }

    /** Lets a fault happen now, and remembers when; gaps are measured from there. */
    public void hurt(String what, Fault fault) throws Exception {
        faults.add(System.nanoTime());
        round.say("%s (fault %d, %,d events, %,d alerts)", what, faults.size(), load.count(), reader.count());
        fault.happen();
    }

    /**
     * Waits until the load has ended and everything it caused was written, compares it with a backtest, and says so.
     *
     * @return how long no alert was to be seen after each fault
     */
    public Gaps judge(Finding finding) throws Exception {
        load.end();
        long end = System.nanoTime();
        LocalDate until = load.until(site.policy().timeZone());
        finding.measure("%,d events", load.count());
        load.moveClock(new LocalCalendar(site.policy().timeZone()).midnight((int) until.toEpochDay())
                + site.options().time().maxOutOfOrderness().toMillis()
                + 1);
        round.say("everything came in; catching up");
        Path live = round.folder().resolve("live");
        try {
            site.run(
                    new Export(),
                    "--output",
                    live.toString(),
                    "--conf",
                    site.conf().toString(),
                    "--until",
                    until.toString());
        } catch (IllegalStateException e) {
            site.dumpThreads();
            throw e;
        }
        caughtUpSeconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - end);
        finding.measure("caught up in %d s", caughtUpSeconds);
        awaitQuiet();
        Path backtest = round.folder().resolve("backtest");
        round.say("recomputing by a backtest");
        Verdict.backtest(site, round.folder().resolve("history"), until, backtest);
        new Verdict(site, load, live, backtest, finding).judge(reader);
        return Gaps.of(reader.visible(), faults, end);
    }

    /** The alerts that a backtest finds, each {@code alert_id/revision}; once judged. */
    public Set<String> expectedAlerts() throws IOException {
        return Verdict.recorded(round.folder().resolve("backtest"));
    }

    /** Those that the database has; once judged. */
    public Set<String> recordedAlerts() throws IOException {
        return Verdict.recorded(round.folder().resolve("live"));
    }

    /** The last alerts are committed; the reader only has to get them. */
    private void awaitQuiet() throws InterruptedException {
        long before = -1;
        while (reader.count() != before) {
            before = reader.count();
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** How long after the last event everything that it caused was written. */
    public long caughtUpSeconds() {
        return caughtUpSeconds;
    }

    /** How many faults there were. */
    public int faults() {
        return faults.size();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        reader.close();
        load.close();
        site.close();
    }
}
