package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;
import io.touchstone.playground.traffic.Behaviour.Creep;
import io.touchstone.playground.traffic.Behaviour.OneOff;
import io.touchstone.playground.traffic.Behaviour.PriceStep;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Who takes part in a market, and the truth about them.
 *
 * @param factories all of them, by number
 * @param rises what must be caught
 * @param innocents what must not be alerted
 */
record Scenario(List<Factory> factories, List<PlantedRise> rises, List<Innocent> innocents) {
    private static final long HOUR_MS = 3_600_000L;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final long FOR_GOOD = Long.MAX_VALUE;

    /** Orders a day of a factory with a story: enough for a floor, and for two buyers within a day. */
    private static final double STORY_ORDERS = 12;

    /** What begins later than so many days before the end is left out: nobody could notice it. */
    private static final int DAYS_TO_NOTICE = 6;

    /** Each is told by a factory of its own about the first of its articles. */
    private static final List<Story> STORIES = List.of(
            rise(
                    PlantedRise.Kind.SPIKE,
                    44,
                    "+30 % at once, taken back after 12 days",
                    (sku, at, dice) -> new PriceStep(sku, Channel.WHOLESALE, at, at + 12 * DAY_MS, 30)),
            rise(
                    PlantedRise.Kind.SPIKE,
                    53,
                    "+30 % at once",
                    (sku, at, dice) -> new PriceStep(sku, Channel.WHOLESALE, at, FOR_GOOD, 30)),
            rise(
                    PlantedRise.Kind.SPIKE,
                    63,
                    "+35 % at once",
                    (sku, at, dice) -> new PriceStep(sku, Channel.WHOLESALE, at, FOR_GOOD, 35)),
            rise(
                    PlantedRise.Kind.CREEP,
                    42,
                    "+0.5 % every day",
                    (sku, at, dice) -> new Creep(sku, Channel.WHOLESALE, at, 50)),
            rise(
                    PlantedRise.Kind.CREEP,
                    48,
                    "+0.4 % every day",
                    (sku, at, dice) -> new Creep(sku, Channel.WHOLESALE, at, 40)),
            rise(
                    PlantedRise.Kind.CREEP,
                    56,
                    "+0.5 % every day",
                    (sku, at, dice) -> new Creep(sku, Channel.WHOLESALE, at, 50)),
            rise(
                    PlantedRise.Kind.CHANNEL_HIKE,
                    46,
                    "+12 % for drop-shippers only",
                    (sku, at, dice) -> new PriceStep(sku, Channel.DROPSHIP, at, FOR_GOOD, 12)),
            rise(
                    PlantedRise.Kind.CHANNEL_HIKE,
                    59,
                    "+12 % for drop-shippers only",
                    (sku, at, dice) -> new PriceStep(sku, Channel.DROPSHIP, at, FOR_GOOD, 12)),
            innocent(Innocent.Kind.QUANTITY_DISCOUNT, 0, "1000 pieces at 40 % of the price of one", null),
            innocent(Innocent.Kind.QUANTITY_DISCOUNT, 0, "1000 pieces at 40 % of the price of one", null),
            innocent(Innocent.Kind.MISTAKE, 45, "one order 11 to 14 % too dear", Scenario::mistake),
            innocent(Innocent.Kind.MISTAKE, 57, "one order 11 to 14 % too dear", Scenario::mistake),
            innocent(Innocent.Kind.MISTAKE, 67, "one order 11 to 14 % too dear", Scenario::mistake),
            innocent(Innocent.Kind.FRIENDLY_SALE, 43, "one order at -40 %", Scenario::friendlySale),
            innocent(Innocent.Kind.FRIENDLY_SALE, 61, "one order at -40 %", Scenario::friendlySale),
            innocent(Innocent.Kind.PRICE_CUT, 47, "6 to 12 % cheaper for good", Scenario::priceCut),
            innocent(Innocent.Kind.PRICE_CUT, 58, "6 to 12 % cheaper for good", Scenario::priceCut));

    /**
     * What one factory does that others do not; one of {@code rise} and {@code innocent} says what it is.
     *
     * @param day the earliest day of the market on which it begins
     * @param plot how; null if it lies in the price list alone
     */
    private record Story(
            PlantedRise.Kind rise, Innocent.Kind innocent, Channel channel, int day, String description, Plot plot) {}

    private interface Plot {
        Behaviour of(String skuId, long at, Dice dice);
    }

