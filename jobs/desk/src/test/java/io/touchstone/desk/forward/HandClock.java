package io.touchstone.desk.forward;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that the test sets. */
final class HandClock implements InstantSource {
    private long now = Story.MIDNIGHT;

    void forward(long ms) {
        now += ms;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now);
    }
}
