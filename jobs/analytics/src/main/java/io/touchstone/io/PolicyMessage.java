package io.touchstone.io;

import io.touchstone.config.ConfigException;
import io.touchstone.config.PolicyDocument;
import io.touchstone.market.DeadLetter;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import java.nio.charset.StandardCharsets;

/** A record of the topic {@code policies}: under the version as its key, the {@link PolicyDocument} in UTF-8. */
final class PolicyMessage {
    private PolicyMessage() {}

    /** A line of a history, where nothing was appended before anything else. */
    static PolicyChange read(byte[] line, Policy start) throws Refusal {
        JsonEvents.parse(line);
        try {
            return PolicyDocument.read(new String(line, StandardCharsets.UTF_8), start);
        } catch (ConfigException e) {
            throw new Refusal(DeadLetter.Reason.INVALID, e.getMessage());
        }
    }

    /**
     * Reads and checks a record.
     *
     * @param appended when the broker took it, in epoch ms: what acts from before could have been judged already
     * @param start the policy with which the job was started
     */
    static PolicyChange read(byte[] key, byte[] value, long appended, Policy start) throws Refusal {
        PolicyChange change = read(value, start);
        String version = change.policy().version();
        if (key == null || !version.equals(new String(key, StandardCharsets.UTF_8))) {
            throw new Refusal(DeadLetter.Reason.INVALID, "policy: version " + version + " is not the record's key");
        }
        if (change.effectiveFrom() < appended) {
            throw new Refusal(
                    DeadLetter.Reason.INVALID,
                    "policy: effective_from is " + change.effectiveFrom() + ", but was over when it was published, at "
                            + appended);
        }
        return change;
    }
}
