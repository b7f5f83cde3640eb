package io.touchstone.policy;

import java.io.Serializable;
import java.time.ZoneId;

/**
 * All business numbers in force together.
 *
 * @param version carried by every row and alert; not blank, at most 256 characters
 * @param timeZone whose local days are the business days
 */
public record Policy(String version, ZoneId timeZone, PricePolicy price, QualityPolicy quality)
        implements Serializable {
    /** The numbers of {@code conf/policy.yaml} as shipped. */
    public static final Policy DEFAULT =
            new Policy("default-1", ZoneId.of("Asia/Shanghai"), PricePolicy.DEFAULT, QualityPolicy.DEFAULT);

    public Policy {
        Range.check(
                "version", version, !version.isBlank() && version.length() <= 256, "a name of at most 256 characters");
    }
}
