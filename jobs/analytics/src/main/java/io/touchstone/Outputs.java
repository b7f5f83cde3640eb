package io.touchstone;

import io.touchstone.io.AlertMessage;
import io.touchstone.io.TableRow;
import io.touchstone.market.DeadLetter;
import io.touchstone.price.ItemSeller;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Where the findings of a job go. */
public interface Outputs {
    /** Rows of the sink tables. */
    void rows(DataStream<TableRow> rows);

    /** Who sells what, for analysts: nothing is judged by it. A job without prices has none. */
    default void sellers(DataStream<ItemSeller> sellers) {}

    /** Revisions of alerts. */
    void alerts(DataStream<AlertMessage> alerts);

    /** What could not act. */
    void deadLetters(DataStream<DeadLetter> letters);
}
