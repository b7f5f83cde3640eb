package io.touchstone.desk.report;

import io.touchstone.io.Table;
import java.io.Closeable;
import java.io.IOException;
import java.time.LocalDate;

/** The rows of the sink tables, wherever they are. */
interface Rows extends Closeable {

    /** Hands on every row that the filter lets through; a table that is not there has none. */
    void each(Table table, Filter filter, Taker taker) throws IOException;

    /** The newest day whose evaluation is there for every factory; null if nothing says so. */
    LocalDate completeDay() throws IOException;

    /** What a reader is told about where the rows are from. */
    String source();

    /** Whether they go on growing, so that rows that end long ago are a sign of trouble. */
    boolean isLive();

    /** Takes a row; it is only good until the next. */
    interface Taker {
        void take(Row row) throws IOException;
    }
}
