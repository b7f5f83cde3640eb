package io.touchstone.quality;

import io.touchstone.policy.DefectClass;

/** Why a factory moved, or an alert was raised. */
public enum Cause {
    QUALITY,
    NEGATIVE_REVIEW,
    FULFILMENT,
    AFTER_SALES,
    WARN,
    DRIFT,
    DISPERSION,
    DISPARITY,
    FORGOTTEN;

    static Cause of(DefectClass defectClass) {
        return valueOf(defectClass.name());
    }

    /** The class that an episode of this cause is about: DISPERSION and DISPARITY stand for QUALITY. */
    DefectClass defectClass() {
        return this == DISPERSION || this == DISPARITY ? DefectClass.QUALITY : DefectClass.valueOf(name());
    }
}
