package io.touchstone.io.reconcile;

import java.util.Comparator;

/** Names a revision of an alert. */
public record Revision(String alertId, int revision) implements Comparable<Revision> {
    private static final Comparator<Revision> ORDER =
            Comparator.comparing(Revision::alertId).thenComparingInt(Revision::revision);

    @Override
    public int compareTo(Revision other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return alertId + "/" + revision;
    }
}
