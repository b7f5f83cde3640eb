package io.touchstone.desk.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;

/** A row of a table, its values as text as in a backtest's files. Whatever is wrong is an {@link IOException} that says where. */
final class Row {
    private static final JsonMapper JSON = new JsonMapper();

    private final String where;
    private final Values values;

    /** A column's value; null or empty where the row has none. */
    interface Values {
        String of(String column) throws IOException;
    }

    /** {@code where}: how errors begin. */
    Row(String where, Values values) {
        this.where = where;
        this.values = values;
    }

    /** Null where the row has none. */
    String text(String column) throws IOException {
        String value = values.of(column);
        return value == null || value.isEmpty() ? null : value;
    }

    String needed(String column) throws IOException {
        String value = text(column);
        if (value == null) {
            throw wrong(column, "", "there");
        }
        return value;
    }

    long integer(String column) throws IOException {
        String value = needed(column);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw wrong(column, value, "an integer");
        }
    }

    Long integerOrNull(String column) throws IOException {
        return text(column) == null ? null : Long.valueOf(integer(column));
    }

    Double realOrNull(String column) throws IOException {
        String value = text(column);
        try {
            return value == null ? null : Double.valueOf(value);
        } catch (NumberFormatException e) {
            throw wrong(column, value, "a number");
        }
    }

    double real(String column) throws IOException {
        needed(column);
        return realOrNull(column);
    }

    LocalDate day(String column) throws IOException {
        String value = needed(column);
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException e) {
            throw wrong(column, value, "a day such as 2024-03-01");
        }
    }

    boolean truth(String column) throws IOException {
        return Boolean.parseBoolean(text(column));
    }

    <E extends Enum<E>> E symbol(String column, Class<E> type) throws IOException {
        String value = needed(column);
        try {
            return Enum.valueOf(type, value);
        } catch (IllegalArgumentException e) {
            throw wrong(column, value, "one of " + Arrays.toString(type.getEnumConstants()));
        }
    }

    /** A JSON object; a missing node where the row has none. */
    JsonNode json(String column) throws IOException {
        String value = text(column);
        try {
            return value == null ? MissingNode.getInstance() : JSON.readTree(value);
        } catch (JsonProcessingException e) {
            throw wrong(column, value, "JSON");
        }
    }

    private IOException wrong(String column, String value, String expected) {
        return new IOException(where + ": " + column + " is '" + value + "', but has to be " + expected);
    }
}
