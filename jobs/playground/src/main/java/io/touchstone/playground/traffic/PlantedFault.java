package io.touchstone.playground.traffic;

import io.touchstone.quality.QualityAlert;

/**
 * A fault of a factory that must be alerted.
 *
 * @param from when it begins, in epoch milliseconds
 * @param description one line for people
 */
public record PlantedFault(Kind kind, String factoryId, long from, String description) {

    /** How a factory turns bad. */
    public enum Kind {
        /** Its goods, all of a sudden. */
        COLLAPSE(QualityAlert.Kind.DEMOTION, true),
        /** Its goods, a little more every day. */
        EROSION(QualityAlert.Kind.DEMOTION, true),
        /** Its goods from batch to batch; on average they are good enough. */
        SWINGS(QualityAlert.Kind.UNSTABLE_QUALITY, false),
        /** The goods it ships to one segment of buyers; on average they are good enough. */
        SECOND_CHOICE(QualityAlert.Kind.COHORT_DISPARITY, false),
        /** It stops answering returns. */
        SILENCE(QualityAlert.Kind.DEMOTION, true),
        /** It ships late for some weeks. */
        DELAY(QualityAlert.Kind.DEMOTION, true);

        private final QualityAlert.Kind alert;
        private final boolean demoted;

        Kind(QualityAlert.Kind alert, boolean demoted) {
            this.alert = alert;
            this.demoted = demoted;
        }

        /** The kind of alert that catches it. */
        public QualityAlert.Kind alert() {
            return alert;
        }

        /** Whether it has to cost the factory its badge as well. */
        public boolean isToBeDemoted() {
            return demoted;
        }
    }
}
