package io.touchstone.playground.traffic;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Who takes part in a market, and the truth about them.
 *
 * @param factories all of them, by number
 * @param rises which prices must be caught
 * @param innocents which prices must not be alerted
 * @param faults which conduct must be alerted
 * @param blameless who must not be demoted
 */
record Scenario(
        List<Factory> factories,
        List<PlantedRise> rises,
        List<Innocent> innocents,
        List<PlantedFault> faults,
        List<Blameless> blameless) {

    static Scenario of(long seed, LocalDate start, int days, double scale) {
        List<Belt> belts = new ArrayList<>();
        for (Belt belt : Belt.ALL) {
            for (int i = 0; i < belt.factories(); i++) {
                belts.add(belt);
            }
        }
        List<Story> stories = new ArrayList<>(PriceStory.ALL);
        stories.addAll(QualityStory.ALL);
        stories.replaceAll(story -> story.leastDays() <= days ? story : ORDINARY);
        while (stories.size() < belts.size()) {
            stories.add(ORDINARY);
        }
        Dice.of(seed, -1).shuffle(stories);

        Scenario scenario = new Scenario(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int inBelt = 0;
        for (int number = 0; number < belts.size(); number++) {
            Belt belt = belts.get(number);
            inBelt = number > 0 && belt.equals(belts.get(number - 1)) ? inBelt + 1 : 1;
            String id = String.format("%s-%02d", belt.id(), inBelt);
            Dice dice = Dice.of(seed, -2, number);
            stories.get(number).tell(new Story.Role(number, id, belt, start, scale, dice), scenario);
        }
        return new Scenario(
                List.copyOf(scenario.factories),
                List.copyOf(scenario.rises),
                List.copyOf(scenario.innocents),
                List.copyOf(scenario.faults),
                List.copyOf(scenario.blameless));
    }

    /** Nothing special happens. */
    private static final Story ORDINARY = new Story() {
        @Override
        public int leastDays() {
            return 0;
        }

        @Override
        public void tell(Role role, Scenario scenario) {
            Dice dice = role.dice();
            Belt.Category category = role.category();
            // Some export: their prices are in dollars.
            String currency = dice.happens(0.08) ? "USD" : "CNY";
            scenario.factories.add(new Factory(
                    role.number(),
                    role.id(),
                    role.belt(),
                    category.id(),
                    category.peakDay(),
                    currency,
                    List.copyOf(role.skus(category, currency)),
                    dice.logarithmic(1.5, 10) * role.scale(),
                    List.of(dice.whole(25, 45), dice.whole(25, 45), dice.whole(5, 30), dice.whole(2, 12)),
                    dice.between(0.2, 0.6),
                    dice.between(5, 26),
                    Conduct.ordinary(dice),
                    List.of()));
        }
    };
}
