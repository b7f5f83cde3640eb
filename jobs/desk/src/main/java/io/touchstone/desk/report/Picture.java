package io.touchstone.desk.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.policy.DefectClass;
import io.touchstone.price.Floor;
import io.touchstone.price.PriceKey;
import io.touchstone.quality.Standing;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a report shows, as data: a marketplace as of its newest complete evaluation.
 *
 * @param day the newest for which every factory was evaluated: scores saw everything before its midnight; null if nothing was ever
 *     evaluated. A few factories may have been evaluated on a later day already
 * @param newestPrice the newest instant at which a floor changed, a breach was paid or a price alert was revised; null if none
 * @param policyVersion of the newest evaluation or alert; null if there is neither
 * @param standings how many factories had which standing on each day
 * @param factories as of their newest evaluation, by id
 * @param alerts the open ones, and those closed of late, by id
 * @param pages of alerted factories, the most troubled first
 * @param pagesLeftOut how many more alerted factories there are
 * @param worst factories with the lowest scores, and the class of defect to blame
 * @param improved factories whose score rose most within {@link #COMPARED_DAYS} days
 * @param items whose prices were alerted, open alerts first
 * @param itemsLeftOut how many more such items there are
 */
record Picture(
        LocalDate day,
        Long newestPrice,
        String policyVersion,
        SortedMap<LocalDate, EnumMap<Standing, Integer>> standings,
        Map<String, Factory> factories,
        Map<String, Alert> alerts,
        List<FactoryPage> pages,
        int pagesLeftOut,
        List<Course> worst,
        List<Course> improved,
        List<Item> items,
        int itemsLeftOut,
        List<Belt> belts) {

    /** Improved since so many days ago. */
    static final int COMPARED_DAYS = 30;

    /** A factory as of its newest evaluation. */
    record Factory(
            String id, LocalDate day, double score, String band, Standing standing, String category, String belt) {
        /** A forgotten factory keeps its band, but has no standing. */
        boolean isRated() {
            return !"UNRATED".equals(band) && standing != Standing.UNRATED;
        }
    }

    /**
     * An episode as of its newest revision.
     *
     * @param cause null for a price
     * @param closedAt null while open
     * @param summary null where only the bare columns are known, as summaryZh
     * @param evidence an object, or missing
     */
    record Alert(
            String id,
            int revision,
            String kind,
            String status,
            String severity,
            String subject,
            String factoryId,
            String cause,
            long at,
            long openedAt,
            Long closedAt,
            String summary,
            String summaryZh,
            JsonNode evidence) {
        boolean isOpen() {
            return closedAt == null;
        }

        boolean isAboutPrice() {
            return "PRICE_BREACH".equals(kind);
        }

        boolean isCritical() {
            return "CRITICAL".equals(severity);
        }
    }

    /** A class of defect in an evaluation; counts as in table factory_class_daily. */
    record ClassDay(
            LocalDate day,
            DefectClass defectClass,
            long x,
            long n,
            long eMilli,
            Double rate,
            long standardBp,
            double subScore,
            long buyers,
            String signal,
            boolean drift) {
        double effective() {
            return eMilli / 1000.0;
        }

        double standard() {
            return standardBp / 10_000.0;
        }

        /** Null without effective orders. */
        Interval interval() {
            return Interval.of(x, eMilli);
        }

        /** How many times the standard the rate is; 0 without a rate. */
        double timesStandard() {
            return rate == null ? 0 : rate / standard();
        }
    }

    /** A segment of buyers in an evaluation, as in table factory_segment_daily. */
    record SegmentDay(LocalDate day, String segment, long n, long x, Double z, Double rr, boolean disparity) {}

    /** A factory's score on a day. */
    record ScoreDay(LocalDate day, double score, Standing standing) {}

    /** A step of a factory's standing. */
    record Step(long at, Standing from, Standing to, String cause) {}

    /** A revision of an alert, without its evidence. */
    record Revision(Alert alert, int number, String status, String severity, long at) {}

    /**
     * How a class of defect went at a factory.
     *
     * @param change of the score within {@link #COMPARED_DAYS} days; null if there is no score to compare with
     */
    record Course(Factory factory, DefectClass defectClass, List<ClassDay> days, Double change) {
        ClassDay newest() {
            return days.get(days.size() - 1);
        }
    }

    /**
     * Everything about an alerted factory.
     *
     * @param factory null if it was never evaluated
     * @param alerts open ones first, then the newest
     * @param classes of its newest evaluation
     * @param cause the course of the class that most alerts are about
     * @param segments of its newest evaluation that has any
     */
    record FactoryPage(
            String id,
            Factory factory,
            List<Alert> alerts,
            List<Revision> revisions,
            List<Step> steps,
            List<ScoreDay> scores,
            List<ClassDay> classes,
            Course cause,
            List<SegmentDay> segments) {

        /** The open alert that weighs most on its standing. */
        Optional<Alert> gravest() {
            return alerts.stream()
                    .filter(alert -> alert.isOpen() && !alert.isAboutPrice())
                    .findFirst();
        }

        boolean isInTrouble() {
            return gravest().isPresent()
                    || (factory != null && factory.standing().isInDemotion());
        }
    }

    /** A floor from an instant on. */
    record FloorChange(long from, Long floor, Long literalFloor, Floor.Status status) {}

    /**
     * A payment above its floor.
     *
     * @param tier whose floors are drawn with it: the largest that has any and is at most the one it was judged in
     */
    record Breach(String orderId, long paidAt, long tier, long quantity, long price, long floor, long excessBp) {}

    /**
     * An item whose price was alerted.
     *
     * @param alerts the newest first
     * @param floors by tier: those in which it was breached, or all if none was
     * @param floorsNow what binds each tier now: while it has no floor that of the next smaller one
     * @param breaches the oldest first
     * @param breachesLeftOut older ones, or in other tiers, that are not among them
     */
    record Item(
            PriceKey key,
            String factoryId,
            List<Alert> alerts,
            SortedMap<Long, List<FloorChange>> floors,
            SortedMap<Long, FloorChange> floorsNow,
            List<Breach> breaches,
            int breachesLeftOut,
            long from,
            long to) {}

    /**
     * A belt's factories of one category, judged by those that are rated.
     *
     * @param id null for factories without one
     * @param category null for factories without one
     * @param rated how many of its factories have a rating
     * @param troubled how many are on probation, demoted or on trial
     * @param score lower median; null if none is rated
     * @param priceIndex lower median of its factories' price indices; null if none has one
     * @param ratio lower median of its factories' score / sqrt(price index); null without an index
     */
    record Belt(
            String id,
            String category,
            int factories,
            int rated,
            int priced,
            int troubled,
            Double score,
            Double priceIndex,
            Double ratio,
            List<FactoryPoint> points) {
        String name() {
            return (id == null ? "no belt" : id) + (category == null ? "" : " · " + category);
        }
    }

    /** A rated factory in a belt; the price index is null where it cannot be told. */
    record FactoryPoint(String id, double score, Double priceIndex) {
        /** Null without an index. */
        Double ratio() {
            return priceIndex == null ? null : score / Math.sqrt(priceIndex);
        }
    }
}
