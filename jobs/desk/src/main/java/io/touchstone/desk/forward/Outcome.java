package io.touchstone.desk.forward;

/**
 * What came of a try.
 *
 * @param detail for people; without any secret
 * @param retryAfterMs how long the receiver asks to wait; 0 if it does not
 */
record Outcome(Kind kind, String detail, long retryAfterMs) {
    /** How it ended. */
    enum Kind {
        /** The receiver has it. */
        DELIVERED,
        /** The receiver does not want it; it would hardly take it another time. */
        REFUSED,
        /** Nobody knows; to be tried again. */
        FAILED
    }

    static Outcome delivered(String detail) {
        return new Outcome(Kind.DELIVERED, detail, 0);
    }

    static Outcome failed(String detail) {
        return new Outcome(Kind.FAILED, detail, 0);
    }

    static Outcome refused(String detail) {
        return new Outcome(Kind.REFUSED, detail, 0);
    }

    /** What an answer of HTTP means. */
    static Outcome of(int status, long retryAfterMs) {
        String detail = "HTTP " + status;
        if (status >= 200 && status < 300) {
            return delivered(detail);
        }
        // Only these speak of the message. All others (a token that is being changed, a path that is gone) pass once
        // somebody has acted.
        return status == 400 || status == 413 || status == 422
                ? refused(detail)
                : new Outcome(Kind.FAILED, detail, retryAfterMs);
    }
}
