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

    /** Without the evidence, which stands in {@link #json}. */
    Message light() {
        return new Message(alert("", alert.summary(), alert.summaryZh()), json, published, place);
    }

    /** No more than who, when and how severe. */
    Message bare() {
        return new Message(alert("", "", ""), "", published, place);
    }

    private AlertMessage alert(String evidence, String summary, String summaryZh) {
        return new AlertMessage(
                summary,
                summaryZh,
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
                evidence);
    }
}
