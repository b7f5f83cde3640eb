package io.touchstone.bench;

import io.touchstone.bench.Contender.Topics;
import io.touchstone.bench.Interleaved.Trial;
import java.util.List;

/** What an event costs on the way to a factory's score: ours, and what a user would write instead. */
final class QualityCost implements Experiment {
    @Override
    public String name() {
        return "quality";
    }

    @Override
    public String does() {
        return "factory quality: a3 (one RocksDB get and put per event), ours, and what a user would write";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Events events = settings.events();
        int parallelism = settings.parallelism();
        Interleaved.measure(
                name(),
                List.of(
                        new Trial("a3", Contenders.A3, events, parallelism, null),
                        new Trial("factory-quality", Contenders.QUALITY, events, parallelism, "a3"),
                        peer(
                                "two-step (arrival order, by day)",
                                events,
                                parallelism,
                                (env, records, until) ->
                                        Contender.discard(QualityPeers.twoStep(QualityPeers.entries(records)))),
                        peer(
                                "sql (exact, 1/20 of the load)",
                                settings.fewEvents(),
                                parallelism,
                                (env, records, until) ->
                                        Contender.discard(QualityPeers.sql(env, QualityPeers.entries(records))))),
                settings.rounds(),
                report);
    }

    private static Trial peer(String row, Events events, int parallelism, Contender.Definition definition) {
        return new Trial(row, new Contender(Topics.ALL, definition), events, parallelism, "factory-quality");
    }
}
