package io.touchstone.quality;

/** Where a factory stands with the marketplace. */
public enum Standing {
    UNRATED,
    GOOD,
    WATCH,
    PROBATION,
    DEMOTED,
    TRIAL;

    /** PROBATION, DEMOTED and TRIAL make up the episode of a demotion. */
    public boolean isInDemotion() {
        return compareTo(PROBATION) >= 0;
    }
}
