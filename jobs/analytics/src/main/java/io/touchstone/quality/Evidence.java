package io.touchstone.quality;

import java.util.List;

/**
 * What it takes to recompute an alert by hand, as its revision found it.
 *
 * @param day of the evaluation, an epoch day
 * @param fromStanding before the evaluation
 * @param toStanding after it
 * @param classes every class over the window; empty if the factory was forgotten
 * @param segments the table of segments where the cause is DISPARITY, else null
 * @param dispersion the table of weeks where the cause is DISPERSION, else null
 * @param orders up to twenty ids of defective orders, newest first: those of the cause's class in the window for a DEMOTION,
 *     those of the weeks compared for UNSTABLE_QUALITY, those of the segment in its span for COHORT_DISPARITY
 * @param clearsWhen null once the alert is closed
 */
public record Evidence(
        int day,
        Standing fromStanding,
        Standing toStanding,
        List<ClassFinding> classes,
        List<Disparity> segments,
        Dispersion dispersion,
        List<String> orders,
        ClearsWhen clearsWhen) {}
