package io.touchstone.quality;

import java.io.IOException;

/**
 * Every packed value begins with a version byte, or with one that tells it from any later form. A program reads its own version
 * and, once there are any, older ones.
 */
final class Versions {
    private Versions() {}

    static void check(String what, int version, int known) throws IOException {
        if (version != known) {
            throw unknown(what, version, known);
        }
    }

    /** Of numbers by class or segment there are as many as the program knew of these. */
    static int checkLength(String what, int length, int known) throws IOException {
        if (length > known) {
            throw new IOException(
                    what + " are " + length + " numbers, this program knows " + known + ": they are of a newer one");
        }
        return length;
    }

    static IOException unknown(String what, int version, int known) {
        return new IOException(what + " of version " + version + " cannot be read, this program knows " + known);
    }
}
