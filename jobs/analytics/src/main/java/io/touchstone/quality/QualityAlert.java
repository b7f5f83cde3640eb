package io.touchstone.quality;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;

/**
 * A revision of an episode about a factory, with its evidence.
 *
 * @param revision from 1, without gaps
 * @param subject the factory; for COHORT_DISPARITY factory and segment
 * @param at the midnight that made the revision, epoch ms
 * @param openedAt the midnight that opened the episode
 */
public record QualityAlert(
        String alertId,
        int revision,
        Kind kind,
        AlertStatus status,
        Severity severity,
        String subject,
        String factoryId,
        Cause cause,
        long at,
        long openedAt,
        Evidence evidence,
        String policyVersion) {

    /** What an episode is about. */
    public enum Kind {
        /** A factory from PROBATION until it is GOOD again. */
        DEMOTION,
        /** Quality swings from batch to batch. */
        UNSTABLE_QUALITY,
        /** One segment of buyers gets worse goods. */
        COHORT_DISPARITY
    }

    /** When the episode ended; null while it is open. */
    public Long closedAt() {
        return status.closed() ? at : null;
    }
}
