package io.touchstone.bench;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import io.touchstone.price.PriceAlert;
import io.touchstone.price.PriceLedger;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a backtest costs without Flink: one thread that holds the whole history in memory, by key, and folds each key's lines into its
 * {@link PriceLedger}, which sorts them. The same floors as ours, breaches and alerts found and dropped; nothing checks the input.
 */
final class PlainLoop {
    private static final ObjectReader ORDERS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build()
            .readerFor(OrderEvent.class);

    private PlainLoop() {}

    /** From a file of JSON to {@code price_floor_history} as a file, unsorted. */
    static void run(Path orders, Path floors) throws IOException {
        try (MappingIterator<OrderEvent> parsed = ORDERS.readValues(orders.toFile())) {
            run(parsed, floors);
        }
    }

    static List<OrderEvent> parse(Path orders) throws IOException {
        try (MappingIterator<OrderEvent> parsed = ORDERS.readValues(orders.toFile())) {
            return parsed.readAll();
        }
    }

    /** The same from orders that somebody has parsed. */
    static void run(Iterator<OrderEvent> orders, Path floors) throws IOException {
        LocalCalendar calendar = new LocalCalendar(Policy.DEFAULT.timeZone());
        PolicyTimeline policies = new PolicyTimeline(Policy.DEFAULT);
        Map<String, List<KeyedLines>> keys = new HashMap<>();
        long newest = Long.MIN_VALUE;
        while (orders.hasNext()) {
            OrderEvent order = orders.next();
            newest = Math.max(newest, order.eventTime());
            for (KeyedLines lines : KeyedLines.of(order, null)) {
                keys.computeIfAbsent(lines.subject(), key -> new ArrayList<>()).add(lines);
            }
        }
        long until = calendar.midnight(calendar.day(newest) + 1);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(floors))) {
            Floors findings = new Floors(out);
            keys.forEach((key, lines) -> new PriceLedger(key, policies, calendar).fold(lines, until, findings));
            if (out.checkError()) {
                throw new IOException("cannot write " + floors);
            }
        }
    }

    private record Floors(PrintWriter out) implements PriceLedger.Findings {
        @Override
        public void floor(FloorRow row) {
            out.println(String.join(
                    ",",
                    row.subject().replace('/', ','),
                    Long.toString(row.minQuantity()),
                    Long.toString(row.validFrom()),
                    Objects.toString(row.floor().floorMicros(), ""),
                    Objects.toString(row.floor().literalMicros(), ""),
                    row.floor().status().name(),
                    Integer.toString(row.floor().buyers()),
                    row.policyVersion()));
        }

        @Override
        public void breach(Breach breach) {}

        @Override
        public void alert(PriceAlert alert) {}
    }
}
