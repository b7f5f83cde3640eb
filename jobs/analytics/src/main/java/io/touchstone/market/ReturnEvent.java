package io.touchstone.market;

/**
 * A step in the life of a return, already checked.
 *
 * @param returnId unique within the order
 * @param liable who was found liable; set when {@code stage} is JUDGED, else possibly null
 */
public record ReturnEvent(
        String eventId, String returnId, String orderId, Stage stage, long eventTime, Reason reason, Liable liable) {

    /** The order of the symbols breaks ties between events of one instant. */
    public enum Stage {
        OPENED,
        ACCEPTED,
        REFUNDED,
        REJECTED,
        WITHDRAWN,
        JUDGED
    }

    /** Why the buyer sends goods back. */
    public enum Reason {
        QUALITY,
        NOT_AS_DESCRIBED,
        WRONG_ITEM,
        COUNTERFEIT,
        DAMAGED_IN_TRANSIT,
        LATE,
        CHANGED_MIND,
        OTHER
    }

    /** Whose fault it was, as judged by the platform. */
    public enum Liable {
        FACTORY,
        BUYER,
        CARRIER,
        PLATFORM
    }
}
