package io.touchstone.policy;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of the quality score.
 *
 * @param windowDays cohort days the score looks back, 30 to 60
 * @param matchTimeoutHours how long a return or review waits for its order, 1 to 1440
 * @param orderRetentionDays days after its cohort day for which an order is remembered, 8 to 400
 * @param returnSlaHours time a factory has to answer a return, 1 to 1440
 * @param classes the numbers of every class
 * @param categories by category id, the numbers that replace {@code classes} for factories of that category: every class, what
 *     the policy file does not override already filled in
 */
public record QualityPolicy(
        int windowDays,
        int matchTimeoutHours,
        int orderRetentionDays,
        int returnSlaHours,
        Map<DefectClass, ClassPolicy> classes,
        Map<String, Map<DefectClass, ClassPolicy>> categories)
        implements Serializable {
    /** The numbers of {@code conf/policy.yaml} as shipped. */
    public static final QualityPolicy DEFAULT = new QualityPolicy(60, 168, 120, 168, defaultClasses(), Map.of());

    /** Checks every range; the message of the {@link IllegalArgumentException} names key, value and range. */
    public QualityPolicy {
        Range.check("quality.window_days", windowDays, 30, 60);
        Range.check("quality.match_timeout_hours", matchTimeoutHours, 1, 1440);
        Range.check("quality.order_retention_days", orderRetentionDays, 8, 400);
        Range.check("quality.return_sla_hours", returnSlaHours, 1, 1440);
        classes = checked("quality.classes", classes);
        Map<String, Map<DefectClass, ClassPolicy>> copy = new HashMap<>();
        categories.forEach((id, numbers) -> copy.put(id, checked("quality.categories." + id, numbers)));
        categories = Collections.unmodifiableMap(copy);
    }

    /** The numbers of every class for a factory of a category; null means a factory without one. */
    public Map<DefectClass, ClassPolicy> classesOf(String categoryId) {
        return categories.getOrDefault(categoryId, classes);
    }

    private static Map<DefectClass, ClassPolicy> checked(String key, Map<DefectClass, ClassPolicy> numbers) {
        Map<DefectClass, ClassPolicy> copy = new EnumMap<>(DefectClass.class);
        copy.putAll(numbers);
        int weights = 0;
        for (DefectClass defectClass : DefectClass.values()) {
            ClassPolicy policy = copy.get(defectClass);
            Range.check(key + "." + defectClass, policy, policy != null, "set");
            policy.check(key + "." + defectClass);
            weights += policy.weight();
        }
        Range.check(key + "'s weights together", weights, 1000, 1000);
        return Collections.unmodifiableMap(copy);
    }

    private static Map<DefectClass, ClassPolicy> defaultClasses() {
        Exposure complaints = Exposure.of(0, 0, 3, 50, 5, 150, 7, 350, 10, 550, 14, 750, 21, 900, 30, 1000);
        Exposure shipping = Exposure.of(0, 0, 2, 350, 3, 650, 4, 850, 6, 1000);
        Exposure answers = Exposure.of(0, 0, 10, 50, 12, 150, 14, 350, 17, 550, 21, 750, 28, 900, 37, 1000);
        return Map.of(
                DefectClass.QUALITY, new ClassPolicy(300, 150, 50, 400, complaints),
                DefectClass.NEGATIVE_REVIEW, new ClassPolicy(300, 150, 50, 200, complaints),
                DefectClass.FULFILMENT, new ClassPolicy(500, 250, 50, 200, shipping),
                DefectClass.AFTER_SALES, new ClassPolicy(100, 50, 50, 200, answers));
    }
}
