package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.event.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history is sent as its producers would have sent it: in time, or as it arrived, and whole. */
class HistoryMessagesTest {
    private static final long NOON = 1_700_000_000_000L;

    @TempDir
    private Path temp;

    private static String order(String id, long time) {
        return """
            {"event_id":"%1$s","order_id":"%1$s","status":"PAID","event_time":%2$d,"type":"REGULAR","factory_id":"F",\
            "category_id":"c","belt_id":"B","buyer_id":"b","buyer_segment":"CONSUMER","paid_at":%2$d,"ship_by":%2$d,"lead_days":0,\
            "lines":[{"line_id":"1","sku_id":"s","quantity":1,"unit_price_micros":1,"currency":"CNY","channel":"WHOLESALE"}]}""".formatted(id, time);
    }

    private static String orderReturn(String order, long time) {
        return """
            {"event_id":"r","return_id":"r","order_id":"%s","stage":"OPENED","event_time":%d,"reason":"QUALITY"}""".formatted(order, time);
    }

    private List<String> sent(boolean byArrival) throws Exception {
        Path sorted = Files.createDirectory(temp.resolve("sorted"));
        List<String> sent = new ArrayList<>();
        try (HistoryMessages messages = new HistoryMessages(sorted, byArrival)) {
            messages.read(temp);
            messages.messages().forEachRemaining(message -> sent.add(message.topic() + " " + message.key()));
            assertThat(messages.unencodable().values()).allMatch(lines -> lines == 1);
            assertThat(messages.oldest()).hasValue(NOON);
            assertThat(messages.newest()).hasValue(NOON + 9);
        }
        return sent;
    }

    private void write(String topic, String... lines) throws IOException {
        Files.write(temp.resolve(topic + ".jsonl"), List.of(lines));
    }

    @Test
    void sendsInEventTimeAcrossTopics() throws Exception {
        write("orders", order("late", NOON + 9), order("first", NOON), "no record");
        write("returns", orderReturn("between", NOON + 5));

        assertThat(sent(false)).containsExactly("orders first", "returns between", "orders late");
    }

    @Test
    void keepsTheOrderOfLinesOnDemand() throws Exception {
        write("orders", order("a", NOON + 4), order("late", NOON), order("c", NOON + 9));
        write("returns", orderReturn("between", NOON + 5));

        assertThat(sent(true)).containsExactly("orders a", "orders late", "returns between", "orders c");
    }

    @Test
    void sendsWhatTheJobsWillFindInvalidWhereItStands() throws Exception {
        write("orders", order("a", NOON), order("", Long.MAX_VALUE), order("c", NOON + 9));

        assertThat(sent(false)).containsExactly("orders a", "orders ", "orders c");
    }

    @Test
    void encodesTheWholeRecord() throws Exception {
        write("orders", order("a", NOON));
        try (HistoryMessages messages = new HistoryMessages(Files.createDirectory(temp.resolve("sorted")), false)) {
            messages.read(temp);
            HistoryMessages.Message message = messages.messages().next();
            Order decoded = AvroWire.orders().decode(message.value());
            assertThat(decoded)
                    .isEqualTo(JsonEvents.order(order("a", NOON).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            assertThat(message.eventTime()).isEqualTo(NOON);
        }
    }
}
