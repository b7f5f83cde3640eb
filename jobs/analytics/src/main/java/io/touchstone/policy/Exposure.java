package io.touchstone.policy;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of a young order's fate is known: a step function from its age in days to permille of an effective order. The value
 * at an age is that of the largest step at or below it. Steps ascend from age 0, values are 0 to 1000 and never fall.
 */
public final class Exposure implements Serializable {
    private static final long serialVersionUID = 1;

    /** No evaluation looks at a cohort day that is older than this. */
    private static final int OLDEST_AGE = 89;

    private final TreeMap<Integer, Integer> steps;
    private final int[] permille = new int[OLDEST_AGE + 1];

    /** Takes the steps as they are; {@link QualityPolicy} checks them, as it knows the key they stand under. */
    public Exposure(SortedMap<Integer, Integer> steps) {
        TreeMap<Integer, Integer> copy = new TreeMap<>(steps);
        this.steps = copy;
        Arrays.setAll(
                permille,
                age -> copy.floorKey(age) == null ? 0 : copy.floorEntry(age).getValue());
    }

    /** The steps, {@code age, permille, age, permille ...}, in ascending order of age. */
    public static Exposure of(int... agesAndPermille) {
        TreeMap<Integer, Integer> steps = new TreeMap<>();
        for (int i = 0; i < agesAndPermille.length; i += 2) {
            steps.put(agesAndPermille[i], agesAndPermille[i + 1]);
        }
        return new Exposure(steps);
    }

    /** The steps by age in days. */
    public SortedMap<Integer, Integer> steps() {
        return Collections.unmodifiableSortedMap(steps);
    }

    /** Permille of an effective order at an age of 0 to 89 days. */
    public int at(int age) {
        return permille[age];
    }

    void check(String key) {
        Range.check(key, steps, !steps.isEmpty() && steps.firstKey() == 0, "steps ascending from age 0");
        int last = 0;
        for (int value : steps.values()) {
            Range.check(key, steps, value >= last && value <= 1000, "values 0 to 1000 that never fall");
            last = value;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Exposure that && steps.equals(that.steps);
    }

    @Override
    public int hashCode() {
        return steps.hashCode();
    }

    @Override
    public String toString() {
        return steps.toString();
    }
}
