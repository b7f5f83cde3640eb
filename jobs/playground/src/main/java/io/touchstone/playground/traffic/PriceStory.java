package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;
import io.touchstone.playground.traffic.Behaviour.Creep;
import io.touchstone.playground.traffic.Behaviour.OneOff;
import io.touchstone.playground.traffic.Behaviour.PriceStep;
import java.util.List;

/**
 * A story about the price of a factory's first article; one of {@code rise} and {@code innocent} says what it is.
 *
 * @param day the earliest day of the market on which it begins
 * @param plot how; null if it lies in the price list alone
 */
record PriceStory(
        PlantedRise.Kind rise, Innocent.Kind innocent, Channel channel, int day, String description, Plot plot)
        implements Story {
    /** Orders a day of the factory: enough for a floor, and for two buyers within a day. */
    private static final double ORDERS = 12;

    private static final int DAYS_TO_NOTICE = 6;

    /** All there are: each is told by a factory of its own. */
    static final List<PriceStory> ALL = List.of(
            rise(
                    PlantedRise.Kind.SPIKE,
                    44,
                    "+30 % at once, taken back after 12 days",
                    (sku, at, dice) -> new PriceStep(sku, Channel.WHOLESALE, at, at + 12 * Rhythm.DAY_MS, 30)),
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
            innocent(Innocent.Kind.MISTAKE, 45, "one order 11 to 14 % too dear", PriceStory::mistake),
            innocent(Innocent.Kind.MISTAKE, 57, "one order 11 to 14 % too dear", PriceStory::mistake),
            innocent(Innocent.Kind.MISTAKE, 67, "one order 11 to 14 % too dear", PriceStory::mistake),
            innocent(Innocent.Kind.FRIENDLY_SALE, 43, "one order at -40 %", PriceStory::friendlySale),
            innocent(Innocent.Kind.FRIENDLY_SALE, 61, "one order at -40 %", PriceStory::friendlySale),
            innocent(Innocent.Kind.PRICE_CUT, 47, "6 to 12 % cheaper for good", PriceStory::priceCut),
            innocent(Innocent.Kind.PRICE_CUT, 58, "6 to 12 % cheaper for good", PriceStory::priceCut));

    interface Plot {
        Behaviour of(String skuId, long at, Dice dice);
    }

    @Override
    public int leastDays() {
        return day + DAYS_TO_NOTICE;
    }

    @Override
    public void tell(Role role, Scenario scenario) {
        Belt.Category category = role.category();
        String currency = "CNY";
        List<Sku> skus = role.skus(category, currency);
        Sku usual = skus.get(0);
        boolean discount = innocent == Innocent.Kind.QUANTITY_DISCOUNT;
        double others = skus.stream().skip(1).mapToDouble(Sku::weight).sum();
        // The article sells well in the channel that its story is about.
        skus.set(
                0,
                new Sku(
                        usual.id(),
                        usual.baseMicros(),
                        usual.freightMicros(),
                        discount ? Sku.STEEP : Sku.USUAL,
                        2 * others));
        long at = discount ? Rhythm.midnight(role.start()) : role.around(day);
        boolean dropship = channel == Channel.DROPSHIP;
        scenario.factories()
                .add(new Factory(
                        role.number(),
                        role.id(),
                        role.belt(),
                        category.id(),
                        category.peakDay(),
                        currency,
                        List.copyOf(skus),
                        // However small the market, its stories can be noticed within days.
                        ORDERS * Math.max(0.5, role.scale()),
                        dropship ? List.of(10, 55, 35, 2) : List.of(60, 30, 6, 4),
                        dropship ? 0.85 : 0.1,
                        role.dice().between(5, 20),
                        Conduct.ordinary(role.dice()),
                        plot == null ? List.of() : List.of(plot.of(usual.id(), at, role.dice()))));
        if (rise != null) {
            scenario.rises().add(new PlantedRise(rise, role.id(), usual.id(), channel, currency, at, description));
        } else {
            scenario.innocents().add(new Innocent(innocent, role.id(), usual.id(), channel, currency, at, description));
        }
    }

    private static PriceStory rise(PlantedRise.Kind kind, int day, String description, Plot plot) {
        Channel channel = kind == PlantedRise.Kind.CHANNEL_HIKE ? Channel.DROPSHIP : Channel.WHOLESALE;
        return new PriceStory(kind, null, channel, day, description, plot);
    }

    private static PriceStory innocent(Innocent.Kind kind, int day, String description, Plot plot) {
        return new PriceStory(null, kind, Channel.WHOLESALE, day, description, plot);
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
