package io.touchstone.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is packed comes out as it went in, in as few bytes as it takes; the bytes themselves never change. */
class PackedTest {
    private interface Writing {
        void to(DataOutput out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInput in) throws IOException;
    }

    private static byte[] packed(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    /** What is read, and nothing left over. */
    private static <T> T read(byte[] bytes, Reading<T> reading) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        T value = reading.from(in);
        assertThat(in.read()).as("the end").isNegative();
        return value;
    }

    private static void unsignedComesBack(long value, int size) throws IOException {
        byte[] bytes = packed(out -> Packed.writeUnsigned(value, out));
        assertThat(read(bytes, Packed::readUnsigned)).isEqualTo(value);
        assertThat(bytes).as("%d", value).hasSize(size);
    }

    @Test
    void numbersTakeAByteForEverySevenBits() throws IOException {
        unsignedComesBack(0, 1);
        for (int bits = 1; bits <= 63; bits++) {
            int size = (bits + 6) / 7;
            unsignedComesBack(1L << (bits - 1), size);
            unsignedComesBack((1L << bits) - 1, size);
        }
        unsignedComesBack(Long.MAX_VALUE, 9);
        unsignedComesBack(-1, 10);
        unsignedComesBack(Long.MIN_VALUE, 10);
    }

    @Test
    void numbersOfEitherSignTakeOneBitMore() throws IOException {
        for (int bits = 0; bits <= 63; bits++) {
            long largest = bits == 63 ? Long.MAX_VALUE : (1L << bits) - 1;
            for (long value : new long[] {largest, -largest - 1}) {
                byte[] bytes = packed(out -> Packed.writeSigned(value, out));
                assertThat(read(bytes, Packed::readSigned)).isEqualTo(value);
                assertThat(bytes).as("%d", value).hasSize((bits + 1 + 6) / 7);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyNumberComesBack(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(read(packed(out -> Packed.writeUnsigned(value, out)), Packed::readUnsigned))
                    .isEqualTo(value);
            assertThat(read(packed(out -> Packed.writeSigned(value, out)), Packed::readSigned))
                    .isEqualTo(value);
        }
    }

    /** State of every earlier release is in this form. */
    @ParameterizedTest
    @CsvSource({
        "0, 00, 00",
        "1, 01, 02",
        "127, 7f, fe01",
        "128, 8001, 8002",
        "300, ac02, d804",
        "1709265600000, 80fcacc1df31, 80f8d982bf63",
        "9223372036854775807, ffffffffffffffff7f, feffffffffffffffff01",
    })
    void theBytesNeverChange(long value, String unsigned, String signed) throws IOException {
        assertThat(HexFormat.of().formatHex(packed(out -> Packed.writeUnsigned(value, out))))
                .isEqualTo(unsigned);
        assertThat(HexFormat.of().formatHex(packed(out -> Packed.writeSigned(value, out))))
                .isEqualTo(signed);
    }

    @Test
    void theBytesOfNegativesAndTextsNeverChange() throws IOException {
        assertThat(packed(out -> Packed.writeSigned(-1, out))).containsExactly(1);
        assertThat(packed(out -> Packed.writeSigned(-65, out))).containsExactly(0x81, 0x01);
        assertThat(packed(out -> Packed.writeString("aä\uD83D\uDE00", out)))
                .containsExactly(7, 'a', 0xC3, 0xA4, 0xF0, 0x9F, 0x98, 0x80);
        assertThat(packed(out -> Packed.writeBytes(new byte[] {-1, 0}, out))).containsExactly(2, -1, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u0000", "a\"b,c\nd", "单价 1.25", "\uD83D\uDE00\uDBFF\uDFFF"})
    void textsComeBack(String text) throws IOException {
        for (String value : new String[] {text, text.repeat(127), text.repeat(20_000)}) {
            assertThat(read(packed(out -> Packed.writeString(value, out)), Packed::readString))
                    .isEqualTo(value);
        }
    }

    @Test
    void bytesComeBack() throws IOException {
        for (int length : new int[] {0, 1, 127, 128, 100_000}) {
            byte[] value = new byte[length];
            new Random(length).nextBytes(value);
            assertThat(read(packed(out -> Packed.writeBytes(value, out)), Packed::readBytes))
                    .isEqualTo(value);
        }
    }

    @Test
    void valuesFollowEachOtherWithoutAGap() throws IOException {
        byte[] bytes = packed(out -> {
            Packed.writeSigned(Long.MIN_VALUE, out);
            Packed.writeString("x", out);
            Packed.writeUnsigned(300, out);
        });
        String text = read(bytes, in -> Packed.readSigned(in) + Packed.readString(in) + Packed.readSmall(in));
        assertThat(text).isEqualTo("-9223372036854775808x300");
    }

    @Test
    void aSmallNumberIsAnInt() throws IOException {
        assertThat(read(packed(out -> Packed.writeUnsigned(Integer.MAX_VALUE, out)), Packed::readSmall))
                .isEqualTo(Integer.MAX_VALUE);
        byte[] larger = packed(out -> Packed.writeUnsigned(Integer.MAX_VALUE + 1L, out));
        assertThatThrownBy(() -> read(larger, Packed::readSmall)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void aNumberWithoutAnEndIsAnError() throws IOException {
        byte[] endless = HexFormat.of().parseHex("80".repeat(10));
        assertThatThrownBy(() -> read(endless, Packed::readUnsigned))
                .isInstanceOf(EOFException.class)
                .hasMessage("a packed number has no end");
        byte[] whole = packed(out -> Packed.writeString("socks", out));
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(part, Packed::readString)).isInstanceOf(EOFException.class);
        }
    }
}
