package io.touchstone.playground;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Ends a server when this JVM is gone, however it went: a shell waits for the end of a pipe only this JVM holds open.
 * Shutdown hooks do not run after {@code kill -9} or {@link Runtime#halt}, and a test runner ends its JVMs that way.
 */
final class Lifeline implements AutoCloseable {
    private final Process shell;

    private Lifeline(Process shell) {
        this.shell = shell;
    }

    /** Sends {@code signal} to {@code pid} once this JVM has ended. */
    static Lifeline to(long pid, String signal) {
        try {
            // Ctrl-C reaches the whole foreground group and must not cut the line before it is needed.
            String wait = "trap '' INT HUP; read -r nothing; kill -s \"$1\" \"$2\"";
            return new Lifeline(new ProcessBuilder("sh", "-c", wait, "lifeline", signal, Long.toString(pid))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start sh", e);
        }
    }

    /** Cuts the line without a signal. */
    @Override
    public void close() {
        // Before its pipe closes, or it would take this for our end.
        shell.destroyForcibly();
        shell.onExit().join();
    }
}
