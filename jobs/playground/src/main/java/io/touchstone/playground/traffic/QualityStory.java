package io.touchstone.playground.traffic;

import static io.touchstone.policy.DefectClass.AFTER_SALES;
import static io.touchstone.policy.DefectClass.FULFILMENT;
import static io.touchstone.policy.DefectClass.QUALITY;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.playground.traffic.Behaviour.Batches;
import io.touchstone.playground.traffic.Behaviour.Erosion;
import io.touchstone.playground.traffic.Behaviour.Failing;
import io.touchstone.playground.traffic.Behaviour.OneOff;
import io.touchstone.playground.traffic.Behaviour.SecondChoice;
import io.touchstone.playground.traffic.Behaviour.Shrinking;
import java.util.List;

/**
 * A story about how a factory treats its buyers; one of {@code fault} and {@code blameless} says what it is.
 *
 * @param day the earliest day of the market on which it begins
 * @param daysToNotice how long it takes at most until it must have been alerted
 * @param ordersPerDay of the factory, in a market of any size: evidence takes orders
 * @param conduct how the factory is apart from it
 * @param plot what happens
 */
record QualityStory(
        PlantedFault.Kind fault,
        Blameless.Kind blameless,
        int day,
        int daysToNotice,
        double ordersPerDay,
        Conduct conduct,
        String description,
        Plot plot)
        implements Story {
    /** Much comes back though it is good: who stops answering then leaves a lot unanswered. */
    private static final Conduct MUCH_SENT_BACK = new Conduct(0.002, 0.036, 0.004, 0.01, 0.03);

    /** All there are: each is told by a factory of its own. */
    static final List<QualityStory> ALL = List.of(
            fault(
                    PlantedFault.Kind.COLLAPSE,
                    44,
                    45,
                    20,
                    "every fifth order is bad at once",
                    (role, sku, at) -> List.of(new Failing(QUALITY, at, FOR_GOOD, 0.2))),
            fault(
                    PlantedFault.Kind.COLLAPSE,
                    64,
                    45,
                    14,
                    "every fourth order is bad at once",
                    (role, sku, at) -> List.of(new Failing(QUALITY, at, FOR_GOOD, 0.25))),
            fault(
                    PlantedFault.Kind.EROSION,
                    35,
                    80,
                    26,
                    "+0.18 % bad orders every day",
                    (role, sku, at) -> List.of(new Erosion(at, 0.0018, 0.15))),
            fault(
                    PlantedFault.Kind.SWINGS,
                    8,
                    100,
                    26,
                    "after two good weeks a week with 6.5 % bad",
                    (role, sku, at) -> List.of(new Batches(at, 7, 2, 0.004, 0.065))),
            fault(
                    PlantedFault.Kind.SECOND_CHOICE,
                    30,
                    70,
                    30,
                    "small businesses get 6 % bad, others 0.8 %",
                    (role, sku, at) -> List.of(new SecondChoice(BuyerSegment.SMALL_BUSINESS, at, 0.06))),
            new QualityStory(
                    PlantedFault.Kind.SILENCE,
                    null,
                    42,
                    70,
                    34,
                    MUCH_SENT_BACK,
                    "answers no return any more",
                    (role, sku, at) -> List.of(new Failing(AFTER_SALES, at, FOR_GOOD, 1))),
            fault(
                    PlantedFault.Kind.DELAY,
                    36,
                    23,
                    16,
                    "ships every second order late for 3 weeks",
                    (role, sku, at) -> List.of(new Failing(FULFILMENT, at, at + 21 * Rhythm.DAY_MS, 0.5))),
            blameless(
                    Blameless.Kind.TERRIBLE_DAY,
                    40,
                    10,
                    Conduct.GOOD,
                    "most goods of one day are bad",
                    QualityStory::terribleDay),
            blameless(
                    Blameless.Kind.TERRIBLE_DAY,
                    62,
                    10,
                    Conduct.GOOD,
                    "most goods of one day are bad",
                    QualityStory::terribleDay),
            blameless(
                    Blameless.Kind.TINY_SELLER, 38, 0.3, Conduct.SPOTLESS, "one bad order", QualityStory::oneBadOrder),
            blameless(
                    Blameless.Kind.TINY_SELLER, 52, 0.6, Conduct.SPOTLESS, "one bad order", QualityStory::oneBadOrder),
            blameless(
                    Blameless.Kind.TINY_SELLER, 66, 0.9, Conduct.SPOTLESS, "one bad order", QualityStory::oneBadOrder),
            blameless(
                    Blameless.Kind.SHRINKING,
                    34,
                    24,
                    Conduct.GOOD,
                    "a tenth of the orders is left after 6 weeks",
                    (role, sku, at) -> List.of(new Shrinking(at, 42, 0.1))));

    interface Plot {
        List<Behaviour> of(Role role, String skuId, long at);
    }

    @Override
    public int leastDays() {
        return day + daysToNotice;
    }

    @Override
    public void tell(Role role, Scenario scenario) {
        Belt.Category category = role.category();
        String currency = "CNY";
        List<Sku> skus = List.copyOf(role.skus(category, currency));
        long at = role.around(day);
        scenario.factories()
                .add(new Factory(
                        role.number(),
                        role.id(),
                        role.belt(),
                        category.id(),
                        category.peakDay(),
                        currency,
                        skus,
                        ordersPerDay,
                        List.of(25, 30, 35, 10),
                        0.4,
                        role.dice().between(5, 20),
                        conduct,
                        plot.of(role, skus.get(0).id(), at)));
        if (fault != null) {
            scenario.faults().add(new PlantedFault(fault, role.id(), at, description));
        } else {
            scenario.blameless().add(new Blameless(blameless, role.id(), at, description));
        }
    }

    private static QualityStory fault(
            PlantedFault.Kind kind, int day, int daysToNotice, double ordersPerDay, String description, Plot plot) {
        return new QualityStory(kind, null, day, daysToNotice, ordersPerDay, Conduct.GOOD, description, plot);
    }

    private static QualityStory blameless(
            Blameless.Kind kind, int day, double ordersPerDay, Conduct conduct, String description, Plot plot) {
        // If it were blamed, then within weeks.
        return new QualityStory(null, kind, day, 20, ordersPerDay, conduct, description, plot);
    }

    private static List<Behaviour> terribleDay(Role role, String skuId, long at) {
        long midnight = Rhythm.midnight(Rhythm.day(at));
        return List.of(new Failing(QUALITY, midnight, midnight + Rhythm.DAY_MS, 0.6));
    }

    private static List<Behaviour> oneBadOrder(Role role, String skuId, long at) {
        return List.of(
                new OneOff(skuId, Channel.WHOLESALE, at, role.dice().whole(3, 30), 0),
                new Failing(QUALITY, at, at + 1, 1));
    }
}
