package io.touchstone.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.touchstone.event.Order;
import io.touchstone.playground.HistoryFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** Orders as a history for a backtest: a folder with {@code orders.jsonl}. */
record OrderHistory(Path folder) {
    Path orders() {
        return folder.resolve("orders.jsonl");
    }

    /** Writes orders into a new folder. */
    static OrderHistory write(Path folder, Iterator<Order> orders) throws IOException {
        OrderHistory history = new OrderHistory(Files.createDirectory(folder));
        try (JsonGenerator out = new JsonFactory()
                .createGenerator(new BufferedOutputStream(Files.newOutputStream(history.orders())))
                .setPrettyPrinter(new MinimalPrettyPrinter("\n"))) {
            while (orders.hasNext()) {
                HistoryFiles.value(orders.next(), out);
            }
            out.writeRaw('\n');
        }
        return history;
    }

    /** The orders among the records of a bench. */
    static Iterator<Order> of(List<byte[]> records) {
        return records.stream()
                .filter(record -> record[0] == Events.ORDER)
                .map(OrderHistory::decode)
                .iterator();
    }

    private static Order decode(byte[] tagged) {
        try {
            return Order.getDecoder().decode(ByteBuffer.wrap(tagged, 1, tagged.length - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
