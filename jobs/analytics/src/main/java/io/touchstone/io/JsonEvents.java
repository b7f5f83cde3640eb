package io.touchstone.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.event.BuyerSegment;
import io.touchstone.event.CancelledBy;
import io.touchstone.event.Channel;
import io.touchstone.event.Liable;
import io.touchstone.event.Order;
import io.touchstone.event.OrderLine;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.OrderStatus;
import io.touchstone.event.OrderType;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.event.ReviewTopic;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One JSON object as a record of the schema, types checked strictly: a number in quotes or with a fraction is no integer. A symbol
 * that the schema does not know becomes its default, as Avro does it.
 */
public final class JsonEvents {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private JsonEvents() {}

    /** An order's line as a record to publish; empty if it is not a record of the type. */
    public static Optional<Order> readOrder(byte[] line) {
        try {
            return Optional.of(order(line));
        } catch (Refusal undecodable) {
            return Optional.empty();
        }
    }

    /** As {@link #readOrder}, of a return. */
    public static Optional<OrderReturn> readReturn(byte[] line) {
        try {
            return Optional.of(orderReturn(line));
        } catch (Refusal undecodable) {
            return Optional.empty();
        }
    }

    /** As {@link #readOrder}, of a review. */
    public static Optional<Review> readReview(byte[] line) {
        try {
            return Optional.of(review(line));
        } catch (Refusal undecodable) {
            return Optional.empty();
        }
    }

    static Order order(byte[] line) throws Refusal {
        JsonNode json = parse(line);
        List<OrderLine> lines = new ArrayList<>();
        for (JsonNode item : array(json, "", "lines")) {
            String path = "lines[" + lines.size() + "]";
            if (!item.isObject()) {
                throw Refusal.undecodable(path);
            }
            path += '.';
            lines.add(new OrderLine(
                    text(item, path, "line_id"),
                    text(item, path, "sku_id"),
                    integer(item, path, "quantity"),
                    integer(item, path, "unit_price_micros"),
                    text(item, path, "currency"),
                    symbol(Channel.class, text(item, path, "channel"))));
        }
        return new Order(
                text(json, "", "event_id"),
                text(json, "", "order_id"),
                symbol(OrderStatus.class, text(json, "", "status")),
                instant(json, "event_time"),
                symbol(OrderType.class, text(json, "", "type")),
                text(json, "", "factory_id"),
                text(json, "", "category_id"),
                text(json, "", "belt_id"),
                text(json, "", "buyer_id"),
                symbol(BuyerSegment.class, text(json, "", "buyer_segment")),
                instant(json, "paid_at"),
                instant(json, "ship_by"),
                small(json, "lead_days"),
                isAbsent(json, "cancelled_by") ? null : symbol(CancelledBy.class, text(json, "", "cancelled_by")),
                lines);
    }

    static OrderReturn orderReturn(byte[] line) throws Refusal {
        JsonNode json = parse(line);
        return new OrderReturn(
                text(json, "", "event_id"),
                text(json, "", "return_id"),
                text(json, "", "order_id"),
                symbol(ReturnStage.class, text(json, "", "stage")),
                instant(json, "event_time"),
                symbol(ReturnReason.class, text(json, "", "reason")),
                isAbsent(json, "liable") ? null : symbol(Liable.class, text(json, "", "liable")));
    }

    static Review review(byte[] line) throws Refusal {
        JsonNode json = parse(line);
        List<ReviewTopic> topics = new ArrayList<>();
        for (JsonNode topic : array(json, "", "topics")) {
            if (!topic.isTextual()) {
                throw Refusal.undecodable("topics[" + topics.size() + "]");
            }
            topics.add(symbol(ReviewTopic.class, topic.textValue()));
        }
        return new Review(
                text(json, "", "event_id"),
                text(json, "", "review_id"),
                text(json, "", "order_id"),
                symbol(ReviewStage.class, text(json, "", "stage")),
                instant(json, "event_time"),
                small(json, "stars"),
                topics,
                isAbsent(json, "text") ? null : text(json, "", "text"));
    }

    static JsonNode parse(byte[] line) throws Refusal {
        JsonNode json;
        try {
            // Decoded here, strictly: the parser would guess other encodings, and mend bad bytes.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            json = JSON.readTree(text);
        } catch (CharacterCodingException | JsonProcessingException e) {
            throw Refusal.undecodable("json");
        }
        if (json == null || !json.isObject()) {
            throw Refusal.undecodable("json");
        }
        return json;
    }

    private static boolean isAbsent(JsonNode json, String field) {
        return !json.hasNonNull(field);
    }

    private static String text(JsonNode json, String path, String field) throws Refusal {
        JsonNode value = json.get(field);
        if (value == null || !value.isTextual()) {
            throw Refusal.undecodable(path + field);
        }
        return value.textValue();
    }

    private static long integer(JsonNode json, String path, String field) throws Refusal {
        JsonNode value = json.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw Refusal.undecodable(path + field);
        }
        return value.longValue();
    }

    /** An integer that Avro holds in 32 bits; what does not fit is out of every range, and stays so. */
    private static int small(JsonNode json, String field) throws Refusal {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, integer(json, "", field)));
    }

    private static Instant instant(JsonNode json, String field) throws Refusal {
        return Instant.ofEpochMilli(integer(json, "", field));
    }

    private static JsonNode array(JsonNode json, String path, String field) throws Refusal {
        JsonNode value = json.get(field);
        if (value == null || !value.isArray()) {
            throw Refusal.undecodable(path + field);
        }
        return value;
    }

    private static <E extends Enum<E>> E symbol(Class<E> type, String symbol) {
        try {
            return Enum.valueOf(type, symbol);
        } catch (IllegalArgumentException e) {
            return Enum.valueOf(type, "UNKNOWN");
        }
    }
}
