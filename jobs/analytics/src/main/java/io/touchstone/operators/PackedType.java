package io.touchstone.operators;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of an immutable domain value that packs itself; for the wire between operators, not for Flink's state. */
public final class PackedType<T> extends TypeInformation<T> {
    private final Class<T> type;
    private final Writer<T> writer;
    private final Reader<T> reader;

    /** Packs a value. */
    @FunctionalInterface
    public interface Writer<T> extends Serializable {
        void write(T value, DataOutput out) throws IOException;
    }

    /** Reads a packed value. */
    @FunctionalInterface
    public interface Reader<T> extends Serializable {
        T read(DataInput in) throws IOException;
    }

    public PackedType(Class<T> type, Writer<T> writer, Reader<T> reader) {
        this.type = type;
        this.writer = writer;
        this.reader = reader;
    }

    /** The type of values that never leave their task, handed from one chained operator to the next. */
    public static <T> PackedType<T> withinTask(Class<T> type) {
        return new PackedType<>(
                type,
                (value, out) -> {
                    throw new IOException(type + " never leaves its task: the operators have to be chained");
                },
                in -> {
                    throw new IOException(type + " never leaves its task: the operators have to be chained");
                });
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return new PackedSerializer<>(type, writer, reader);
    }

    @Override
    public String toString() {
        return "Packed<" + type.getSimpleName() + ">";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedType<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof PackedType;
    }

    private static final class PackedSerializer<T> extends TypeSerializer<T> {
        private final Class<T> type;
        private final Writer<T> writer;
        private final Reader<T> reader;

        PackedSerializer(Class<T> type, Writer<T> writer, Reader<T> reader) {
            this.type = type;
            this.writer = writer;
            this.reader = reader;
        }

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public TypeSerializer<T> duplicate() {
            return this;
        }

        @Override
        public T createInstance() {
            return null;
        }

        @Override
        public T copy(T from) {
            return from;
        }

        @Override
        public T copy(T from, T reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return -1;
        }

        @Override
        public void serialize(T value, DataOutputView out) throws IOException {
            writer.write(value, out);
        }

        @Override
        public T deserialize(DataInputView in) throws IOException {
            return reader.read(in);
        }

        @Override
        public T deserialize(T reuse, DataInputView in) throws IOException {
            return reader.read(in);
        }

        @Override
        public void copy(DataInputView from, DataOutputView to) throws IOException {
            writer.write(reader.read(from), to);
        }

        @Override
        public TypeSerializerSnapshot<T> snapshotConfiguration() {
            throw new UnsupportedOperationException(type + " packs itself for the wire only");
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PackedSerializer<?> that && type == that.type;
        }

        @Override
        public int hashCode() {
            return type.hashCode();
        }
    }
}
