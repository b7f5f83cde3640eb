package io.touchstone.market;

import java.util.Comparator;

/** The one order of ids: by their UTF-8 bytes, which is the order of their code points. */
public final class Ids {
    /** Compares ids by their UTF-8 bytes; {@link String#compareTo} differs beyond the basic plane. */
    public static final Comparator<String> ORDER = Ids::compare;

    private Ids() {}

    /** Negative, zero or positive as {@code a} comes before, equals or comes after {@code b}. */
    public static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // A surrogate stands for a code point above every other char.
                boolean xs = Character.isSurrogate(x);
                boolean ys = Character.isSurrogate(y);
                return xs == ys ? Character.compare(x, y) : xs ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
