package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;
import java.util.ArrayList;
import java.util.List;

/**
 * An article of a factory and what it costs on an ordinary day.
 *
 * @param baseMicros price of a single piece, wholesale
 * @param freightMicros what DROPSHIP adds to a piece
 * @param ladder the share of the base price, in parts of ten thousand, that each quantity tier pays; it never rises
 * @param weight how often it is asked for, compared with the factory's others
 */
public record Sku(String id, long baseMicros, long freightMicros, List<Integer> ladder, double weight) {
    /** The quantity tiers that factories grant a discount for: those of the default policy. */
    static final List<Long> TIERS = List.of(1L, 3L, 10L, 50L, 200L, 1000L);

    static final List<Integer> USUAL = List.of(10_000, 9_700, 9_350, 8_950, 8_500, 8_000);
    static final List<Integer> STEEP = List.of(10_000, 9_200, 8_100, 6_700, 5_300, 4_000);

    /** Some of the products of a category, at prices of their own; those that sell best come first. */
    static List<Sku> some(String factoryId, Belt.Category category, String currency, Dice dice) {
        List<Belt.Product> products = new ArrayList<>(category.products());
        dice.shuffle(products);
        double rate = currency.equals("USD") ? 7.1 : 1;
        List<Sku> skus = new ArrayList<>();
        for (Belt.Product product : products.subList(0, dice.whole(3, products.size()))) {
            double yuan = dice.logarithmic(product.cheapest(), product.dearest());
            skus.add(new Sku(
                    factoryId + "-" + product.name(),
                    Math.round(yuan * 100 / rate) * 10_000,
                    Math.round((1.5 + yuan * dice.between(0.05, 0.15)) * 100 / rate) * 10_000,
                    USUAL,
                    1.0 / (skus.size() + 1)));
        }
        return skus;
    }

    /** What one piece of a lot costs by the price list. */
    double list(Channel channel, long quantity) {
        int tier = TIERS.size() - 1;
        while (TIERS.get(tier) > quantity) {
            tier--;
        }
        double goods = baseMicros * (double) ladder.get(tier) / 10_000;
        return switch (channel) {
            case MEMBER -> goods * 0.97;
            case DROPSHIP -> goods + freightMicros;
            default -> goods;
        };
    }
}
