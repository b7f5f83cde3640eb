package io.touchstone.desk.forward;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses between tries: twice as long each time up to a longest one, of which a random part, half at least, is waited. */
record BackOff(Duration first, Duration longest, RandomGenerator random) {

    /** How long to wait after so many tries, from 1, in ms. */
    long after(int tries) {
        long pause = first.toMillis();
        for (int i = 1; i < tries && pause < longest.toMillis(); i++) {
            pause *= 2;
        }
        pause = Math.min(pause, longest.toMillis());
        return pause / 2 + random.nextLong(pause / 2 + 1);
    }
}
