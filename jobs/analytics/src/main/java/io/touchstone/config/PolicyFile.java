package io.touchstone.config;

import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Exposure;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Reads the business numbers; an absent key has the default of {@code conf/policy.yaml}. */
public final class PolicyFile {
    private PolicyFile() {}

    /**
     * Reads and checks a policy.
     *
     * @throws ConfigException naming file, key, value and range
     */
    public static Policy read(Path file) {
        return read(Section.read(file), Policy.DEFAULT);
    }

    /** {@code standard}: what an absent key is. */
    static Policy read(Section root, Policy standard) {
        try {
            Policy policy = new Policy(
                    root.text("version", standard.version()),
                    zone(root, standard.timeZone()),
                    price(root.section("price"), standard.price()),
                    quality(root.section("quality"), standard.quality()));
            root.checkUnknown();
            return policy;
        } catch (IllegalArgumentException e) {
            throw new ConfigException(root.file() + ": " + e.getMessage());
        }
    }

    private static ZoneId zone(Section root, ZoneId otherwise) {
        String name = root.text("time_zone", otherwise.getId());
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw root.wrong("time_zone", name, "the name of a time zone, such as Asia/Shanghai");
        }
    }

    private static PricePolicy price(Section section, PricePolicy standard) {
        return new PricePolicy(
                section.integers("tiers", standard.tiers()),
                section.integer("min_buyers", standard.minBuyers()),
                section.integer("carry_days", standard.carryDays()),
                section.integer("tolerance_bp", standard.toleranceBp()),
                section.integer("spike_percent", standard.spikePercent()));
    }

    private static QualityPolicy quality(Section section, QualityPolicy standard) {
        Map<DefectClass, ClassPolicy> classes = classes(section.section("classes"), standard.classes());
        Section overrides = section.section("categories");
        Map<String, Map<DefectClass, ClassPolicy>> categories = new HashMap<>();
        for (String id : overrides.keys()) {
            categories.put(id, classes(overrides.section(id), classes));
        }
        return new QualityPolicy(
                section.integer("window_days", standard.windowDays()),
                section.integer("match_timeout_hours", standard.matchTimeoutHours()),
                section.integer("order_retention_days", standard.orderRetentionDays()),
                section.integer("return_sla_hours", standard.returnSlaHours()),
                classes,
                categories);
    }

    private static Map<DefectClass, ClassPolicy> classes(Section section, Map<DefectClass, ClassPolicy> standard) {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(DefectClass.class);
        for (DefectClass defectClass : DefectClass.values()) {
            Section numbers = section.section(defectClass.name());
            ClassPolicy otherwise = standard.get(defectClass);
            classes.put(
                    defectClass,
                    new ClassPolicy(
                            numbers.integer("standard_bp", otherwise.standardBp()),
                            numbers.integer("mean_bp", otherwise.meanBp()),
                            numbers.integer("strength", otherwise.strength()),
                            numbers.integer("weight", otherwise.weight()),
                            numbers.steps("exposure").map(Exposure::new).orElse(otherwise.exposure())));
        }
        return classes;
    }
}
