package io.touchstone.quality;

import io.touchstone.alert.AlertId;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.quality.QualityAlert.Kind;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** An open alert about a factory. */
final class Episode {
    private static final int QUIET_TO_RESOLVE = 28;

    private final long openedAt;
    private int revision;
    private int quiet;

    Episode(long openedAt) {
        this.openedAt = openedAt;
    }

    /** Takes an evaluation; true if enough of them in a row were without the signal. Unrated ones neither count nor interrupt. */
    boolean endsWith(boolean fires, boolean rated) {
        if (fires) {
            interrupt();
        } else if (rated) {
            quiet++;
        }
        return quiet == QUIET_TO_RESOLVE;
    }

    /** The row of evaluations without the signal starts again. */
    void interrupt() {
        quiet = 0;
    }

    /** Evaluations without the signal that are still missing. */
    int quietToCome() {
        return QUIET_TO_RESOLVE - quiet;
    }

    /** Makes the next revision. */
    QualityAlert revise(
            Kind kind,
            String subject,
            String factoryId,
            AlertStatus status,
            Cause cause,
            long at,
            Evidence evidence,
            String policyVersion) {
        revision++;
        return new QualityAlert(
                AlertId.of(kind.name(), subject, openedAt),
                revision,
                kind,
                status,
                severity(status),
                subject,
                factoryId,
                cause,
                at,
                openedAt,
                evidence,
                policyVersion);
    }

    private static Severity severity(AlertStatus status) {
        return switch (status) {
            case OPENED -> Severity.WARN;
            case ESCALATED -> Severity.CRITICAL;
            case RECOVERING, RESOLVED, EXPIRED -> Severity.INFO;
        };
    }

    void write(DataOutput out) throws IOException {
        Packed.writeUnsigned(openedAt, out);
        Packed.writeUnsigned(revision, out);
        Packed.writeUnsigned(quiet, out);
    }

    static Episode read(DataInput in) throws IOException {
        Episode episode = new Episode(Packed.readUnsigned(in));
        episode.revision = Packed.readSmall(in);
        episode.quiet = Packed.readSmall(in);
        return episode;
    }
}
