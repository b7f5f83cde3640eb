package io.touchstone.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.Segment;
import io.touchstone.policy.Policy;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.quality.QualityDriver.Input;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A folder of {@code src/test/resources/cases}: a history and what has to come out of it. */
final class QualityCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final CSVFormat WITH_HEADER =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

    private final String folder;
    private final Policy policy;
    private final Set<String> refused = new HashSet<>();
    private final Set<String> unmatched = new HashSet<>();

    QualityCase(String name) {
        folder = "/cases/" + name + "/";
        JsonNode json = json(text("policy.json"));
        QualityPolicy numbers = QualityPolicy.DEFAULT;
        int retention = json.path("quality").path("order_retention_days").asInt(numbers.orderRetentionDays());
        policy = new Policy(
                json.get("version").textValue(),
                Policy.DEFAULT.timeZone(),
                Policy.DEFAULT.price(),
                new QualityPolicy(
                        numbers.windowDays(),
                        numbers.matchTimeoutHours(),
                        retention,
                        numbers.returnSlaHours(),
                        numbers.classes(),
                        numbers.categories()));
        for (String line : text("expected/dead-letters.jsonl.gz").lines().toList()) {
            JsonNode letter = json(line);
            String at =
                    letter.get("topic").textValue() + '/' + letter.get("offset").intValue();
            (letter.get("reason").textValue().equals("UNMATCHED") ? unmatched : refused).add(at);
        }
    }

    Policy policy() {
        return policy;
    }

    /** {@code topic/line} of every dead letter of reason UNMATCHED. */
    Set<String> unmatched() {
        return unmatched;
    }

    /** All events but those whose lines are no valid events. */
    List<Input> history() {
        List<Input> inputs = new ArrayList<>();
        for (String topic : List.of("orders", "returns", "reviews")) {
            String[] lines = text("history/" + topic + ".jsonl.gz").split("\n", -1);
            for (int line = 0; line < lines.length; line++) {
                if (!lines[line].isBlank() && !refused.contains(topic + '/' + line)) {
                    inputs.add(new Input(topic, line, event(topic, json(lines[line]))));
                }
            }
        }
        return inputs;
    }

    /** The day to stop at, as an epoch day. */
    int until(List<Input> history, QualityDriver driver) {
        if (QualityCase.class.getResource(folder + "until") != null) {
            return (int) LocalDate.parse(text("until").strip()).toEpochDay();
        }
        return history.stream()
                        .mapToInt(input -> driver.calendar().day(input.time()))
                        .max()
                        .orElseThrow()
                + 1;
    }

    /** The rows of a table by primary key: columns by name. */
    Map<String, Map<String, String>> table(String name, int keys) {
        Map<String, Map<String, String>> rows = new TreeMap<>();
        try (CSVParser csv = WITH_HEADER.parse(new StringReader(text("expected/" + name + ".csv.gz")))) {
            List<String> columns = csv.getHeaderNames();
            for (CSVRecord row : csv) {
                Map<String, String> values = new HashMap<>();
                columns.forEach(column -> values.put(column, row.get(column)));
                List<String> key =
                        columns.subList(0, keys).stream().map(row::get).toList();
                rows.put(String.join("|", key), values);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    /** Every revision as it was published. */
    List<JsonNode> alerts() {
        return text("expected/alerts.jsonl.gz").lines().map(QualityCase::json).toList();
    }

    private static Object event(String topic, JsonNode json) {
        return switch (topic) {
            case "orders" ->
                new OrderEvent(
                        json.get("event_id").textValue(),
                        json.get("order_id").textValue(),
                        OrderEvent.Status.valueOf(json.get("status").textValue()),
                        json.get("event_time").longValue(),
                        OrderEvent.Type.valueOf(json.get("type").textValue()),
                        json.get("factory_id").textValue(),
                        json.get("category_id").textValue(),
                        json.get("belt_id").textValue(),
                        json.get("buyer_id").textValue(),
                        Segment.valueOf(json.get("buyer_segment").textValue()),
                        json.get("paid_at").longValue(),
                        json.get("ship_by").longValue(),
                        json.get("lead_days").intValue(),
                        json.hasNonNull("cancelled_by")
                                ? OrderEvent.CancelledBy.valueOf(
                                        json.get("cancelled_by").textValue())
                                : null,
                        List.of());
            case "returns" ->
                new ReturnEvent(
                        json.get("event_id").textValue(),
                        json.get("return_id").textValue(),
                        json.get("order_id").textValue(),
                        ReturnEvent.Stage.valueOf(json.get("stage").textValue()),
                        json.get("event_time").longValue(),
                        ReturnEvent.Reason.valueOf(json.get("reason").textValue()),
                        json.hasNonNull("liable")
                                ? ReturnEvent.Liable.valueOf(json.get("liable").textValue())
                                : null);
            default ->
                new ReviewEvent(
                        json.get("event_id").textValue(),
                        json.get("review_id").textValue(),
                        json.get("order_id").textValue(),
                        ReviewEvent.Stage.valueOf(json.get("stage").textValue()),
                        json.get("event_time").longValue(),
                        json.get("stars").intValue(),
                        topics(json.get("topics")));
        };
    }

    private static Set<ReviewEvent.Topic> topics(JsonNode json) {
        Set<ReviewEvent.Topic> topics = new HashSet<>();
        json.forEach(topic -> topics.add(ReviewEvent.Topic.valueOf(topic.textValue())));
        return topics;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text(String file) {
        try (InputStream bytes = QualityCase.class.getResourceAsStream(folder + file);
                InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
