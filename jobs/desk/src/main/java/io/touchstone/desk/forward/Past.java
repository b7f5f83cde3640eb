package io.touchstone.desk.forward;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Messages of the past: the newest of each alert that is open whole, of the others no more than who, when and how severe. */
final class Past {
    /** An alert's revisions; the newest one, whole, is apart from them as long as the alert is open. */
    private static final class Revisions {
        final List<Message> bare = new ArrayList<>();
        Message newest;
        boolean closed;
    }

    private final Map<String, Revisions> byAlert = new HashMap<>();

    void add(Message message) {
        Revisions revisions = byAlert.computeIfAbsent(message.alert().alertId(), id -> new Revisions());
        revisions.closed |= message.closes();
        Message newest = revisions.newest;
        boolean newer =
                newest == null || message.alert().revision() > newest.alert().revision();
        if (revisions.closed) {
            if (newest != null) {
                revisions.bare.add(newest.bare());
                revisions.newest = null;
            }
            revisions.bare.add(message.bare());
        } else if (newer) {
            if (newest != null) {
                revisions.bare.add(newest.bare());
            }
            revisions.newest = message;
        } else {
            revisions.bare.add(message.bare());
        }
    }

    /** All of them, in any order. */
    List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        for (Revisions revisions : byAlert.values()) {
            messages.addAll(revisions.bare);
            if (revisions.newest != null) {
                messages.add(revisions.newest);
            }
        }
        return messages;
    }
}
