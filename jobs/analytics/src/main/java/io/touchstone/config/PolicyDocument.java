package io.touchstone.config;

import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * A policy as it is published on its topic: one JSON object with the keys of the policy file, a {@code version} and
 * {@code effective_from}, in epoch ms. It is a whole policy: an absent key has the default of {@code conf/policy.yaml}; only keys
 * that cannot change while state is kept have, if absent, the value with which the job was started.
 */
public final class PolicyDocument {
    private static final long EARLIEST = midnight(LocalDate.of(2000, 1, 1));
    private static final long LATEST = midnight(LocalDate.of(2100, 1, 1));

    private PolicyDocument() {}

    /**
     * The document of a policy file.
     *
     * @param effectiveFrom in epoch ms; null if the file says it
     * @throws ConfigException if the file cannot be read, or both say it
     */
    public static String of(Path file, Long effectiveFrom) {
        return Section.read(file).jsonWith("effective_from", effectiveFrom);
    }

    /**
     * Reads and checks a document.
     *
     * @param start the policy with which the job was started
     * @throws ConfigException naming key, value and range
     */
    public static PolicyChange read(String json, Policy start) {
        Section root = Section.json("policy", json);
        long effectiveFrom = root.instant("effective_from", EARLIEST, LATEST);
        root.requiredText("version");
        return new PolicyChange(effectiveFrom, PolicyFile.read(root, defaults(start)));
    }

    private static Policy defaults(Policy start) {
        PricePolicy price = PricePolicy.DEFAULT;
        QualityPolicy quality = QualityPolicy.DEFAULT;
        return new Policy(
                start.version(),
                start.timeZone(),
                new PricePolicy(
                        start.price().tiers(),
                        start.price().minBuyers(),
                        price.carryDays(),
                        price.toleranceBp(),
                        price.spikePercent()),
                new QualityPolicy(
                        start.quality().windowDays(),
                        start.quality().matchTimeoutHours(),
                        start.quality().orderRetentionDays(),
                        start.quality().returnSlaHours(),
                        quality.classes(),
                        quality.categories()));
    }

    private static long midnight(LocalDate date) {
        return date.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }
}
