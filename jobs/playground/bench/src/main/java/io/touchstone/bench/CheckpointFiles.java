package io.touchstone.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.OptionsUtil;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The RocksDB files of a checkpoint, by column family: a state or the timers of an operator. */
final class CheckpointFiles {
    private CheckpointFiles() {}

    /**
     * What a column family holds, all subtasks together, after a full compaction.
     *
     * @param bytes of its files, compressed, with their indices and filters
     */
    record ColumnFamily(long entries, long bytes) {
        ColumnFamily plus(ColumnFamily other) {
            return new ColumnFamily(entries + other.entries, bytes + other.bytes);
        }
    }

    /** The column families of all operators by name. */
    static Map<String, ColumnFamily> columnFamilies(Path checkpoint, Path scratch) throws Exception {
        CheckpointMetadata metadata;
        try (DataInputStream in = new DataInputStream(Files.newInputStream(checkpoint.resolve("_metadata")))) {
            metadata = Checkpoints.loadCheckpointMetadata(
                    in,
                    CheckpointFiles.class.getClassLoader(),
                    checkpoint.toUri().toString());
        }
        Map<String, ColumnFamily> families = new TreeMap<>();
        for (OperatorState operator : metadata.getOperatorStates()) {
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
                    Path database = Files.createTempDirectory(scratch, "database-");
                    copy((IncrementalRemoteKeyedStateHandle) handle, database);
                    compacted(database).forEach((name, family) -> families.merge(name, family, ColumnFamily::plus));
                }
            }
        }
        return families;
    }

    private static void copy(IncrementalRemoteKeyedStateHandle handle, Path database) throws IOException {
        for (List<HandleAndLocalPath> files : List.of(handle.getSharedState(), handle.getPrivateState())) {
            for (HandleAndLocalPath file : files) {
                try (InputStream in = file.getHandle().openInputStream()) {
                    Files.copy(in, database.resolve(file.getLocalPath()));
                }
            }
        }
    }

    private static Map<String, ColumnFamily> compacted(Path database) throws IOException, RocksDBException {
        Path written;
        try (Stream<Path> files = Files.list(database)) {
            written = files.filter(file -> file.getFileName().toString().startsWith("OPTIONS-"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
        Map<String, ColumnFamily> families = new TreeMap<>();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (ConfigOptions lenient = new ConfigOptions().setIgnoreUnknownOptions(true);
                DBOptions options = new DBOptions()) {
            OptionsUtil.loadOptionsFromFile(lenient, written.toString(), options, descriptors);
            options.setDbLogDir(database.toString());
            try (RocksDB rocks = RocksDB.open(options, database.toString(), descriptors, handles)) {
                for (ColumnFamilyHandle handle : handles) {
                    rocks.compactRange(handle);
                    families.put(
                            new String(handle.getName(), StandardCharsets.UTF_8),
                            new ColumnFamily(
                                    entries(rocks, handle),
                                    rocks.getColumnFamilyMetaData(handle).size()));
                    handle.close();
                }
            }
        } finally {
            descriptors.forEach(descriptor -> descriptor.getOptions().close());
        }
        return families;
    }

    private static long entries(RocksDB rocks, ColumnFamilyHandle family) throws RocksDBException {
        long entries = 0;
        try (RocksIterator iterator = rocks.newIterator(family)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                entries++;
            }
            iterator.status();
        }
        return entries;
    }
}
