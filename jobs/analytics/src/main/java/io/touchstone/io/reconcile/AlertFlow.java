package io.touchstone.io.reconcile;

import io.touchstone.config.Options;
import io.touchstone.price.PriceAlert;
import io.touchstone.quality.QualityAlert;
import java.util.Arrays;
import java.util.List;

/**
 * A job's way from its inputs to its alerts.
 *
 * @param inputs the topics it reads
 * @param topic where its alerts are published
 * @param kinds of alerts that are
 */
record AlertFlow(String job, List<String> inputs, String topic, List<String> kinds) {
    static List<AlertFlow> of(Options.Topics topics) {
        return List.of(
                new AlertFlow("price-floor", List.of(topics.orders()), topics.priceAlerts(), List.of(PriceAlert.KIND)),
                new AlertFlow(
                        "factory-quality",
                        List.of(topics.orders(), topics.returns(), topics.reviews()),
                        topics.demotionAlerts(),
                        Arrays.stream(QualityAlert.Kind.values())
                                .map(QualityAlert.Kind::name)
                                .toList()));
    }
}
