package io.touchstone.quality;

import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How good a factory is.
 *
 * @param score 0 to 100
 * @param standing after the day's step
 * @param categoryId that most of its window is in; null if the window is empty
 * @param beltId of its newest payment; null if it had none
 */
public record FactoryScore(double score, Band band, Standing standing, String categoryId, String beltId) {

    FactoryScore forgotten() {
        return new FactoryScore(score, band, Standing.UNRATED, categoryId, beltId);
    }

    void write(DataOutput out) throws IOException {
        out.writeDouble(score);
        out.writeByte(band.ordinal());
        out.writeByte(standing.ordinal());
        writeNullable(categoryId, out);
        writeNullable(beltId, out);
    }

    static FactoryScore read(DataInput in) throws IOException {
        return new FactoryScore(
                in.readDouble(),
                Band.values()[in.readByte()],
                Standing.values()[in.readByte()],
                readNullable(in),
                readNullable(in));
    }

    private static void writeNullable(String id, DataOutput out) throws IOException {
        // No id is empty.
        Packed.writeString(id == null ? "" : id, out);
    }

    private static String readNullable(DataInput in) throws IOException {
        String id = Packed.readString(in);
        return id.isEmpty() ? null : id;
    }
}
