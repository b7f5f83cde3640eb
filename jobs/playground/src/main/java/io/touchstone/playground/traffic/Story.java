package io.touchstone.playground.traffic;

import java.time.LocalDate;
import java.util.List;

/** What one factory does that others do not. */
interface Story {
    long FOR_GOOD = Long.MAX_VALUE;

    /** How many days a market lasts at least in which it is told: in a shorter one nobody could notice it. */
    int leastDays();

    /** Adds the factory that it is about to a scenario, and writes down the truth. */
    void tell(Role role, Scenario scenario);

    /**
     * A factory to be.
     *
     * @param start the first day of the market
     * @param scale how many orders the market has, compared with the usual
     */
    record Role(int number, String id, Belt belt, LocalDate start, double scale, Dice dice) {

        /** Some instant of a day, or of the next, counted from 0: people change things, and err, in office hours. */
        long around(int day) {
            return Rhythm.midnight(start.plusDays(day + dice.whole(0, 1)))
                    + (long) (dice.between(9, 17) * Rhythm.HOUR_MS);
        }

        Belt.Category category() {
            return dice.any(belt.categories());
        }

        /** Some of a category's products, those that sell best first. */
        List<Sku> skus(Belt.Category category, String currency) {
            return Sku.some(id, category, currency, dice);
        }
    }
}