    static Scenario of(long seed, LocalDate start, int days, double scale) {
        List<Belt> belts = new ArrayList<>();
        for (Belt belt : Belt.ALL) {
            for (int i = 0; i < belt.factories(); i++) {
                belts.add(belt);
            }
        }
        List<Story> stories = new ArrayList<>();
        for (int number = 0; number < belts.size(); number++) {
            boolean told = number < STORIES.size() && STORIES.get(number).day <= days - DAYS_TO_NOTICE;
            stories.add(told ? STORIES.get(number) : null);
        }
        Dice.of(seed, -1).shuffle(stories);

        Scenario scenario = new Scenario(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int inBelt = 0;
        for (int number = 0; number < belts.size(); number++) {
            Belt belt = belts.get(number);
            inBelt = number > 0 && belt.equals(belts.get(number - 1)) ? inBelt + 1 : 1;
            String id = String.format("%s-%02d", belt.id(), inBelt);
            Dice dice = Dice.of(seed, -2, number);
            if (stories.get(number) == null) {
                scenario.factories.add(ordinary(number, id, belt, scale, dice));
            } else {
                scenario.tell(stories.get(number), number, id, belt, start, scale, dice);
            }
        }
        return new Scenario(
                List.copyOf(scenario.factories), List.copyOf(scenario.rises), List.copyOf(scenario.innocents));
    }

    private static Factory ordinary(int number, String id, Belt belt, double scale, Dice dice) {
        Belt.Category category = dice.any(belt.categories());
        // Some export: their prices are in dollars.
        String currency = dice.happens(0.08) ? "USD" : "CNY";
        return new Factory(
                number,
                id,
                belt,
                category.id(),
                category.peakDay(),
                currency,
                List.copyOf(skus(id, category, currency, dice)),
                dice.logarithmic(1.5, 10) * scale,
                List.of(dice.whole(25, 45), dice.whole(25, 45), dice.whole(5, 30), dice.whole(2, 12)),
                dice.between(0.2, 0.6),
                dice.between(5, 26),
                List.of());
    }

    /** Adds a factory whose first article sells well in the channel its story is about, and writes down the truth. */
    private void tell(Story story, int number, String id, Belt belt, LocalDate start, double scale, Dice dice) {
        Belt.Category category = dice.any(belt.categories());
        String currency = "CNY";
        List<Sku> skus = skus(id, category, currency, dice);
        Sku usual = skus.get(0);
        boolean discount = story.innocent == Innocent.Kind.QUANTITY_DISCOUNT;
        double others = skus.stream().skip(1).mapToDouble(Sku::weight).sum();
        skus.set(
                0,
                new Sku(
                        usual.id(),
                        usual.baseMicros(),
                        usual.freightMicros(),
                        discount ? Sku.STEEP : Sku.USUAL,
                        2 * others));
        // People change prices, and make mistakes, in office hours.
        long at = discount
                ? Rhythm.midnight(start)
                : Rhythm.midnight(start.plusDays(story.day + dice.whole(0, 1)))
                        + (long) (dice.between(9, 17) * HOUR_MS);
        boolean dropship = story.channel == Channel.DROPSHIP;
        factories.add(new Factory(
                number,
                id,
                belt,
                category.id(),
                category.peakDay(),
                currency,
                List.copyOf(skus),
                // However small the market, its stories can be noticed within days.
                STORY_ORDERS * Math.max(0.5, scale),
                dropship ? List.of(10, 55, 35, 2) : List.of(60, 30, 6, 4),
                dropship ? 0.85 : 0.1,
                dice.between(5, 20),
                story.plot == null ? List.of() : List.of(story.plot.of(usual.id(), at, dice))));
        if (story.rise != null) {
            rises.add(new PlantedRise(story.rise, id, usual.id(), story.channel, currency, at, story.description));
        } else {
            innocents.add(new Innocent(story.innocent, id, usual.id(), story.channel, currency, at, story.description));
        }
    }

    private static List<Sku> skus(String factoryId, Belt.Category category, String currency, Dice dice) {
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
                    Sku.USUAL,
                    1.0 / (skus.size() + 1)));
        }
        return skus;
    }

    private static Story rise(PlantedRise.Kind kind, int day, String description, Plot plot) {
        Channel channel = kind == PlantedRise.Kind.CHANNEL_HIKE ? Channel.DROPSHIP : Channel.WHOLESALE;
        return new Story(kind, null, channel, day, description, plot);
    }

    private static Story innocent(Innocent.Kind kind, int day, String description, Plot plot) {
        return new Story(null, kind, Channel.WHOLESALE, day, description, plot);
    }

    private static Behaviour mistake(String skuId, long at, Dice dice) {
        return new OneOff(skuId, Channel.WHOLESALE, at, dice.whole(12, 40), dice.whole(11, 14));
    }

    private static Behaviour friendlySale(String skuId, long at, Dice dice) {
        return new OneOff(skuId, Channel.WHOLESALE, at, dice.whole(12, 40), -40);
    }

    private static Behaviour priceCut(String skuId, long at, Dice dice) {
        return new PriceStep(skuId, Channel.WHOLESALE, at, FOR_GOOD, -dice.whole(6, 12));
    }
}
