package io.touchstone.desk.forward;

import io.touchstone.io.AlertMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Messages of the past: whole ones of alerts that are open, of the others no more than who, when and how severe. */
final class Past {
    private final Map<String, List<Message>> byAlert = new HashMap<>();

    void add(Message message) {
        List<Message> revisions = byAlert.computeIfAbsent(message.alert().alertId(), id -> new ArrayList<>());
        revisions.add(message);
        if (revisions.stream().anyMatch(Message::closes)) {
            revisions.replaceAll(Past::bare);
        }
    }

    /** All of them, in any order. */
    List<Message> messages() {
        return byAlert.values().stream().flatMap(List::stream).toList();
    }

    private static Message bare(Message message) {
        AlertMessage alert = message.alert();
        return new Message(
                new AlertMessage(
                        "",
                        "",
                        alert.alertId(),
                        alert.revision(),
                        alert.kind(),
                        alert.status(),
                        alert.severity(),
                        alert.subject(),
                        alert.factoryId(),
                        alert.cause(),
                        alert.at(),
                        alert.openedAt(),
                        alert.closedAt(),
                        alert.policyVersion(),
                        ""),
                "",
                message.published(),
                message.place());
    }
}
