package io.touchstone.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The lines of a file as bytes, numbered from 0; blank ones are numbered and passed over. {@code .gz} is unpacked. */
final class Lines implements AutoCloseable {
    private final InputStream raw;
    private final InputStream in;
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
        in = new BufferedInputStream(
                file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw, 1 << 16);
    }

    /** The next line that is not blank, without its end; null after the last. */
    byte[] next() throws IOException {
        while (true) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            boolean blank = true;
            int b = in.read();
            if (b < 0) {
                return null;
            }
            for (; b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
                blank &= b == ' ' || b == '\t' || b == '\r';
            }
            number++;
            if (!blank) {
                return line.toByteArray();
            }
        }
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
