package io.touchstone.quality;

import java.io.IOException;

/** Every packed value begins with a version byte. A program reads its own version and, once there are any, older ones. */
final class Versions {
    private Versions() {}

    static void check(String what, int version, int known) throws IOException {
        if (version != known) {
            throw new IOException(what + " of version " + version + " cannot be read, this program knows " + known);
        }
    }
}
