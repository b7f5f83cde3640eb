package io.touchstone.simulation;

/** What can be wrong with a job, so that the simulation has to notice. */
public enum Mutant {
    /** Nothing. */
    NONE,
    /** A checkpoint leaves out what waits for the watermark. */
    BUFFER_NOT_SAVED,
    /** A checkpoint's position is one event ahead of its state. */
    POSITION_AHEAD_OF_STATE,
    /** Alerts leave when they are made, not when a checkpoint is complete. */
    ALERTS_WITHOUT_TRANSACTIONS,
    /** Event time runs a day ahead of events that are still to come. */
    WATERMARK_TOO_EARLY
}
