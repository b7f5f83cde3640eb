package io.touchstone.bench;

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
        Interleaved.measure(
                name(),
                List.of(
                        new Trial("a3", Contenders.A3, events, settings.parallelism(), null),
                        new Trial("factory-quality", Contenders.QUALITY, events, settings.parallelism(), "a3")),
                settings.rounds(),
                report);
    }
}
