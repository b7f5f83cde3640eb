package io.touchstone.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table as a backtest wrote it, read row by row in the order of its primary key. Columns are found by name; whatever is wrong is
 * an {@link IOException} that names file, row (from 1, the header apart) and column.
 */
public final class TableFile implements Closeable {
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private final Path file;
    private final Table table;
    private final Reader reader;
    private final CSVParser parser;
    private final Iterator<CSVRecord> rows;
    private long number;
    private CSVRecord row;
    private TableRow key;

    /** Opens {@code TABLE.csv} of a folder. */
    public TableFile(Path folder, Table table) throws IOException {
        this.table = table;
        file = folder.resolve(table.sqlName() + ".csv");
        try {
            reader = Files.newBufferedReader(file);
        } catch (NoSuchFileException e) {
            throw new IOException(folder + " has no " + file.getFileName() + ": is it the output of a backtest?", e);
        }
        try {
            parser = CSV.parse(reader);
            rows = parser.iterator();
            for (Table.Column column : table.keyColumns()) {
                checkColumn(column.name());
            }
        } catch (IllegalArgumentException e) {
            reader.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    /** Goes to the next row; false after the last. */
    public boolean next() throws IOException {
        number++;
        try {
            row = rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException | IllegalStateException e) {
            throw wrong(e.getCause() == null ? e.getMessage() : e.getCause().toString());
        }
        if (row == null) {
            return false;
        }
        if (!row.isConsistent()) {
            throw wrong("has " + row.size() + " fields, but the header "
                    + parser.getHeaderNames().size());
        }
        checkOrder();
        return true;
    }

    /** Whoever walks two tables side by side relies on it. */
    private void checkOrder() throws IOException {
        List<String> values = new ArrayList<>();
        for (Table.Column column : table.keyColumns()) {
            values.add(column.type().isNumber() ? String.valueOf(integer(column.name())) : text(column.name()));
        }
        TableRow next = new TableRow(table, values);
        if (key != null && TableRow.ORDER.compare(key, next) >= 0) {
            throw wrong("does not come after the row before it: rows have to be sorted by "
                    + table.keyColumns().stream().map(Table.Column::name).toList());
        }
        key = next;
    }

    /** A value of the row; null is empty. */
    public String text(String column) throws IOException {
        checkColumn(column);
        return row.get(column);
    }

    public long integer(String column) throws IOException {
        String value = text(column);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(column, value, "an integer");
        }
    }

    public LocalDate day(String column) throws IOException {
        String value = text(column);
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException e) {
            throw wrong(column, value, "a day such as 2024-03-01");
        }
    }

    public <E extends Enum<E>> E symbol(String column, Class<E> type) throws IOException {
        String value = text(column);
        try {
            return Enum.valueOf(type, value);
        } catch (IllegalArgumentException e) {
            throw wrong(column, value, "one of " + Arrays.toString(type.getEnumConstants()));
        }
    }

    private void checkColumn(String column) throws IOException {
        if (!parser.getHeaderMap().containsKey(column)) {
            throw new IOException(file + " has no column " + column + ", but " + parser.getHeaderNames());
        }
    }

    private IOException wrong(String column, String value, String expected) {
        return wrong(column + " is '" + value + "', but has to be " + expected);
    }

    /** An error about the current row. */
    public IOException wrong(String message) {
        return new IOException(file + ", row " + number + ": " + message);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
