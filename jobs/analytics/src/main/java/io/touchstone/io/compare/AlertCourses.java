package io.touchstone.io.compare;

import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.io.Table;
import io.touchstone.io.TableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The course of every alert, from {@code alert_revision}. */
final class AlertCourses implements Courses<AlertCourses.AlertCourse> {
    private final Set<String> policyVersions;
    private final TableFile revisions;
    private boolean left;

    /** The course of one alert; {@code openedAt} is the instant of its first revision. */
    record AlertCourse(String id, String kind, String subject, long openedAt, Outcome outcome) implements Course {}

    /**
     * What became of an alert.
     *
     * @param status of its last revision
     * @param severity the highest it reached
     */
    record Outcome(AlertStatus status, Severity severity, long revisions) {}

    /** {@code policyVersions} takes those of all rows. */
    AlertCourses(Path folder, Set<String> policyVersions) throws IOException {
        this.policyVersions = policyVersions;
        revisions = new TableFile(folder, Table.ALERT_REVISION);
        left = revisions.next();
    }

    @Override
    public AlertCourse next() throws IOException {
        if (!left) {
            return null;
        }
        String id = revisions.text("alert_id");
        String kind = revisions.text("kind");
        String subject = revisions.text("subject");
        long openedAt = revisions.integer("at");
        AlertStatus status = null;
        Severity worst = Severity.INFO;
        long count = 0;
        for (; left && revisions.text("alert_id").equals(id); left = revisions.next()) {
            count++;
            if (revisions.integer("revision") != count) {
                throw revisions.wrong("revision is " + revisions.text("revision") + ", but has to be " + count);
            }
            status = revisions.symbol("status", AlertStatus.class);
            Severity severity = revisions.symbol("severity", Severity.class);
            worst = severity.compareTo(worst) > 0 ? severity : worst;
            policyVersions.add(revisions.text("policy_version"));
        }
        return new AlertCourse(id, kind, subject, openedAt, new Outcome(status, worst, count));
    }

    @Override
    public void close() throws IOException {
        revisions.close();
    }
}
