package io.touchstone.desk.alerts;

import io.touchstone.alert.Severity;
import io.touchstone.io.AlertMessage;
import java.time.ZoneId;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** Revisions as lines of a terminal; colours only where there is one. */
record AlertLine(ZoneId zone, Ansi ansi) {
    /** So much of an id tells alerts apart in practice; {@code show} takes it. */
    static final int ID_SHOWN = 12;

    String of(AlertMessage alert) {
        String head = String.format(
                Locale.ROOT,
                "%s  %-8s  %-16s  %s r%-3d ",
                When.local(alert.at(), zone),
                alert.severity(),
                alert.kind(),
                alert.alertId().substring(0, Math.min(ID_SHOWN, alert.alertId().length())),
                alert.revision());
        return coloured(alert, head) + AlertMessage.oneLine(alert.summary());
    }

    String coloured(AlertMessage alert, String text) {
        return coloured(style(alert), text);
    }

    String bold(String text) {
        return coloured("bold", text);
    }

    // Not the whole markup of picocli: an id may hold what looks like it.
    private String coloured(String style, String text) {
        return ansi.enabled()
                ? Ansi.Style.on(Ansi.Style.parse(style)) + text + Ansi.Style.off(Ansi.Style.parse(style))
                : text;
    }

    private static String style(AlertMessage alert) {
        return switch (alert.status()) {
            case RESOLVED -> "fg(green)";
            case EXPIRED -> "faint";
            case RECOVERING -> "fg(cyan)";
            case OPENED, ESCALATED -> alert.severity() == Severity.CRITICAL ? "bold,fg(red)" : "fg(yellow)";
        };
    }
}
