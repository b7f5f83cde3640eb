package io.touchstone.io.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A topic beside its table.
 *
 * @param recorded how many revisions are in the table
 * @param published how many different revisions are on the topic
 * @param missing recorded, and nobody will publish them any more
 * @param young recorded, but not long ago: they may come with the job's next commit
 * @param undecided recorded, and in a transaction that is open, or behind one
 * @param notReached recorded, and the job may come to them again: {@code behind} is why
 * @param expired recorded before what the topic still holds
 * @param doubled published more than once
 * @param unknown published, but not recorded, and not to be any more
 * @param unrecorded published a short while ago, and not recorded yet: the database may have been away
 * @param foreign messages that are no alerts, as {@code topic/partition/offset}
 * @param behind an input partition that the job's newest checkpoint has not read far enough; null if there is none
 */
public record Findings(
        String topic,
        int recorded,
        int published,
        SortedSet<Revision> missing,
        SortedSet<Revision> young,
        SortedSet<Revision> undecided,
        SortedSet<Revision> notReached,
        SortedSet<Revision> expired,
        SortedSet<Revision> doubled,
        SortedSet<Revision> unknown,
        SortedSet<Revision> unrecorded,
        List<String> foreign,
        String behind) {

    /**
     * Tells each revision's place.
     *
     * @param recorded the table, with when each was recorded; older than the topic's reading
     * @param recordedSince those that the table got in the meantime
     * @param settledBefore what was recorded since then may yet be published
     * @param slack how long after it was recorded a revision may have been published
     */
    static Findings of(
            String name,
            Map<Revision, Instant> recorded,
            Set<Revision> recordedSince,
            AlertTopic topic,
            Instant settledBefore,
            Duration slack,
            String behind) {
        Findings findings = new Findings(
                name,
                recorded.size(),
                topic.committed().size(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                topic.foreign(),
                behind);
        recorded.forEach((revision, at) -> {
            if (topic.committed().containsKey(revision)) {
                return;
            }
            if (topic.undecided().contains(revision)) {
                findings.undecided.add(revision);
            } else if (!at.isBefore(settledBefore)) {
                findings.young.add(revision);
            } else if (at.plus(slack).isBefore(topic.completeSince())) {
                findings.expired.add(revision);
            } else if (behind != null) {
                findings.notReached.add(revision);
            } else {
                findings.missing.add(revision);
            }
        });
        topic.committed().forEach((revision, published) -> {
            if (published.times() > 1) {
                findings.doubled.add(revision);
            }
            if (!recorded.containsKey(revision) && !recordedSince.contains(revision)) {
                (published.last().isBefore(settledBefore) ? findings.unknown : findings.unrecorded).add(revision);
            }
        });
        return findings;
    }

    /** Whether topic and table agree, but for {@link #missing} ones. */
    public boolean agreeOtherwise() {
        return doubled.isEmpty() && unknown.isEmpty() && foreign.isEmpty();
    }
}
