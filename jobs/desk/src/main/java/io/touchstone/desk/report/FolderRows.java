package io.touchstone.desk.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.io.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Rows in the files of a backtest or of {@code scripts/export}. Columns that {@code alert.csv} lacks are those of {@code alerts.jsonl}. */
final class FolderRows implements Rows {
    private static final JsonMapper JSON = new JsonMapper();
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private final Path folder;
    private Map<String, JsonNode> messages;

    /** Opens a folder that has at least one table. */
    FolderRows(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            throw new IOException("--from " + folder + " is no folder");
        }
        if (Arrays.stream(Table.values()).noneMatch(table -> Files.exists(file(table)))) {
            throw new IOException("--from " + folder + " has no " + Table.FACTORY_SCORE.sqlName()
                    + ".csv, nor any other table: is it the output of a backtest or of scripts/export?");
        }
    }

    private Path file(Table table) {
        return folder.resolve(table.sqlName() + ".csv");
    }

    @Override
    public void each(Table table, Filter filter, Taker taker) throws IOException {
        if (filter.isVain() || !Files.exists(file(table))) {
            return;
        }
        try (Reader in = Files.newBufferedReader(file(table));
                CSVParser records = CSV.parse(in)) {
            for (CSVRecord record : records) {
                Row row = new Row(
                        file(table) + ", row " + records.getRecordNumber(), column -> value(table, record, column));
                if (passes(filter, row)) {
                    taker.take(row);
                }
            }
        } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            throw new IOException(file(table) + ": " + e.getMessage(), e);
        }
    }

    /** The newest day of all: files are written when everything is there. */
    @Override
    public LocalDate completeDay() throws IOException {
        AtomicReference<LocalDate> newest = new AtomicReference<>();
        each(Table.FACTORY_SCORE_DAILY, Filter.ALL, row -> {
            LocalDate day = row.day("day");
            newest.accumulateAndGet(day, (a, b) -> a == null || b.isAfter(a) ? b : a);
        });
        return newest.get();
    }

    private String value(Table table, CSVRecord record, String column) throws IOException {
        if (record.isSet(column)) {
            return record.get(column);
        }
        if (record.isMapped(column) || (table != Table.ALERT && table != Table.ALERT_REVISION)) {
            return null;
        }
        JsonNode field = messages()
                .getOrDefault(record.get("alert_id") + '/' + record.get("revision"), JSON.nullNode())
                .path(column);
        return field.isMissingNode() || field.isNull() ? null : field.isValueNode() ? field.asText() : field.toString();
    }

    private Map<String, JsonNode> messages() throws IOException {
        if (messages == null) {
            messages = new HashMap<>();
            Path file = folder.resolve("alerts.jsonl");
            if (Files.exists(file)) {
                try (BufferedReader lines = Files.newBufferedReader(file)) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        JsonNode alert = JSON.readTree(line);
                        messages.put(
                                alert.path("alert_id").asText()
                                        + '/'
                                        + alert.path("revision").asText(),
                                alert);
                    }
                } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                    throw new IOException(file + ": " + e.getOriginalMessage(), e);
                }
            }
        }
        return messages;
    }

    private static boolean passes(Filter filter, Row row) throws IOException {
        if (filter.column() != null && !filter.values().contains(row.needed(filter.column()))) {
            return false;
        }
        if (filter.absent() != null && row.text(filter.absent()) != null) {
            return false;
        }
        if (filter.since() == null) {
            return true;
        }
        String value = row.text(filter.since());
        if (value == null) {
            return false;
        }
        boolean day = filter.from().indexOf('-', 1) > 0;
        return day ? value.compareTo(filter.from()) >= 0 : row.integer(filter.since()) >= Long.parseLong(filter.from());
    }

    @Override
    public String source() {
        return "files in " + folder;
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public void close() {}
}
