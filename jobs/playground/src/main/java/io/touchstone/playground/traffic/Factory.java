package io.touchstone.playground.traffic;

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
        List<Behaviour> behaviours) {}
