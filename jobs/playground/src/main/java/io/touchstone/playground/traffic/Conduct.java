package io.touchstone.playground.traffic;

import io.touchstone.policy.DefectClass;

/**
 * How often things go wrong at a factory when nothing special happens, each a share of one. The standards of the
 * default policy are 3 %, 3 %, 5 % and 1 % of a day's buyers: whoever is ordinary keeps well below.
 *
 * @param badGoods of orders: the goods are bad, and come back
 * @param sentBack of the orders whose goods are fine: the buyer changed its mind, or it was somebody else's fault
 * @param displeased of the orders whose goods are fine: the buyer says that they are not
 * @param late of orders: shipped after the promised instant
 * @param unanswered of returns: the factory never answers
 */
public record Conduct(double badGoods, double sentBack, double displeased, double late, double unanswered) {
    /** Better than most. */
    static final Conduct GOOD = new Conduct(0.008, 0.015, 0.006, 0.01, 0.03);

    /** Nothing ever goes wrong. */
    static final Conduct SPOTLESS = new Conduct(0, 0, 0, 0, 0);

    static Conduct ordinary(Dice dice) {
        return new Conduct(
                dice.between(0.006, 0.02),
                dice.between(0.01, 0.025),
                dice.between(0.005, 0.013),
                dice.between(0.006, 0.03),
                dice.between(0, 0.1));
    }

    /** How often something goes wrong that makes a defect of a class. */
    double of(DefectClass defectClass) {
        return switch (defectClass) {
            case QUALITY -> badGoods;
            case NEGATIVE_REVIEW -> displeased;
            case FULFILMENT -> late;
            case AFTER_SALES -> unanswered;
        };
    }
}
