package io.touchstone.market;

/**
 * An input as it came in: an event that may act, or a dead letter; never both.
 *
 * @param event null if dead
 * @param letter null unless dead
 */
public record Arrival<E>(Origin origin, E event, DeadLetter letter) {

    public static <E> Arrival<E> of(Origin origin, E event) {
        return new Arrival<>(origin, event, null);
    }

    public static <E> Arrival<E> dead(DeadLetter letter) {
        return new Arrival<>(letter.origin(), null, letter);
    }
}
