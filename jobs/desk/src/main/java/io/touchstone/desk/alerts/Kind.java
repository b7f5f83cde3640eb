package io.touchstone.desk.alerts;

import io.touchstone.price.PriceAlert;
import io.touchstone.quality.QualityAlert;
import java.util.Arrays;
import java.util.List;

/** Every kind of alert there is. */
public enum Kind {
    PRICE_BREACH,
    DEMOTION,
    UNSTABLE_QUALITY,
    COHORT_DISPARITY;

    static {
        // The jobs' own words decide; a kind that is missing here would be taken for no alert.
        if (!PriceAlert.KIND.equals(PRICE_BREACH.name()) || QualityAlert.Kind.values().length != values().length - 1) {
            throw new IllegalStateException("the kinds of alerts are no longer " + names());
        }
    }

    /** Their names, in order. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Kind::name).toList();
    }
}
