package io.touchstone.bench;

import io.touchstone.bench.Interleaved.Trial;
import java.util.List;

/** What an event costs where half of all orders are of one sku, and so of one factory, beside orders of all alike. */
final class HotKey implements Experiment {
    @Override
    public String name() {
        return "hot-key";
    }

    @Override
    public String does() {
        return "price floor and factory quality with half of all traffic on one sku and factory, against uniform traffic";
    }

    @Override
    public void run(Settings settings, Report report) throws Exception {
        Events uniform = settings.events();
        Events hot = Events.hot(settings.orders(), settings.keys(), settings.factories(), settings.span());
        int parallelism = settings.parallelism();
        Interleaved.measure(
                name(),
                List.of(
                        new Trial("price-floor", Contenders.PRICE_FLOOR, uniform, parallelism, null),
                        new Trial("price-floor, hot sku", Contenders.PRICE_FLOOR, hot, parallelism, "price-floor"),
                        new Trial("factory-quality", Contenders.QUALITY, uniform, parallelism, null),
                        new Trial(
                                "factory-quality, hot factory",
                                Contenders.QUALITY,
                                hot,
                                parallelism,
                                "factory-quality")),
                settings.rounds(),
                report);
    }
}
