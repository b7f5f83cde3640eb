package io.touchstone.desk.report;

import io.touchstone.desk.report.Picture.Belt;
import io.touchstone.desk.report.Picture.Factory;
import io.touchstone.desk.report.Picture.FactoryPoint;
import io.touchstone.market.Channel;
import io.touchstone.price.PriceKey;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Belts by quality and price, per category. A factory's price in a tier is the lower median of the CURRENT floors of its items; its price
 * index the lower median, over tiers, of that price against the lower median of the factories of its category, where there are
 * at least {@value #LEAST_FACTORIES}; its ratio is score / sqrt(price index). A belt has the lower medians of its rated factories. As in the views
 * of schema {@code bi}, only items of a factory's own category count.
 */
final class BeltComparison {
    static final int LEAST_FACTORIES = 5;

    private final Map<String, Factory> factories;

    /** Factories that were evaluated on it or later count. */
    private final LocalDate day;

    private final Map<PriceKey, Seller> sellers = new HashMap<>();
    private final Map<Market, Map<String, List<Long>>> floors = new HashMap<>();

    /** What prices are compared within. */
    private record Market(String category, Channel channel, String currency, long tier) {}

    private record Seller(String factory, String category) {}

    /** {@code day}: the newest that is complete; may be null without factories. */
    BeltComparison(Map<String, Factory> factories, LocalDate day) {
        this.factories = factories;
        this.day = day;
    }

    /** Says whose an item is; before its floors. */
    void seller(PriceKey item, String factory, String category) {
        sellers.put(item, new Seller(factory, category));
    }

    /** Takes a CURRENT floor. */
    void floor(PriceKey item, long tier, long floorMicros) {
        Seller seller = sellers.get(item);
        Factory factory = seller == null ? null : factories.get(seller.factory);
        if (factory != null && seller.category.equals(factory.category())) {
            floors.computeIfAbsent(
                            new Market(seller.category, item.channel(), item.currency(), tier),
                            market -> new HashMap<>())
                    .computeIfAbsent(factory.id(), id -> new ArrayList<>())
                    .add(floorMicros);
        }
    }

    /** Belts, the best ratio first; those without one by score. */
    List<Belt> belts() {
        Map<String, Double> indices = indices();
        Map<List<String>, List<Factory>> byBelt = new LinkedHashMap<>();
        for (Factory factory : factories.values()) {
            byBelt.computeIfAbsent(Arrays.asList(factory.belt(), factory.category()), none -> new ArrayList<>())
                    .add(factory);
        }
        List<Belt> belts = new ArrayList<>();
        byBelt.values().forEach(members -> belts.add(belt(members, indices)));
        belts.sort(Comparator.comparing(Belt::ratio, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(Belt::score, Comparator.nullsFirst(Comparator.naturalOrder()))
                .reversed());
        return belts;
    }

    private Belt belt(List<Factory> members, Map<String, Double> indices) {
        List<FactoryPoint> points = members.stream()
                .filter(factory -> factory.isRated() && !factory.day().isBefore(day))
                .map(factory -> new FactoryPoint(factory.id(), factory.score(), indices.get(factory.id())))
                .toList();
        List<FactoryPoint> priced =
                points.stream().filter(point -> point.priceIndex() != null).toList();
        return new Belt(
                members.get(0).belt(),
                members.get(0).category(),
                members.size(),
                points.size(),
                priced.size(),
                (int) members.stream()
                        .filter(factory -> factory.standing().isInDemotion())
                        .count(),
                lowerMedian(points.stream().map(FactoryPoint::score).toList()),
                lowerMedian(priced.stream().map(FactoryPoint::priceIndex).toList()),
                lowerMedian(priced.stream().map(FactoryPoint::ratio).toList()),
                points);
    }

    private Map<String, Double> indices() {
        Map<String, List<Double>> ratios = new HashMap<>();
        floors.values().forEach(market -> {
            if (market.size() < LEAST_FACTORIES) {
                return;
            }
            Map<String, Long> prices = new HashMap<>();
            market.forEach((id, own) -> prices.put(id, lowerMedian(own)));
            double usual = lowerMedian(prices.values());
            prices.forEach((id, price) ->
                    ratios.computeIfAbsent(id, factory -> new ArrayList<>()).add(price / usual));
        });
        Map<String, Double> indices = new HashMap<>();
        ratios.forEach((id, own) -> indices.put(id, lowerMedian(own)));
        return indices;
    }

    /** The middle one; of two in the middle the lower; null if there is none. */
    private static <T extends Comparable<T>> T lowerMedian(Collection<T> values) {
        return values.isEmpty() ? null : values.stream().sorted().toList().get((values.size() - 1) / 2);
    }
}
