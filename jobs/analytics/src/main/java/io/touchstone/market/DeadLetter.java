package io.touchstone.market;

/**
 * An input that cannot act, whole, with the reason.
 *
 * @param detail the field that is at fault, or what was wrong with the bytes
 */
public record DeadLetter(Origin origin, Reason reason, String detail) {

    /** Why an input cannot act. The first that applies, in this order, is the reason. */
    public enum Reason {
        /** Not a record of the type. */
        UNDECODABLE,
        /** A field breaks its rule. */
        INVALID,
        /** Its time lies too far ahead of its arrival. */
        FUTURE,
        /** Its order is unknown, or too old to matter. */
        UNMATCHED,
        /** A payment that came too late to be judged fairly. */
        LATE
    }

    /** Two jobs may report the same letter; readers count keys. */
    public String key() {
        return origin.topic() + '/' + origin.partition() + '/' + origin.offset() + '/' + reason;
    }
}
