package io.touchstone.policy;

import java.io.Serializable;

/**
 * The numbers of one class of defect. {@link QualityPolicy} checks them, as it knows the key they stand under.
 *
 * @param standardBp the rate that is just good enough, in basis points, 1 to 4999
 * @param meanBp mean of the prior that rates are shrunk to, in basis points, 1 to 5000
 * @param strength weight of that prior in orders, at least 1
 * @param weight of the class in the score, in permille, 0 to 1000
 * @param exposure how much of an order's fate is known at which age
 */
public record ClassPolicy(int standardBp, int meanBp, int strength, int weight, Exposure exposure)
        implements Serializable {
    void check(String key) {
        Range.check(key + ".standard_bp", standardBp, 1, 4999);
        Range.check(key + ".mean_bp", meanBp, 1, 5000);
        Range.check(key + ".strength", strength, strength >= 1, "at least 1");
        Range.check(key + ".weight", weight, 0, 1000);
        exposure.check(key + ".exposure");
    }
}
