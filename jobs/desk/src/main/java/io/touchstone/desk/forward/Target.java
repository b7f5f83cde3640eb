package io.touchstone.desk.forward;

import io.touchstone.alert.Severity;
import io.touchstone.config.Secret;
import io.touchstone.desk.alerts.Kind;
import io.touchstone.io.AlertMessage;
import java.time.Duration;
import java.util.Set;

/**
 * Who is told, and of what.
 *
 * @param url null if it is a secret
 * @param secretUrl where the address is found, if it is a secret itself; null otherwise
 * @param secret where the token or key is found; null if there is none
 * @param least how severe an alert has to have been once
 * @param kinds empty for all
 * @param timeout for one request
 * @param resendEvery how often open alerts are sent again; for an Alertmanager only
 */
record Target(
        String name,
        TargetType type,
        String url,
        Secret secretUrl,
        Secret secret,
        Severity least,
        Set<Kind> kinds,
        Duration timeout,
        Duration resendEvery) {

    /** Whether a revision is for this target; {@code told} if an earlier one of the alert was: then it wants to know the end, too. */
    boolean wants(AlertMessage alert, boolean told) {
        return (kinds.isEmpty() || kinds.contains(Kind.valueOf(alert.kind())))
                && (told
                        || (alert.severity().compareTo(least) >= 0
                                && !alert.status().closed()));
    }
}
