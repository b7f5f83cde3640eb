package io.touchstone.desk.forward;

import io.touchstone.desk.alerts.Kind;
import java.util.Set;

/**
 * What was published within [from, until) and matches is not sent before {@code until}, and then only if it is still news. An empty
 * set matches everything; all sets have to match.
 *
 * @param from epoch ms
 * @param until epoch ms
 * @param reason for those who wonder
 */
record Silence(
        String name,
        Set<Kind> kinds,
        Set<String> factories,
        Set<String> subjects,
        Set<String> alertIds,
        long from,
        long until,
        String reason) {

    boolean matches(Message message) {
        return message.published() >= from
                && message.published() < until
                && (kinds.isEmpty()
                        || kinds.contains(Kind.valueOf(message.alert().kind())))
                && (factories.isEmpty() || factories.contains(message.alert().factoryId()))
                && (subjects.isEmpty() || subjects.contains(message.alert().subject()))
                && (alertIds.isEmpty() || alertIds.contains(message.alert().alertId()));
    }
}
