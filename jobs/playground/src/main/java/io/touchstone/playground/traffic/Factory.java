package io.touchstone.playground.traffic;

import io.touchstone.playground.traffic.Behaviour.Occasion;
import io.touchstone.policy.DefectClass;
import java.time.LocalDate;
import java.util.List;

/**
 * A factory: what it is, and in what it differs from the ordinary.
 *
 * @param number counts all factories from 0
 * @param peakDay the day of the year on which it sells best
 * @param ordersPerDay on an average day
 * @param segments how many of its orders come from wholesalers, small businesses, consumers and members, relative to
 *     each other
 * @param dropshipShare how many of the orders of small businesses and consumers are DROPSHIP, of one
 * @param shipHours how long it usually takes to ship goods it has in stock
 * @param conduct how often things go wrong
 * @param behaviours empty for an ordinary factory
 */
public record Factory(
        int number,
        String id,
        Belt belt,
        String categoryId,
        int peakDay,
        String currency,
        List<Sku> skus,
        double ordersPerDay,
        List<Integer> segments,
        double dropshipShare,
        double shipHours,
        Conduct conduct,
        List<Behaviour> behaviours) {

    /** How likely it is that on an occasion something goes wrong that makes a defect of a class. */
    double failing(DefectClass defectClass, Occasion occasion) {
        double share = conduct.of(defectClass);
        for (Behaviour behaviour : behaviours) {
            share = behaviour.failing(defectClass, share, occasion);
        }
        return share;
    }

    /** How many orders it gets on average on a day, seasons and festivals included. */
    double demand(LocalDate day) {
        double orders = ordersPerDay * Rhythm.demand(day, peakDay);
        for (Behaviour behaviour : behaviours) {
            orders = behaviour.volume(orders, Rhythm.midnight(day));
        }
        return orders;
    }
}
