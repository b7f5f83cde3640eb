package io.touchstone.quality;

import io.touchstone.market.LocalCalendar;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.QualityPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What one evaluation finds out about a factory, before anything is decided. */
final class Findings {
    private final int day;
    private final LocalCalendar calendar;
    private final Cohorts cohorts;
    private final int oldest;
    private final String categoryId;
    private final Map<DefectClass, ClassPolicy> policies;
    private final List<ClassFinding> classes = new ArrayList<>();
    private final Dispersion dispersion;
    private final List<Disparity> disparities;

    /** {@code buyers}: how many distinct ones have a defect in the window, by class. */
    Findings(int day, Cohorts cohorts, long[] buyers, QualityPolicy policy, LocalCalendar calendar) {
        this.day = day;
        this.calendar = calendar;
        this.cohorts = cohorts;
        oldest = policy.windowDays() - 1;
        categoryId = cohorts.category(oldest);
        policies = policy.classesOf(categoryId);
        policies.forEach((defectClass, numbers) -> classes.add(ClassFinding.of(
                defectClass,
                numbers,
                cohorts.tally(defectClass, numbers, oldest, buyers[defectClass.ordinal()]),
                Drift.cusum(cohorts, defectClass, numbers))));
        dispersion = Dispersion.of(cohorts);
        disparities = Disparity.of(cohorts);
    }

    int day() {
        return day;
    }

    /** The factory's category; null if it has none. */
    String categoryId() {
        return categoryId;
    }

    ClassPolicy policy(DefectClass defectClass) {
        return policies.get(defectClass);
    }

    /** In listed order. */
    List<ClassFinding> classes() {
        return classes;
    }

    ClassFinding of(DefectClass defectClass) {
        return classes.get(defectClass.ordinal());
    }

    Dispersion dispersion() {
        return dispersion;
    }

    /** Of the segments that have bought, in listed order. */
    List<Disparity> disparities() {
        return disparities;
    }

    boolean anyDisparity() {
        return disparities.stream().anyMatch(Disparity::fires);
    }

    /** There are enough effective orders in class QUALITY to rate the factory. */
    boolean isRated() {
        return Signal.isRated(of(DefectClass.QUALITY).eMilli());
    }

    boolean everyClassMeets() {
        return classes.stream().allMatch(ClassFinding::meets);
    }

    Score score() {
        return Score.of(classes, policies, isRated());
    }

    /** The cohort days from one of the last ninety to yesterday, their buyers not counted. */
    Tally since(int cohortDay, DefectClass defectClass) {
        return cohorts.tally(defectClass, policy(defectClass), age(cohortDay), 0);
    }

    /** FAIL over the same days; their buyers are looked for only where they decide. */
    boolean failsSince(int cohortDay, DefectClass defectClass) {
        Tally tally = since(cohortDay, defectClass);
        int enough = Signal.FAIL.minBuyers();
        return Signal.FAIL.firesAt(
                        tally.x(), tally.eMilli(), policy(defectClass).standardBp())
                && cohorts.buyers(defectClass, age(cohortDay), enough) == enough;
    }

    private int age(int cohortDay) {
        return day - 1 - cohortDay;
    }

    /** Some defect of the window became known on a day or later; with null for the day, there is one. */
    boolean hasDefectSince(Integer knownOn, DefectClass defectClass) {
        return knownOn == null
                ? of(defectClass).x() > 0
                : cohorts.hasDefectSince(knownOn, defectClass, oldest, calendar);
    }

    /** Orders of the window that are defective in a class, newest first. */
    List<String> newestOrders(DefectClass defectClass, int limit) {
        return ids(cohorts.newestDefects(defectClass, null, oldest, 0, limit, calendar));
    }

    /** Defective orders of the weeks that DISPERSION compares, newest first. */
    List<String> newestOrdersByWeek(int limit) {
        return ids(Dispersion.newestDefects(cohorts, limit, calendar));
    }

    /** Defective orders of a segment that DISPARITY compares with the others, newest first. */
    List<String> newestOrders(Segment segment, int limit) {
        return ids(Disparity.newestDefects(cohorts, segment, limit, calendar));
    }

    private static List<String> ids(List<Defect> defects) {
        return defects.stream().map(Defect::orderId).toList();
    }
}
