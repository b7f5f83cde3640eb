package io.touchstone.policy;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which policy is in force when: the one a job starts with, then each change from its instant on. What happens at an instant is
 * judged by the policy of that very instant, so that it does not matter when a change became known, as long as it did before.
 */
public final class PolicyTimeline implements Serializable {
    private static final long serialVersionUID = 1;

    /** What state was pruned by, or keyed by: nothing that was dropped comes back for a new value of these. */
    private static final Map<String, Function<Policy, Object>> START_ONLY = new TreeMap<>(Map.of(
            "time_zone", Policy::timeZone,
            "price.tiers", policy -> policy.price().tiers(),
            "price.min_buyers", policy -> policy.price().minBuyers(),
            "quality.window_days", policy -> policy.quality().windowDays(),
            "quality.match_timeout_hours", policy -> policy.quality().matchTimeoutHours(),
            "quality.order_retention_days", policy -> policy.quality().orderRetentionDays(),
            "quality.return_sla_hours", policy -> policy.quality().returnSlaHours()));

    private final Policy first;
    private final TreeMap<Long, Policy> changes = new TreeMap<>();

    /** {@code first}: in force until the first change. */
    public PolicyTimeline(Policy first) {
        this.first = first;
    }

    /** The policy before any change; keys that cannot change have its values for ever. */
    public Policy first() {
        return first;
    }

    /** The policy in force at an instant, in epoch ms. */
    public Policy at(long instant) {
        Map.Entry<Long, Policy> change = changes.floorEntry(instant);
        return change == null ? first : change.getValue();
    }

    /** The changes, in the order in which they come into force. */
    public List<PolicyChange> changes() {
        return changes.entrySet().stream()
                .map(change -> new PolicyChange(change.getKey(), change.getValue()))
                .toList();
    }

    /** Why a change cannot join, beginning with the key at fault; empty if it can. */
    public Optional<String> objectionTo(PolicyChange change) {
        Policy policy = change.policy();
        for (Map.Entry<String, Function<Policy, Object>> key : START_ONLY.entrySet()) {
            Object kept = key.getValue().apply(first);
            Object wanted = key.getValue().apply(policy);
            if (!wanted.equals(kept)) {
                return Optional.of(key.getKey() + " is " + wanted + ", but the state is kept for " + kept
                        + ": it changes with a start without state only");
            }
        }
        if (policy.version().equals(first.version())
                || changes.values().stream().anyMatch(known -> known.version().equals(policy.version()))) {
            return Optional.of("version " + policy.version() + " is known: a policy that was published never changes");
        }
        Policy rival = changes.get(change.effectiveFrom());
        return rival == null ? Optional.empty() : Optional.of("effective_from is that of version " + rival.version());
    }

    /** Takes a change to which there is no objection. */
    public void add(PolicyChange change) {
        changes.put(change.effectiveFrom(), change.policy());
    }
}
