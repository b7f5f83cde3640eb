package io.touchstone.io.compare;

import io.touchstone.io.AlertMessage;
import io.touchstone.io.compare.AlertCourses.Outcome;
import io.touchstone.io.compare.Comparison.Alerts;
import io.touchstone.io.compare.Comparison.ComparedAlert;
import io.touchstone.io.compare.Comparison.Days;
import io.touchstone.io.compare.Comparison.Demotion;
import io.touchstone.io.compare.Comparison.Listing;
import io.touchstone.io.compare.Comparison.Side;
import java.util.Locale;
import java.util.function.Function;

/** A comparison for people: aligned text for a terminal of 100 columns. Ids come last in their line, so that they are never cut. */
public final class Report {
    private static final String DEMOTED = "%-10s  %-15s  %s";
    private static final String DEMOTED_TWICE = "%-10s  %-10s  %10s  %-15s  %-15s  %s";
    private static final String ALERT = "%-10s  %-16s  %-11s  %s";
    private static final String BELOW = "\n%32s%s";

    private final StringBuilder text = new StringBuilder();

    private Report() {}

    /** The whole report. */
    public static String of(Comparison comparison) {
        Report report = new Report();
        report.sides(comparison);
        report.demotions(comparison);
        report.days(comparison);
        report.alerts(comparison);
        return report.text.toString();
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private void sides(Comparison comparison) {
        side("A", comparison.a());
        side("B", comparison.b());
        line("Days of alerts are local days of %s.", comparison.timeZone());
        if (comparison.zoneIsOther()) {
            line("Some alerts opened at no midnight there: name the zone of their policy by --policy FILE.");
        }
    }

    private void side(String name, Side side) {
        line("%s  %s", name, AlertMessage.oneLine(side.folder()));
        line(
                "   policy %s",
                side.policyVersions().isEmpty()
                        ? "unknown, nothing happened"
                        : AlertMessage.oneLine(String.join(", ", side.policyVersions())));
        if (side.factories() == 0) {
            line("   no factory was evaluated");
        } else {
            line(
                    "   %s to %s, %,d factories on %,d factory-days",
                    side.firstDay(), side.lastDay(), side.factories(), side.factoryDays());
        }
    }

    private void demotions(Comparison comparison) {
        Listing<Demotion> a = comparison.demotedInAOnly();
        Listing<Demotion> b = comparison.demotedInBOnly();
        Listing<Demotion> both = comparison.demotedInBoth();
        line("%nFACTORIES DEMOTED %30s %12s %12s", "A", "B", "B - A");
        counts("at least once", a.count() + both.count(), b.count() + both.count());
        line("%nDemoted in A only: %,d", a.count());
        list(a, row(DEMOTED, "day", "cause", "factory"), d -> row(DEMOTED, d.firstInA(), d.causeInA(), id(d)));
        line("%nDemoted in B only: %,d", b.count());
        list(b, row(DEMOTED, "day", "cause", "factory"), d -> row(DEMOTED, d.firstInB(), d.causeInB(), id(d)));
        line("%nDemoted in both: %,d", both.count());
        list(
                both,
                row(DEMOTED_TWICE, "day in A", "day in B", "days later", "cause in A", "cause in B", "factory"),
                d -> row(
                        DEMOTED_TWICE,
                        d.firstInA(),
                        d.firstInB(),
                        difference(d.daysLaterInB()),
                        d.causeInA(),
                        d.causeInB(),
                        id(d)));
    }

    private void days(Comparison comparison) {
        line("%nFACTORY-DAYS PER STANDING %22s %12s %12s", "A", "B", "B - A");
        for (Days days : comparison.daysPerStanding()) {
            counts(days.standing().name(), days.inA(), days.inB());
        }
        counts("all", comparison.a().factoryDays(), comparison.b().factoryDays());
        line(
                "The last band of %,d of %,d factories differs.",
                comparison.otherFinalBand(), comparison.factoriesInBoth());
    }

    private void counts(String name, long a, long b) {
        line("  %-31s %,14d %,12d %12s", name, a, b, difference(b - a));
    }

    private void alerts(Comparison comparison) {
        line("%nALERTS %17s %12s %12s %12s %12s", "A", "B", "removed", "added", "changed");
        for (Alerts kind : comparison.alertsPerKind()) {
            line(
                    "  %-16s %,5d %,12d %,12d %,12d %,12d",
                    kind.kind(), kind.inA(), kind.inB(), kind.removed(), kind.added(), kind.changed());
        }
        line("An alert that opens on another day is another one: removed and added.");
        Listing<ComparedAlert> removed = comparison.alertsRemoved();
        Listing<ComparedAlert> added = comparison.alertsAdded();
        Listing<ComparedAlert> changed = comparison.alertsChanged();
        String heading = row(ALERT, "opened", "kind", "last status", "subject");
        line("%nAlerts removed, in A only: %,d", removed.count());
        list(removed, heading, alert -> alert(alert, alert.inA().status()));
        line("%nAlerts added, in B only: %,d", added.count());
        list(added, heading, alert -> alert(alert, alert.inB().status()));
        line("%nAlerts in both, with another outcome: %,d", changed.count());
        list(
                changed,
                row(ALERT, "opened", "kind", outcome("   last status", "severity", "revisions"), "subject"),
                alert -> alert(alert, outcome("A: ", alert.inA())) + row(BELOW, "", outcome("B: ", alert.inB())));
    }

    private static String alert(ComparedAlert alert, Object outcome) {
        return row(ALERT, alert.opened(), alert.kind(), outcome, AlertMessage.oneLine(alert.subject()));
    }

    private static String outcome(String side, Outcome outcome) {
        return outcome(side + outcome.status(), outcome.severity(), outcome.revisions());
    }

    private static String outcome(Object status, Object severity, Object revisions) {
        return row("%-14s  %-8s  %9s", status, severity, revisions);
    }

    private static String difference(long difference) {
        return difference == 0 ? "0" : row("%+,d", difference);
    }

    private static String id(Demotion demotion) {
        return AlertMessage.oneLine(demotion.factoryId());
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** A heading, the entries, and how many there are besides. */
    private <T> void list(Listing<T> listing, String heading, Function<T, String> entry) {
        if (listing.count() == 0) {
            return;
        }
        line("  %s", heading);
        listing.first().forEach(one -> line("  %s", entry.apply(one)));
        if (listing.more() > 0) {
            line("  and %,d more (--all)", listing.more());
        }
    }
}
