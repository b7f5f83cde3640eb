package io.touchstone.io;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.Origin;

/** Why an input becomes a dead letter; thrown while it is read, never further than the intake. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final DeadLetter.Reason reason;
    private final String detail;

    /** {@code detail} names the field at fault. */
    Refusal(DeadLetter.Reason reason, String detail) {
        super(reason + " " + detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    static Refusal undecodable(String detail) {
        return new Refusal(DeadLetter.Reason.UNDECODABLE, detail);
    }

    static Refusal invalid(String field) {
        return new Refusal(DeadLetter.Reason.INVALID, field);
    }

    DeadLetter letter(Origin origin) {
        return new DeadLetter(origin, reason, detail);
    }
}
