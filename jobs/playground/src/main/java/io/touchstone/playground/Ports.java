package io.touchstone.playground;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports for servers that may be stopped and started again on the same port. They lie below the range from
 * which outgoing connections draw theirs: a client that keeps dialling a dead server could otherwise be given that very
 * port.
 */
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;

    private Ports() {}

    /** A port nobody listens on now. */
    public static int free() {
        int start = ThreadLocalRandom.current().nextInt(COUNT);
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + (start + i) % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + (FIRST + COUNT - 1));
    }

    /** The wanted port, or any free one for 0; an error that names it when somebody else has it. */
    public static int wanted(int port, String server) {
        if (port == 0) {
            return free();
        }
        if (!isFree(port)) {
            throw new IllegalStateException("port " + port + ", wanted for " + server
                    + ", is in use: stop what listens there or choose another");
        }
        return port;
    }

    /** Whether somebody listens; unlike {@link #isFree} it never holds the port itself. */
    public static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether a server could listen there. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // Connections of a predecessor that linger in TIME_WAIT do not stop a server either.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
