package io.touchstone.io.compare;

import io.touchstone.io.Table;
import io.touchstone.io.TableFile;
import io.touchstone.market.Ids;
import io.touchstone.quality.Band;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** How every factory fared: {@code factory_score_daily}, and the causes of {@code standing_history}. */
final class FactoryCourses implements Courses<FactoryCourses.FactoryCourse> {
    private final Set<String> policyVersions;
    private final TableFile days;
    private final TableFile steps;
    private boolean dayLeft;
    private boolean stepLeft;

    /**
     * How one factory fared.
     *
     * @param days how many it spent in each standing
     * @param demotedOn the first day it was DEMOTED; null if it never was
     * @param cause of that demotion; null if it never was, or nothing tells
     * @param band on its last day
     */
    record FactoryCourse(
            String id,
            Map<Standing, Long> days,
            LocalDate firstDay,
            LocalDate lastDay,
            LocalDate demotedOn,
            String cause,
            Band band)
            implements Course {}

    /** {@code policyVersions} takes those of all rows. */
    FactoryCourses(Path folder, Set<String> policyVersions) throws IOException {
        this.policyVersions = policyVersions;
        days = new TableFile(folder, Table.FACTORY_SCORE_DAILY);
        try {
            steps = new TableFile(folder, Table.STANDING_HISTORY);
        } catch (IOException e) {
            days.close();
            throw e;
        }
        dayLeft = days.next();
        stepLeft = steps.next();
    }

    @Override
    public FactoryCourse next() throws IOException {
        if (!dayLeft) {
            return null;
        }
        String id = days.text("factory_id");
        Map<Standing, Long> inStanding = new EnumMap<>(Standing.class);
        LocalDate firstDay = days.day("day");
        LocalDate lastDay = null;
        LocalDate demotedOn = null;
        Band band = null;
        for (; dayLeft && days.text("factory_id").equals(id); dayLeft = days.next()) {
            Standing standing = days.symbol("standing", Standing.class);
            lastDay = days.day("day");
            band = days.symbol("band", Band.class);
            inStanding.merge(standing, 1L, Long::sum);
            demotedOn = demotedOn == null && standing == Standing.DEMOTED ? lastDay : demotedOn;
            policyVersions.add(days.text("policy_version"));
        }
        return new FactoryCourse(id, inStanding, firstDay, lastDay, demotedOn, causeOfDemotion(id), band);
    }

    private String causeOfDemotion(String id) throws IOException {
        String cause = null;
        for (; stepLeft && Ids.compare(steps.text("factory_id"), id) <= 0; stepLeft = steps.next()) {
            boolean demotes = steps.text("factory_id").equals(id)
                    && steps.symbol("to_standing", Standing.class) == Standing.DEMOTED;
            cause = cause == null && demotes ? steps.text("cause") : cause;
        }
        return cause;
    }

    @Override
    public void close() throws IOException {
        days.close();
        steps.close();
    }
}
