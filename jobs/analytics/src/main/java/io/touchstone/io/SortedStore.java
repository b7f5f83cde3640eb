package io.touchstone.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * Sorts any number of entries on disk, by their keys' bytes; of equal keys the last one stays. RocksDB is on the class path anyway,
 * sorts by bytes as the contract does, and needs no more memory for a large history than for a small one. Safe for many threads.
 */
final class SortedStore implements AutoCloseable {
    private final Options options = new Options()
            .setCreateIfMissing(true)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(64L << 20)
            .setMaxWriteBufferNumber(4)
            .setMaxBackgroundJobs(2)
            .setInfoLogLevel(org.rocksdb.InfoLogLevel.ERROR_LEVEL)
            .setKeepLogFileNum(1);
    private final WriteOptions write = new WriteOptions().setDisableWAL(true);
    private final RocksDB db;

    static {
        RocksDB.loadLibrary();
    }

    SortedStore(Path folder) {
        try {
            db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException e) {
            throw new IllegalStateException("cannot sort in " + folder, e);
        }
    }

    void put(byte[] key, byte[] value) {
        try {
            db.put(write, key, value);
        } catch (RocksDBException e) {
            throw new IllegalStateException("cannot sort: is the disk full?", e);
        }
    }

    /** Every entry, in order; the caller closes it. */
    RocksIterator iterator() {
        RocksIterator iterator = db.newIterator(new ReadOptions().setReadaheadSize(2 << 20));
        iterator.seekToFirst();
        return iterator;
    }

    boolean isOpen() {
        return db.isOwningHandle();
    }

    @Override
    public void close() {
        db.close();
        write.close();
        options.close();
    }

    /** Builds keys whose bytes sort as their parts do. */
    static final class Key {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

        /** A text sorts by its UTF-8 bytes, and before its own continuations. */
        Key text(String value) {
            for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
                bytes.write(b);
                if (b == 0) {
                    bytes.write(0xFF);
                }
            }
            bytes.write(0);
            bytes.write(0);
            return this;
        }

        Key number(long value) {
            bytes.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .putLong(value ^ Long.MIN_VALUE)
                    .array());
            return this;
        }

        /** Reads a number back that begins at a byte of a key. */
        static long number(byte[] key, int at) {
            return ByteBuffer.wrap(key).getLong(at) ^ Long.MIN_VALUE;
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }
}
