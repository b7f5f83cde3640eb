package io.touchstone.bench;

import io.touchstone.bench.Contender.Topics;
import io.touchstone.bench.Interleaved.Trial;
import java.util.ArrayList;
import java.util.List;

/** What an event costs on the way to a price floor: the ceilings, ours, and what a user would write instead. */
final class PriceFloorCost implements Experiment {
    @Override
    public String name() {
        return "price";
    }

    @Override
    public String does() {
        return "price floor: decode, key-by, a3 (one RocksDB get and put per event), ours, and what a user would write";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Events events = settings.events();
        int parallelism = settings.parallelism();
        List<Trial> trials = new ArrayList<>();
        trials.add(new Trial("a3", Contenders.A3, events, parallelism, null));
        trials.add(new Trial("decode", Contenders.DECODE, events, parallelism, "a3"));
        trials.add(new Trial("key-by", Contenders.KEY_BY, events, parallelism, "a3"));
        trials.add(new Trial("price-floor", Contenders.PRICE_FLOOR, events, parallelism, "a3"));
        trials.add(peer(
                "timer-per-event (exact)",
                events,
                parallelism,
                (env, records, until) -> Contender.discard(Peers.timers(Peers.prices(records)))));
        trials.add(peer(
                "day-buckets (by day)",
                events,
                parallelism,
                (env, records, until) -> Contender.discard(Peers.days(Peers.prices(records)))));
        Events few = settings.fewEvents();
        trials.add(peer(
                "map-scan (arrival order)",
                few,
                parallelism,
                (env, records, until) -> Contender.discard(Peers.scan(Peers.prices(records)))));
        trials.add(peer(
                "sql-over (exact)",
                few,
                parallelism,
                (env, records, until) -> Contender.discard(Peers.sql(env, Peers.prices(records)))));
        Interleaved.measure(name(), trials, settings.rounds(), report);
    }

    private static Trial peer(String row, Events events, int parallelism, Contender.Definition definition) {
        return new Trial(row, new Contender(Topics.ORDERS, definition), events, parallelism, "price-floor");
    }
}
