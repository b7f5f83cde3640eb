package io.touchstone.io.compare;

import io.touchstone.io.compare.AlertCourses.AlertCourse;
import io.touchstone.io.compare.Comparison.ComparedAlert;
import io.touchstone.io.compare.Comparison.Demotion;
import io.touchstone.io.compare.FactoryCourses.FactoryCourse;
import io.touchstone.market.Ids;
import io.touchstone.price.PriceAlert;
import io.touchstone.quality.QualityAlert;
import io.touchstone.quality.Standing;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a comparison has found so far. */
final class Findings {
    private static final Comparator<LocalDate> EARLIEST = Comparator.nullsLast(Comparator.naturalOrder());
    private static final Comparator<Demotion> BY_DAY = Comparator.comparing(Demotion::firstInA, EARLIEST)
            .thenComparing(Demotion::firstInB, EARLIEST)
            .thenComparing(Demotion::factoryId, Ids.ORDER);
    private static final Comparator<ComparedAlert> BY_OPENING = Comparator.comparingLong(ComparedAlert::openedAt)
            .thenComparing(ComparedAlert::kind)
            .thenComparing(ComparedAlert::subject, Ids.ORDER)
            .thenComparing(ComparedAlert::alertId);

    private final ZoneId zone;
    private boolean zoneIsOther;
    private long factoriesInBoth;
    private long otherFinalBand;
    private final Shortlist<Demotion> demotedInAOnly;
    private final Shortlist<Demotion> demotedInBOnly;
    private final Shortlist<Demotion> demotedInBoth;
    private final Map<String, Counts> kinds = new LinkedHashMap<>();
    private final Shortlist<ComparedAlert> removed;
    private final Shortlist<ComparedAlert> added;
    private final Shortlist<ComparedAlert> changed;

    Findings(ZoneId zone, int limit) {
        this.zone = zone;
        demotedInAOnly = new Shortlist<>(limit, BY_DAY);
        demotedInBOnly = new Shortlist<>(limit, BY_DAY);
        demotedInBoth = new Shortlist<>(limit, BY_DAY);
        removed = new Shortlist<>(limit, BY_OPENING);
        added = new Shortlist<>(limit, BY_OPENING);
        changed = new Shortlist<>(limit, BY_OPENING);
        Stream.concat(Stream.of(QualityAlert.Kind.values()).map(Enum::name), Stream.of(PriceAlert.KIND))
                .forEach(kind -> kinds.put(kind, new Counts()));
    }

    /** One side, as far as it was read. */
    static final class Half {
        final TreeSet<String> policyVersions = new TreeSet<>();
        private final Path folder;
        private final Map<Standing, Long> days = new EnumMap<>(Standing.class);
        private LocalDate firstDay;
        private LocalDate lastDay;
        private long factories;

        Half(Path folder) {
            this.folder = folder;
        }

        private void take(FactoryCourse course) {
            if (course == null) {
                return;
            }
            factories++;
            firstDay = firstDay == null || course.firstDay().isBefore(firstDay) ? course.firstDay() : firstDay;
            lastDay = lastDay == null || course.lastDay().isAfter(lastDay) ? course.lastDay() : lastDay;
            course.days().forEach((standing, count) -> days.merge(standing, count, Long::sum));
        }

        private long days(Standing standing) {
            return days.getOrDefault(standing, 0L);
        }

        private Comparison.Side side() {
            long all = days.values().stream().mapToLong(Long::longValue).sum();
            return new Comparison.Side(folder.toString(), policyVersions, firstDay, lastDay, factories, all);
        }
    }

    private static final class Counts {
        private long inA;
        private long inB;
        private long removed;
        private long added;
        private long changed;

        private Comparison.Alerts of(String kind) {
            return new Comparison.Alerts(kind, inA, inB, removed, added, changed);
        }
    }

    /** Takes a factory; null where a side has never evaluated it. */
    void take(Half halfA, Half halfB, FactoryCourse a, FactoryCourse b) {
        halfA.take(a);
        halfB.take(b);
        if (a != null && b != null) {
            factoriesInBoth++;
            otherFinalBand += a.band() == b.band() ? 0 : 1;
        }
        Demotion demotion = new Demotion(
                a == null ? b.id() : a.id(),
                a == null ? null : a.demotedOn(),
                b == null ? null : b.demotedOn(),
                a == null ? null : a.cause(),
                b == null ? null : b.cause());
        if (demotion.firstInA() != null && demotion.firstInB() != null) {
            demotedInBoth.add(demotion);
        } else if (demotion.firstInA() != null) {
            demotedInAOnly.add(demotion);
        } else if (demotion.firstInB() != null) {
            demotedInBOnly.add(demotion);
        }
    }

    /** Takes an alert; null where a side does not have it. */
    void take(AlertCourse a, AlertCourse b) {
        AlertCourse any = a == null ? b : a;
        Instant opened = Instant.ofEpochMilli(any.openedAt());
        LocalDate day = LocalDate.ofInstant(opened, zone);
        boolean opensAtMidnight = !any.kind().equals(PriceAlert.KIND);
        zoneIsOther |= opensAtMidnight && !day.atStartOfDay(zone).toInstant().equals(opened);
        ComparedAlert alert = new ComparedAlert(
                any.id(),
                any.kind(),
                any.subject(),
                day,
                any.openedAt(),
                a == null ? null : a.outcome(),
                b == null ? null : b.outcome());
        Counts counts = kinds.computeIfAbsent(any.kind(), kind -> new Counts());
        counts.inA += a == null ? 0 : 1;
        counts.inB += b == null ? 0 : 1;
        if (b == null) {
            counts.removed++;
            removed.add(alert);
        } else if (a == null) {
            counts.added++;
            added.add(alert);
        } else if (!alert.inA().equals(alert.inB())) {
            counts.changed++;
            changed.add(alert);
        }
    }

    Comparison comparison(Half a, Half b) {
        return new Comparison(
                a.side(),
                b.side(),
                zone.getId(),
                zoneIsOther,
                demotedInAOnly.listing(),
                demotedInBOnly.listing(),
                demotedInBoth.listing(),
                Stream.of(Standing.values())
                        .map(standing -> new Comparison.Days(standing, a.days(standing), b.days(standing)))
                        .toList(),
                factoriesInBoth,
                otherFinalBand,
                kinds.entrySet().stream()
                        .map(kind -> kind.getValue().of(kind.getKey()))
                        .toList(),
                removed.listing(),
                added.listing(),
                changed.listing());
    }
}
