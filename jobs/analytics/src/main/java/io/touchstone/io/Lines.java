package io.touchstone.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** The lines of a file as bytes, numbered from 0; blank ones are numbered and passed over. {@code .gz} is unpacked. */
final class Lines implements AutoCloseable {
    private final InputStream raw;
    private final InputStream in;
    private byte[] buffer = new byte[1 << 18];
    private int from;
    private int to;
    private long bytesRead;
    private long number = -1;

    Lines(Path file) throws IOException {
        raw = new FilterInputStream(Files.newInputStream(file)) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int read = super.read(bytes, from, length);
                bytesRead += Math.max(0, read);
                return read;
            }
        };
        in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
    }

    /** The next line that is not blank, without its end; null after the last. */
    byte[] next() throws IOException {
        while (true) {
            int end = indexOfLineEnd();
            if (end < 0) {
                return null;
            }
            byte[] line = Arrays.copyOfRange(buffer, from, end);
            from = Math.min(end + 1, to);
            number++;
            if (!isBlank(line)) {
                return line;
            }
        }
    }

    /** Where the line that begins at {@code from} ends, reading on as needed; negative if nothing is left. */
    private int indexOfLineEnd() throws IOException {
        int at = from;
        while (true) {
            for (; at < to; at++) {
                if (buffer[at] == '\n') {
                    return at;
                }
            }
            if (from > 0) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                at -= from;
                to -= from;
                from = 0;
            }
            if (to == buffer.length) {
                buffer = Arrays.copyOf(buffer, buffer.length * 2);
            }
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                return from < to ? to : -1;
            }
            to += read;
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /** The number of the line that {@link #next} returned last. */
    long number() {
        return number;
    }

    /** Bytes of the file read so far, packed as they are. */
    long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
