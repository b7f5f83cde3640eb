package io.touchstone.bench;

import java.time.Duration;

/**
 * What all experiments are told; each may say in its figures where it takes others.
 *
 * @param rounds that count, after one to warm up
 * @param orders of the traffic
 * @param keys distinct skus
 * @param factories distinct factories
 * @param span event time from end to end
 * @param parallelism of the jobs
 */
record Settings(int rounds, int orders, int keys, int factories, Duration span, int parallelism) {
    /** The share of traffic, skus and factories that slow ones get, which makes it easier for them. */
    private static final int SLOW = 20;

    Events events() {
        return Events.of(orders, keys, factories, span);
    }

    /** A twentieth of them. */
    Events fewEvents() {
        return Events.of(orders / SLOW, keys / SLOW, factories / SLOW, span);
    }
}
