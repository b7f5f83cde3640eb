package io.touchstone.operators;

import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** From values to bytes of state and back, by Flink's buffers: those of Java take a lock per byte. */
final class Bytes {
    /** Packs a value. */
    @FunctionalInterface
    interface Writer {
        void write(DataOutput out) throws IOException;
    }

    private Bytes() {}

    static byte[] of(Writer value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(128);
        value.write(out);
        return out.getCopyOfBuffer();
    }

    static DataInputDeserializer in(byte[] packed) {
        return new DataInputDeserializer(packed);
    }
}
