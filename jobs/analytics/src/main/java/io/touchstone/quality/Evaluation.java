package io.touchstone.quality;

import java.util.List;

/**
 * What a midnight has to say about a factory: the rows of all tables and the alerts.
 *
 * @param day of the evaluation, an epoch day
 * @param outcome what the midnight did
 * @param score the row of {@code factory_score} and, if evaluated, of {@code factory_score_daily}; null if there is none
 * @param classes the rows of {@code factory_class_daily}
 * @param segments the rows of {@code factory_segment_daily}
 * @param move the row of {@code standing_history}; null if the factory stays where it is
 * @param alerts new revisions
 */
public record Evaluation(
        String factoryId,
        int day,
        Outcome outcome,
        FactoryScore score,
        List<ClassFinding> classes,
        List<Disparity> segments,
        StandingMove move,
        List<QualityAlert> alerts,
        String policyVersion) {

    /** What a midnight can do. */
    public enum Outcome {
        EVALUATED,
        /** All its orders are still to come: nothing happens. */
        SKIPPED,
        /** Nothing of the factory is left to look at: everything about it has to be dropped. */
        FORGOTTEN
    }

    /**
     * A row of {@code standing_history}.
     *
     * @param enteredAt a midnight, epoch ms
     * @param cause null when a factory becomes GOOD outside a demotion
     * @param alertId of the demotion that the move belongs to, or null
     */
    public record StandingMove(long enteredAt, Standing from, Standing to, Cause cause, String alertId) {}
}
