package io.touchstone.io;

import io.touchstone.market.DeadLetter;
import io.touchstone.market.Origin;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.rocksdb.RocksIterator;

/**
 * What a backtest finds or a cluster has found, gathered, sorted on disk, and written as files: every table as
 * {@code TABLE.csv}, {@code alerts.jsonl}, {@code dead-letters.jsonl}.
 */
public final class Results implements AutoCloseable {
    private static final String ALERTS = "alerts.jsonl";
    private static final String DEAD_LETTERS = "dead-letters.jsonl";
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
    private static final Map<String, Results> OPEN = new ConcurrentHashMap<>();

    private final String name;
    private final SortedStore store;

    /** {@code folder}: an empty folder to sort in. */
    public Results(Path folder) {
        name = folder.toString();
        store = new SortedStore(folder);
        OPEN.put(name, this);
    }

    /** A sink of rows; for this process only. */
    public Sink<TableRow> rows() {
        String results = name;
        return (GatheringSink<TableRow>) () -> row -> OPEN.get(results).add(row);
    }

    /** A sink of alerts; for this process only. */
    public Sink<AlertMessage> alerts() {
        String results = name;
        return (GatheringSink<AlertMessage>) () -> alert -> OPEN.get(results).add(alert);
    }

    /** A sink of dead letters; for this process only. */
    public Sink<DeadLetter> deadLetters() {
        String results = name;
        return (GatheringSink<DeadLetter>) () -> letter -> OPEN.get(results).add(letter);
    }

    /** Takes a row directly. */
    public void add(TableRow row) {
        SortedStore.Key key = new SortedStore.Key().text(row.table().sqlName() + ".csv");
        List<Table.Column> keys = row.table().keyColumns();
        for (int i = 0; i < keys.size(); i++) {
            String value = row.values().get(i);
            if (keys.get(i).type().isNumber()) {
                key.number(Long.parseLong(value));
            } else {
                key.text(value);
            }
        }
        store.put(key.toBytes(), utf8(CSV.format(row.values().toArray())));
    }

    private void add(AlertMessage alert) {
        addAlert(alert.alertId(), alert.revision(), Json.of(alert));
    }

    /** Takes an alert as it was published. */
    public void addAlert(String alertId, int revision, String json) {
        store.put(
                new SortedStore.Key()
                        .text(ALERTS)
                        .text(alertId)
                        .number(revision)
                        .toBytes(),
                utf8(json));
    }

    /** Takes a dead letter directly. */
    public void add(DeadLetter letter) {
        Origin origin = letter.origin();
        addDeadLetter(
                origin.topic(),
                origin.partition(),
                origin.offset(),
                letter.reason().name(),
                Json.of(letter));
    }

    /** Takes a dead letter as it was published. */
    public void addDeadLetter(String topic, int partition, long offset, String reason, String json) {
        store.put(
                new SortedStore.Key()
                        .text(DEAD_LETTERS)
                        .text(topic)
                        .number(partition)
                        .number(offset)
                        .text(reason)
                        .toBytes(),
                utf8(json));
    }

    /** Writes the files; the number of lines of each, headers apart. */
    public Map<String, Long> write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Long> sizes = new HashMap<>();
        for (Table table : Table.values()) {
            String header =
                    CSV.format(table.columns().stream().map(Table.Column::name).toArray());
            sizes.put(table.sqlName(), write(folder, table.sqlName() + ".csv", header));
        }
        sizes.put("keys", keys());
        sizes.put("alerts", write(folder, ALERTS, null));
        sizes.put("dead-letters", write(folder, DEAD_LETTERS, null));
        return sizes;
    }

    private long write(Path folder, String file, String header) throws IOException {
        byte[] prefix = new SortedStore.Key().text(file).toBytes();
        long lines = 0;
        try (Writer out = new BufferedWriter(Files.newBufferedWriter(folder.resolve(file)), 1 << 16);
                RocksIterator entries = store.iterator()) {
            if (header != null) {
                out.append(header).append('\n');
            }
            for (entries.seek(prefix); entries.isValid() && startsWith(entries.key(), prefix); entries.next()) {
                out.append(new String(entries.value(), StandardCharsets.UTF_8)).append('\n');
                lines++;
            }
        }
        return lines;
    }

    /** How many (sku, channel, currency) have a floor: the keys of a floor's row without its tier, counted once. */
    private long keys() {
        byte[] prefix =
                new SortedStore.Key().text(Table.PRICE_FLOOR.sqlName() + ".csv").toBytes();
        byte[] last = prefix;
        long keys = 0;
        try (RocksIterator entries = store.iterator()) {
            for (entries.seek(prefix); entries.isValid() && startsWith(entries.key(), prefix); entries.next()) {
                byte[] key = Arrays.copyOf(entries.key(), entries.key().length - Long.BYTES);
                keys += Arrays.equals(key, last) ? 0 : 1;
                last = key;
            }
        }
        return keys;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        OPEN.remove(name);
        store.close();
    }

    /** A sink whose writers hand each value on. */
    private interface GatheringSink<T> extends Sink<T> {
        Gatherer<T> gatherer();

        @Override
        default SinkWriter<T> createWriter(WriterInitContext context) {
            Gatherer<T> gatherer = gatherer();
            return new SinkWriter<>() {
                @Override
                public void write(T value, Context context) {
                    gatherer.take(value);
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }

    private interface Gatherer<T> {
        void take(T value);
    }
}
