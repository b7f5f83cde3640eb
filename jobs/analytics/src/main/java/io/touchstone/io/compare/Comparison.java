package io.touchstone.io.compare;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.touchstone.io.compare.AlertCourses.Outcome;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedSet;

/**
 * What two backtests of one history make of it. Side A is the first folder, side B the second.
 *
 * @param timeZone in which alerts have their dates; days of factories are those of the tables
 * @param zoneIsOther some quality alert did not open at a midnight of that zone, so its policy has another one
 * @param demotedInBoth whatever the day
 * @param otherFinalBand factories whose last band differs, of those evaluated on both sides
 * @param alertsRemoved alerts of A that B does not have
 * @param alertsAdded alerts of B that A does not have
 * @param alertsChanged alerts of both whose outcome differs
 */
public record Comparison(
        Side a,
        Side b,
        String timeZone,
        boolean zoneIsOther,
        Listing<Demotion> demotedInAOnly,
        Listing<Demotion> demotedInBOnly,
        Listing<Demotion> demotedInBoth,
        List<Days> daysPerStanding,
        long factoriesInBoth,
        long otherFinalBand,
        List<Alerts> alertsPerKind,
        Listing<ComparedAlert> alertsRemoved,
        Listing<ComparedAlert> alertsAdded,
        Listing<ComparedAlert> alertsChanged) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(LocalDate.class, ToStringSerializer.instance))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * One of the backtests.
     *
     * @param firstDay of all evaluations, as {@code lastDay}; null if there were none
     * @param factoryDays evaluations
     */
    public record Side(
            String folder,
            SortedSet<String> policyVersions,
            LocalDate firstDay,
            LocalDate lastDay,
            long factories,
            long factoryDays) {}

    /** How many there are, and the first of them; all of them if that was asked for. */
    public record Listing<T>(long count, List<T> first) {

        long more() {
            return count - first.size();
        }
    }

    /** The first demotion of a factory; null on the side that has none. */
    public record Demotion(String factoryId, LocalDate firstInA, LocalDate firstInB, String causeInA, String causeInB) {

        /** Days from A's to B's; null unless both demote. */
        @JsonProperty("days_later_in_b")
        Long daysLaterInB() {
            return firstInA == null || firstInB == null ? null : ChronoUnit.DAYS.between(firstInA, firstInB);
        }
    }

    /** Factory-days in a standing. */
    public record Days(Standing standing, long inA, long inB) {}

    /** Alerts of a kind. */
    public record Alerts(String kind, long inA, long inB, long removed, long added, long changed) {}

    /** An alert on both sides; an outcome is null on the side that does not have it. */
    public record ComparedAlert(
            String alertId, String kind, String subject, LocalDate opened, long openedAt, Outcome inA, Outcome inB) {}

    /**
     * Compares two folders that a backtest has written, however large.
     *
     * @param limit how many entries a listing holds at most
     * @throws IOException naming the file that is absent, or the row that is wrong
     */
    public static Comparison of(Path folderA, Path folderB, ZoneId zone, int limit) throws IOException {
        Findings findings = new Findings(zone, limit);
        Findings.Half a = new Findings.Half(folderA);
        Findings.Half b = new Findings.Half(folderB);
        try (FactoryCourses inA = new FactoryCourses(folderA, a.policyVersions);
                FactoryCourses inB = new FactoryCourses(folderB, b.policyVersions)) {
            Courses.pair(inA, inB, (x, y) -> findings.take(a, b, x, y));
        }
        try (AlertCourses inA = new AlertCourses(folderA, a.policyVersions);
                AlertCourses inB = new AlertCourses(folderB, b.policyVersions)) {
            Courses.pair(inA, inB, findings::take);
        }
        return findings.comparison(a, b);
    }

    /** As JSON, with the names above in snake case. */
    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
