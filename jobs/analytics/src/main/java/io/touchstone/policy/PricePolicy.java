package io.touchstone.policy;

import java.io.Serializable;
import java.util.List;

/**
 * The numbers of the price floor.
 *
 * @param tiers quantity tiers in pieces, ascending from 1, at most 12
 * @param minBuyers distinct buyers it takes to set a floor, 1 to 10
 * @param carryDays days a floor is carried once too few buyers are left, 0 to 3650
 * @param toleranceBp excess over the floor that is no breach yet, in basis points, 0 to 10000
 * @param spikePercent excess over the floor that opens an alert at once, in percent, 0 to 1000
 */
public record PricePolicy(List<Long> tiers, int minBuyers, int carryDays, int toleranceBp, int spikePercent)
        implements Serializable {
    /** The numbers of {@code conf/policy.yaml} as shipped. */
    public static final PricePolicy DEFAULT = new PricePolicy(List.of(1L, 3L, 10L, 50L, 200L, 1000L), 3, 365, 50, 20);

    /** Checks every range; the message of the {@link IllegalArgumentException} names key, value and range. */
    public PricePolicy {
        tiers = List.copyOf(tiers);
        Range.check("price.tiers", tiers, !tiers.isEmpty() && tiers.size() <= 12, "1 to 12 tiers");
        Range.check("price.tiers", tiers, tiers.get(0) == 1, "ascending from 1");
        for (int i = 1; i < tiers.size(); i++) {
            Range.check("price.tiers", tiers, tiers.get(i) > tiers.get(i - 1), "ascending from 1");
        }
        Range.check("price.min_buyers", minBuyers, 1, 10);
        Range.check("price.carry_days", carryDays, 0, 3650);
        Range.check("price.tolerance_bp", toleranceBp, 0, 10_000);
        Range.check("price.spike_percent", spikePercent, 0, 1000);
    }

    /** The index of the largest tier that is at most {@code quantity}; quantity is at least 1. */
    public int tierOf(long quantity) {
        int tier = tiers.size() - 1;
        while (tiers.get(tier) > quantity) {
            tier--;
        }
        return tier;
    }
}
