package io.touchstone.desk.forward;

import io.touchstone.io.AlertMessage;

/**
 * A revision on its topic.
 *
 * @param json the message as it was published
 * @param published when, epoch ms
 */
record Message(AlertMessage alert, String json, long published, Place place) {
    /** The same for the same revision, for ever: by it a receiver knows what it had before. */
    String key() {
        return alert.alertId() + "/" + alert.revision();
    }

    boolean closes() {
        return alert.status().closed();
    }
}
