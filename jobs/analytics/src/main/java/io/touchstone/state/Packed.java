package io.touchstone.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Variable-length integers (7 bits a byte, zigzag where a sign is possible) and strings behind their length in UTF-8. */
public final class Packed {
    private Packed() {}

    /** Writes a number that is never negative in 1 to 9 bytes. */
    public static void writeUnsigned(long value, DataOutput out) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    public static long readUnsigned(DataInput in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            long b = in.readByte();
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new EOFException("a packed number has no end");
    }

    public static int readSmall(DataInput in) throws IOException {
        return Math.toIntExact(readUnsigned(in));
    }

    /** Writes a number of either sign. */
    public static void writeSigned(long value, DataOutput out) throws IOException {
        writeUnsigned((value << 1) ^ (value >> 63), out);
    }

    public static long readSigned(DataInput in) throws IOException {
        long value = readUnsigned(in);
        return (value >>> 1) ^ -(value & 1);
    }

    public static void writeString(String value, DataOutput out) throws IOException {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        writeUnsigned(utf8.length, out);
        out.write(utf8);
    }

    public static String readString(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    public static void writeBytes(byte[] value, DataOutput out) throws IOException {
        writeUnsigned(value.length, out);
        out.write(value);
    }

    public static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[readSmall(in)];
        in.readFully(bytes);
        return bytes;
    }
}
