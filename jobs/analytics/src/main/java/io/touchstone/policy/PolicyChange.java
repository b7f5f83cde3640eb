package io.touchstone.policy;

import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A policy and the instant from which it acts.
 *
 * @param effectiveFrom the first instant at which it is in force, in epoch ms
 */
public record PolicyChange(long effectiveFrom, Policy policy) implements Serializable {
    private static final int VERSION = 1;

    /** Packs everything, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        Packed.writeSigned(effectiveFrom, out);
        Packed.writeString(policy.version(), out);
        Packed.writeString(policy.timeZone().getId(), out);
        write(policy.price(), out);
        write(policy.quality(), out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static PolicyChange read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("a policy of version " + version + " is newer than this program");
        }
        return new PolicyChange(
                Packed.readSigned(in),
                new Policy(Packed.readString(in), ZoneId.of(Packed.readString(in)), readPrice(in), readQuality(in)));
    }

    private static void write(PricePolicy price, DataOutput out) throws IOException {
        Packed.writeUnsigned(price.tiers().size(), out);
        for (long tier : price.tiers()) {
            Packed.writeUnsigned(tier, out);
        }
        Packed.writeUnsigned(price.minBuyers(), out);
        Packed.writeUnsigned(price.carryDays(), out);
        Packed.writeUnsigned(price.toleranceBp(), out);
        Packed.writeUnsigned(price.spikePercent(), out);
    }

    private static PricePolicy readPrice(DataInput in) throws IOException {
        List<Long> tiers = new ArrayList<>();
        for (int rest = Packed.readSmall(in); rest > 0; rest--) {
            tiers.add(Packed.readUnsigned(in));
        }
        return new PricePolicy(
                tiers, Packed.readSmall(in), Packed.readSmall(in), Packed.readSmall(in), Packed.readSmall(in));
    }

    private static void write(QualityPolicy quality, DataOutput out) throws IOException {
        Packed.writeUnsigned(quality.windowDays(), out);
        Packed.writeUnsigned(quality.matchTimeoutHours(), out);
        Packed.writeUnsigned(quality.orderRetentionDays(), out);
        Packed.writeUnsigned(quality.returnSlaHours(), out);
        write(quality.classes(), out);
        Packed.writeUnsigned(quality.categories().size(), out);
        for (Map.Entry<String, Map<DefectClass, ClassPolicy>> category :
                new TreeMap<>(quality.categories()).entrySet()) {
            Packed.writeString(category.getKey(), out);
            write(category.getValue(), out);
        }
    }

    private static QualityPolicy readQuality(DataInput in) throws IOException {
        int windowDays = Packed.readSmall(in);
        int matchTimeoutHours = Packed.readSmall(in);
        int orderRetentionDays = Packed.readSmall(in);
        int returnSlaHours = Packed.readSmall(in);
        Map<DefectClass, ClassPolicy> classes = readClasses(in);
        Map<String, Map<DefectClass, ClassPolicy>> categories = new HashMap<>();
        for (int rest = Packed.readSmall(in); rest > 0; rest--) {
            categories.put(Packed.readString(in), readClasses(in));
        }
        return new QualityPolicy(
                windowDays, matchTimeoutHours, orderRetentionDays, returnSlaHours, classes, categories);
    }

    private static void write(Map<DefectClass, ClassPolicy> classes, DataOutput out) throws IOException {
        Packed.writeUnsigned(classes.size(), out);
        for (Map.Entry<DefectClass, ClassPolicy> entry : classes.entrySet()) {
            ClassPolicy numbers = entry.getValue();
            Packed.writeString(entry.getKey().name(), out);
            Packed.writeUnsigned(numbers.standardBp(), out);
            Packed.writeUnsigned(numbers.meanBp(), out);
            Packed.writeUnsigned(numbers.strength(), out);
            Packed.writeUnsigned(numbers.weight(), out);
            Packed.writeUnsigned(numbers.exposure().steps().size(), out);
            for (Map.Entry<Integer, Integer> step : numbers.exposure().steps().entrySet()) {
                Packed.writeUnsigned(step.getKey(), out);
                Packed.writeUnsigned(step.getValue(), out);
            }
        }
    }

    private static Map<DefectClass, ClassPolicy> readClasses(DataInput in) throws IOException {
        Map<DefectClass, ClassPolicy> classes = new EnumMap<>(DefectClass.class);
        for (int rest = Packed.readSmall(in); rest > 0; rest--) {
            DefectClass defectClass = defectClass(Packed.readString(in));
            int standardBp = Packed.readSmall(in);
            int meanBp = Packed.readSmall(in);
            int strength = Packed.readSmall(in);
            int weight = Packed.readSmall(in);
            TreeMap<Integer, Integer> steps = new TreeMap<>();
            for (int step = Packed.readSmall(in); step > 0; step--) {
                steps.put(Packed.readSmall(in), Packed.readSmall(in));
            }
            classes.put(defectClass, new ClassPolicy(standardBp, meanBp, strength, weight, new Exposure(steps)));
        }
        // A class that there was not yet has the numbers as shipped, as in a document that does not name it.
        QualityPolicy.DEFAULT.classes().forEach(classes::putIfAbsent);
        return classes;
    }

    private static DefectClass defectClass(String name) throws IOException {
        try {
            return DefectClass.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("a policy has numbers of class " + name + ", which is newer than this program");
        }
    }
}
