package io.touchstone.market;

import java.util.Set;

/**
 * A step in the life of a review, already checked. The text of the review is not part of it on purpose.
 *
 * @param reviewId unique within the order
 * @param stars 1 to 5
 * @param topics what the review speaks of; may be empty
 */
public record ReviewEvent(
        String eventId, String reviewId, String orderId, Stage stage, long eventTime, int stars, Set<Topic> topics) {

    /** The order of the symbols breaks ties between events of one instant. */
    public enum Stage {
        POSTED,
        EDITED,
        REMOVED
    }

    /** A subject a review speaks of. */
    public enum Topic {
        PRODUCT,
        SERVICE,
        LOGISTICS,
        UNREACHABLE
    }
}
