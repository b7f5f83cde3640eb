package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.DeadLetter.Reason;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.policy.Policy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From records to facts: every rule for bad input, on both sides of its edge, and the order of the reasons. */
class FactsTest {
    private static final Instant PAID_AT = Samples.PAID_AT;
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2099-12-31T23:59:59.999Z");
    private static final Duration MS = Duration.ofMillis(1);
    private static final Origin NOWHERE = new Origin("t", 0, 0, new byte[0]);

    private static void isRefused(ThrowingCallable reading, Reason reason, String detail) {
        assertThatThrownBy(reading).as(detail).isInstanceOfSatisfying(Refusal.class, refusal -> {
            DeadLetter letter = refusal.letter(NOWHERE);
            assertThat(letter.reason()).as(detail).isEqualTo(reason);
            assertThat(letter.detail()).isEqualTo(detail);
        });
    }

    private static void invalid(String field, Consumer<Order> change) {
        Order order = Samples.order();
        change.accept(order);
        isRefused(() -> Facts.of(order), Reason.INVALID, field);
    }

    private static void sound(Consumer<Order> change) {
        Order order = Samples.order();
        change.accept(order);
        assertThatCode(() -> Facts.of(order)).doesNotThrowAnyException();
    }

    private static Consumer<Order> line(Consumer<OrderLine> change) {
        return order -> change.accept(order.getLines().get(1));
    }

    @Test
    void keepsEveryFieldOfAnOrder() throws Refusal {
        OrderEvent order = Facts.of(Samples.cancelled());
        assertThat(order)
                .isEqualTo(new OrderEvent(
                        "e-1",
                        "o-1",
                        OrderEvent.Status.CANCELLED,
                        PAID_AT.plus(Duration.ofDays(1)).toEpochMilli(),
                        OrderEvent.Type.REGULAR,
                        "F-1",
                        "socks",
                        "诸暨",
                        "b-1",
                        io.touchstone.market.Segment.WHOLESALER,
                        PAID_AT.toEpochMilli(),
                        PAID_AT.plus(Duration.ofDays(2)).toEpochMilli(),
                        3,
                        OrderEvent.CancelledBy.FACTORY,
                        List.of(
                                new OrderEvent.Line(
                                        "1", "袜子/socks", 12, 1_250_000, "CNY", io.touchstone.market.Channel.WHOLESALE),
                                new OrderEvent.Line(
                                        "2",
                                        "袜子/socks",
                                        12,
                                        1_250_000,
                                        "CNY",
                                        io.touchstone.market.Channel.WHOLESALE))));
    }

    @Test
    void keepsEveryFieldOfReturnsAndReviewsButTheText() throws Refusal {
        assertThat(Facts.of(Samples.orderReturn()))
                .isEqualTo(new ReturnEvent(
                        "e-2",
                        "r-1",
                        "o-1",
                        ReturnEvent.Stage.JUDGED,
                        PAID_AT.toEpochMilli(),
                        ReturnEvent.Reason.NOT_AS_DESCRIBED,
                        ReturnEvent.Liable.FACTORY));
        assertThat(Facts.of(Samples.review()))
                .isEqualTo(new ReviewEvent(
                        "e-3",
                        "v-1",
                        "o-1",
                        ReviewEvent.Stage.POSTED,
                        PAID_AT.toEpochMilli(),
                        2,
                        java.util.Set.of(ReviewEvent.Topic.PRODUCT, ReviewEvent.Topic.UNREACHABLE)));
    }

    @Test
    void knowsEverySymbolOfTheSchemas() {
        assertThat(names(OrderEvent.Status.values())).isEqualTo(known(OrderStatus.values()));
        assertThat(names(OrderEvent.Type.values())).isEqualTo(known(OrderType.values()));
        assertThat(names(OrderEvent.CancelledBy.values())).isEqualTo(known(CancelledBy.values()));
        assertThat(names(io.touchstone.market.Segment.values())).isEqualTo(known(BuyerSegment.values()));
        assertThat(names(io.touchstone.market.Channel.values())).isEqualTo(known(Channel.values()));
        assertThat(names(ReturnEvent.Stage.values())).isEqualTo(known(ReturnStage.values()));
        assertThat(names(ReturnEvent.Reason.values())).isEqualTo(known(ReturnReason.values()));
        assertThat(names(ReturnEvent.Liable.values())).isEqualTo(known(Liable.values()));
        assertThat(names(ReviewEvent.Stage.values())).isEqualTo(known(ReviewStage.values()));
        assertThat(names(ReviewEvent.Topic.values())).isEqualTo(known(ReviewTopic.values()));
    }

    private static List<String> names(Enum<?>... symbols) {
        return List.of(symbols).stream().map(Enum::name).toList();
    }

    private static List<String> known(Enum<?>... symbols) {
        List<String> names = names(symbols);
        assertThat(names).last().isEqualTo("UNKNOWN");
        return names.subList(0, names.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"quantity, 1000000000", "unit_price_micros, 1000000000000"})
    void keepsQuantitiesAndPricesToTheirRange(String field, long largest) {
        BiConsumer<OrderLine, Long> set =
                field.equals("quantity") ? OrderLine::setQuantity : OrderLine::setUnitPriceMicros;
        for (long good : new long[] {1, largest}) {
            sound(line(line -> set.accept(line, good)));
        }
        for (long bad : new long[] {0, -1, largest + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            invalid("lines[1]." + field, line(line -> set.accept(line, bad)));
        }
    }

    @Test
    void keepsLeadDaysToTheirRange() {
        for (int good : new int[] {0, 365}) {
            sound(order -> order.setLeadDays(good));
        }
        for (int bad : new int[] {-1, 366, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            invalid("lead_days", order -> order.setLeadDays(bad));
        }
    }

    @Test
    void keepsStarsToTheirRange() {
        for (int good : new int[] {1, 5}) {
            Review review = Samples.review();
            review.setStars(good);
            assertThatCode(() -> Facts.of(review)).doesNotThrowAnyException();
        }
        for (int bad : new int[] {0, 6, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Review review = Samples.review();
            review.setStars(bad);
            isRefused(() -> Facts.of(review), Reason.INVALID, "stars");
        }
    }

    @Test
    void refusesSymbolsThatTheSchemaDoesNotKnow() {
        invalid("status", order -> order.setStatus(OrderStatus.UNKNOWN));
        invalid("type", order -> order.setType(OrderType.UNKNOWN));
        invalid("buyer_segment", order -> order.setBuyerSegment(BuyerSegment.UNKNOWN));
        invalid("cancelled_by", order -> order.setCancelledBy(CancelledBy.UNKNOWN));
        invalid("lines[1].channel", line(line -> line.setChannel(Channel.UNKNOWN)));
        invalidReturn("stage", event -> event.setStage(ReturnStage.UNKNOWN));
        invalidReturn("reason", event -> event.setReason(ReturnReason.UNKNOWN));
        invalidReturn("liable", event -> event.setLiable(Liable.UNKNOWN));
        invalidReview("stage", event -> event.setStage(ReviewStage.UNKNOWN));
        invalidReview("topics", event -> event.getTopics().add(ReviewTopic.UNKNOWN));
    }

    private static void invalidReturn(String field, Consumer<OrderReturn> change) {
        OrderReturn event = Samples.orderReturn();
        change.accept(event);
        isRefused(() -> Facts.of(event), Reason.INVALID, field);
    }

    private static void invalidReview(String field, Consumer<Review> change) {
        Review event = Samples.review();
        change.accept(event);
        isRefused(() -> Facts.of(event), Reason.INVALID, field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "单", "\uD83D\uDE00", "\n", "\u0000"})
    void countsIdsInCodePoints(String character) {
        Map<String, BiConsumer<Order, String>> ids = Map.of(
                "event_id", Order::setEventId,
                "order_id", Order::setOrderId,
                "factory_id", Order::setFactoryId,
                "category_id", Order::setCategoryId,
                "belt_id", Order::setBeltId,
                "buyer_id", Order::setBuyerId,
                "lines[1].line_id", (order, id) -> order.getLines().get(1).setLineId(id),
                "lines[1].sku_id", (order, id) -> order.getLines().get(1).setSkuId(id));
        String longest = character.repeat(256);
        String tooLong = character.repeat(257);
        ids.forEach((field, set) -> {
            sound(order -> set.accept(order, character));
            sound(order -> set.accept(order, longest));
            invalid(field, order -> set.accept(order, tooLong));
            invalid(field, order -> set.accept(order, ""));
        });
        invalidReturn("return_id", event -> event.setReturnId(tooLong));
        invalidReturn("event_id", event -> event.setEventId(tooLong));
        invalidReturn("order_id", event -> event.setOrderId(""));
        invalidReview("review_id", event -> event.setReviewId(tooLong));
        invalidReview("event_id", event -> event.setEventId(""));
        invalidReview("order_id", event -> event.setOrderId(tooLong));
    }

    @Test
    void aCurrencyIsThreeCapitalLetters() {
        for (String good : List.of("CNY", "USD", "AAA", "ZZZ")) {
            sound(line(line -> line.setCurrency(good)));
        }
        for (String bad : List.of("", "CN", "CNYY", "cny", "CNy", "C1Y", "C Y", "ÄÖÜ", "ＣＮＹ", "@AZ", "AZ[", "CNY\n")) {
            invalid("lines[1].currency", line(line -> line.setCurrency(bad)));
        }
    }

    @Test
    void anOrderHasLinesAndEachItsOwnId() {
        invalid("lines", order -> order.getLines().clear());
        sound(order -> order.getLines().remove(1));
        invalid("lines[1].line_id", line(line -> line.setLineId("1")));
        invalid("lines[2].line_id", order -> order.getLines().add(Samples.line("1")));
        sound(line(line -> line.setLineId("1 ")));
    }

    @Test
    void timesLieInTheCenturyOfTheContract() {
        sound(order -> times(order, FIRST, FIRST, FIRST));
        sound(order -> times(order, LAST, LAST, LAST));
        invalid("paid_at", order -> times(order, FIRST.minus(MS), FIRST, FIRST));
        invalid("event_time", order -> times(order, LAST, LAST.plus(MS), LAST));
        invalid("event_time", order -> times(order, FIRST.minus(MS), FIRST.minus(MS), FIRST));
        invalid("ship_by", order -> times(order, LAST, LAST, LAST.plus(MS)));
        invalid("ship_by", order -> order.setShipBy(Instant.ofEpochMilli(Long.MAX_VALUE)));
        invalid("event_time", order -> order.setEventTime(Instant.ofEpochMilli(Long.MIN_VALUE)));
        invalidReturn("event_time", event -> event.setEventTime(FIRST.minus(MS)));
        invalidReturn("event_time", event -> event.setEventTime(LAST.plus(MS)));
        invalidReview("event_time", event -> event.setEventTime(FIRST.minus(MS)));
        invalidReview("event_time", event -> event.setEventTime(LAST.plus(MS)));
    }

    private static void times(Order order, Instant paidAt, Instant eventTime, Instant shipBy) {
        order.setPaidAt(paidAt);
        order.setEventTime(eventTime);
        order.setShipBy(shipBy);
    }

    @Test
    void nothingHappensBeforeThePayment() {
        sound(order -> order.setEventTime(PAID_AT));
        invalid("paid_at", order -> order.setEventTime(PAID_AT.minus(MS)));
        sound(order -> order.setShipBy(PAID_AT));
        invalid("ship_by", order -> order.setShipBy(PAID_AT.minus(MS)));
    }

    @Test
    void aPaymentHappensWhenItIsPaid() {
        sound(order -> {
            order.setStatus(OrderStatus.PAID);
            order.setEventTime(PAID_AT);
        });
        invalid("event_time", order -> {
            order.setStatus(OrderStatus.PAID);
            order.setEventTime(PAID_AT.plus(MS));
        });
    }

    @Test
    void aCancellationNamesWhoCancelled() {
        invalid("cancelled_by", order -> order.setStatus(OrderStatus.CANCELLED));
        for (CancelledBy by : List.of(CancelledBy.BUYER, CancelledBy.FACTORY, CancelledBy.PLATFORM)) {
            sound(order -> {
                order.setStatus(OrderStatus.CANCELLED);
                order.setCancelledBy(by);
            });
            sound(order -> order.setCancelledBy(by));
        }
    }

    @Test
    void aJudgementNamesWhoIsLiable() throws Refusal {
        invalidReturn("liable", event -> event.setLiable(null));
        OrderReturn opened = Samples.orderReturn();
        opened.setStage(ReturnStage.OPENED);
        opened.setLiable(null);
        assertThat(Facts.of(opened).liable()).isNull();
    }

    // ---- JSON lines: undecodable by strict type

    private static final JsonMapper JSON = new JsonMapper();

    private static ObjectNode order() {
        ObjectNode json = JSON.createObjectNode()
                .put("event_id", "e-1")
                .put("order_id", "o-1")
                .put("status", "SHIPPED")
                .put("event_time", PAID_AT.plus(Duration.ofDays(1)).toEpochMilli())
                .put("type", "REGULAR")
                .put("factory_id", "F-1")
                .put("category_id", "socks")
                .put("belt_id", "诸暨")
                .put("buyer_id", "b-1")
                .put("buyer_segment", "WHOLESALER")
                .put("paid_at", PAID_AT.toEpochMilli())
                .put("ship_by", PAID_AT.plus(Duration.ofDays(2)).toEpochMilli())
                .put("lead_days", 3)
                .putNull("cancelled_by");
        ArrayNode lines = json.putArray("lines");
        for (String id : List.of("1", "2")) {
            lines.addObject()
                    .put("line_id", id)
                    .put("sku_id", "袜子/socks")
                    .put("quantity", 12)
                    .put("unit_price_micros", 1_250_000)
                    .put("currency", "CNY")
                    .put("channel", "WHOLESALE");
        }
        return json;
    }

    private static ObjectNode orderReturn() {
        return JSON.createObjectNode()
                .put("event_id", "e-2")
                .put("return_id", "r-1")
                .put("order_id", "o-1")
                .put("stage", "JUDGED")
                .put("event_time", PAID_AT.toEpochMilli())
                .put("reason", "NOT_AS_DESCRIBED")
                .put("liable", "FACTORY");
    }

    private static ObjectNode review() {
        ObjectNode json = JSON.createObjectNode()
                .put("event_id", "e-3")
                .put("review_id", "v-1")
                .put("order_id", "o-1")
                .put("stage", "POSTED")
                .put("event_time", PAID_AT.toEpochMilli())
                .put("stars", 2)
                .put("text", "破了 \uD83D\uDE21");
        json.putArray("topics").add("PRODUCT").add("UNREACHABLE");
        return json;
    }

    private interface Reader {
        Object read(byte[] line) throws Refusal;
    }

    /** A topic's lines: how one is read, and a sound one. */
    private record Topic(String name, Reader reader, ObjectNode sound) {
        @Override
        public String toString() {
            return name;
        }

        Object read(JsonNode json) throws Refusal {
            return reader.read(json.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    static List<Topic> topics() {
        return List.of(
                new Topic("orders", JsonEvents::order, order().put("cancelled_by", "BUYER")),
                new Topic("returns", JsonEvents::orderReturn, orderReturn()),
                new Topic("reviews", JsonEvents::review, review()));
    }

    @Test
    void aLineIsTheRecordOfTheSameFields() throws Refusal {
        assertThat(topics().get(0).read(order())).isEqualTo(Samples.order());
        assertThat(topics().get(1).read(orderReturn())).isEqualTo(Samples.orderReturn());
        assertThat(topics().get(2).read(review())).isEqualTo(Samples.review());
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyFieldHasItsTypeAndNoOther(Topic topic) {
        List<String> nullable = List.of("cancelled_by", "liable", "text");
        topic.sound.fieldNames().forEachRemaining(field -> {
            JsonNode value = topic.sound.get(field);
            ObjectNode absent = topic.sound.deepCopy();
            absent.remove(field);
            ObjectNode isNull = topic.sound.deepCopy().putNull(field);
            if (nullable.contains(field)) {
                assertThatCode(() -> topic.read(absent)).as(field).doesNotThrowAnyException();
                assertThatCode(() -> topic.read(isNull)).as(field).doesNotThrowAnyException();
            } else {
                isRefused(() -> topic.read(absent), Reason.UNDECODABLE, field);
                isRefused(() -> topic.read(isNull), Reason.UNDECODABLE, field);
            }
            for (JsonNode other : others(value)) {
                ObjectNode changed = topic.sound.deepCopy();
                changed.set(field, other);
                isRefused(() -> topic.read(changed), Reason.UNDECODABLE, field);
            }
        });
    }

    @Test
    void everyFieldOfALineHasItsTypeAndNoOther() {
        Topic orders = topics().get(0);
        order().get("lines").get(1).fieldNames().forEachRemaining(field -> {
            for (JsonNode other : others(order().get("lines").get(1).get(field))) {
                ObjectNode changed = order();
                ((ObjectNode) changed.get("lines").get(1)).set(field, other);
                isRefused(() -> orders.read(changed), Reason.UNDECODABLE, "lines[1]." + field);
            }
            ObjectNode absent = order();
            ((ObjectNode) absent.get("lines").get(1)).remove(field);
            isRefused(() -> orders.read(absent), Reason.UNDECODABLE, "lines[1]." + field);
            ObjectNode isNull = order();
            ((ObjectNode) isNull.get("lines").get(1)).putNull(field);
            isRefused(() -> orders.read(isNull), Reason.UNDECODABLE, "lines[1]." + field);
        });
        ObjectNode noObject = order();
        ((ArrayNode) noObject.get("lines")).add("line");
        isRefused(() -> orders.read(noObject), Reason.UNDECODABLE, "lines[2]");
        ObjectNode nullLine = order();
        ((ArrayNode) nullLine.get("lines")).insertNull(0);
        isRefused(() -> orders.read(nullLine), Reason.UNDECODABLE, "lines[0]");
        ObjectNode noText = review();
        ((ArrayNode) noText.get("topics")).add(3);
        isRefused(() -> topics().get(2).read(noText), Reason.UNDECODABLE, "topics[2]");
    }

    /** Values that are not of the type of this one: "3" and 2.0 are no integers, nor is one beyond 64 bits. */
    private static List<JsonNode> others(JsonNode value) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        List<JsonNode> others =
                new ArrayList<>(List.of(make.booleanNode(true), make.objectNode(), make.numberNode(2.5)));
        if (!value.isTextual()) {
            others.add(make.textNode(value.asText()));
            others.add(make.textNode("3"));
        }
        if (!value.isArray()) {
            others.add(make.arrayNode());
        }
        if (value.isIntegralNumber()) {
            others.add(make.numberNode(2.0));
            others.add(make.numberNode(value.doubleValue()));
            others.add(make.numberNode(BigInteger.ONE.shiftLeft(63)));
            others.add(make.numberNode(BigInteger.ONE.shiftLeft(63).negate().subtract(BigInteger.ONE)));
        } else {
            others.add(make.numberNode(3));
        }
        return others;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "",
                "null",
                "[]",
                "3",
                "\"x\"",
                "{} {}",
                "{}}",
                "{'a': 1}",
                "{\"a\": NaN}",
                "{\"a\": 01}",
                "{\"a\": .5}",
                "{\"a\": \"\t\"}",
                "{\"a\": 1,}",
                "// no\n{}",
                "\uFEFF{}",
                "not json at all"
            })
    void aLineIsOneJsonObject(String text) {
        for (Topic topic : topics()) {
            isRefused(() -> topic.reader.read(text.getBytes(StandardCharsets.UTF_8)), Reason.UNDECODABLE, "json");
        }
    }

    @Test
    void aLineIsInUtf8() {
        String text = orderReturn().put("return_id", "r-ä").toString();
        Topic returns = topics().get(1);
        assertThatCode(() -> returns.reader.read(text.getBytes(StandardCharsets.UTF_8)))
                .doesNotThrowAnyException();
        for (var charset : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16, StandardCharsets.UTF_16LE)) {
            isRefused(() -> returns.reader.read(text.getBytes(charset)), Reason.UNDECODABLE, "json");
        }
    }

    @Test
    void endlessNestingIsUndecodable() {
        byte[] deep = ("{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        isRefused(() -> JsonEvents.order(deep), Reason.UNDECODABLE, "json");
    }

    @Test
    void unknownFieldsDoNoHarmAndUnknownSymbolsAreInvalid() throws Refusal {
        ObjectNode json = order().put("further", "x");
        assertThat(topics().get(0).read(json)).isEqualTo(Samples.order());
        for (String symbol : List.of("EXPRESS", "UNKNOWN", "shipped", "")) {
            isRefused(() -> Facts.of(JsonEvents.order(bytes(order().put("status", symbol)))), Reason.INVALID, "status");
        }
        isRefused(
                () -> Facts.of(JsonEvents.orderReturn(bytes(orderReturn().put("liable", "NOBODY")))),
                Reason.INVALID,
                "liable");
    }

    @Test
    void integersThatOnlyAvroCannotHoldAreInvalid() {
        for (long beyond : new long[] {1L << 32, (1L << 32) + 3, Long.MAX_VALUE, Long.MIN_VALUE, -(1L << 32) + 3}) {
            isRefused(
                    () -> Facts.of(JsonEvents.order(bytes(order().put("lead_days", beyond)))),
                    Reason.INVALID,
                    "lead_days");
            isRefused(() -> Facts.of(JsonEvents.review(bytes(review().put("stars", beyond)))), Reason.INVALID, "stars");
            isRefused(
                    () -> Facts.of(JsonEvents.order(bytes(order().put("event_time", beyond)))),
                    Reason.INVALID,
                    "event_time");
        }
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    // ---- the order of the reasons, and what is refused although it is sound

    private static final Policy POLICY = Policy.DEFAULT;
    private static final long RETENTION_DAYS = POLICY.quality().orderRetentionDays();
    private static final Admission ADMISSION = new Admission(POLICY);

    /** The first instant at which the sample order no longer matters. */
    private static Instant end(Order order) {
        LocalCalendar calendar = new LocalCalendar(POLICY.timeZone());
        int day = calendar.day(order.getPaidAt().toEpochMilli());
        return Instant.ofEpochMilli(calendar.midnight((int) (day + order.getLeadDays() + RETENTION_DAYS)));
    }

    private static OrderEvent fact(Order order, OrderStatus status, Instant eventTime) throws Refusal {
        order.setStatus(status);
        order.setCancelledBy(status == OrderStatus.CANCELLED ? CancelledBy.BUYER : null);
        order.setEventTime(eventTime);
        return Facts.of(order);
    }

    @Test
    void theRetentionIsCountedFromTheCohortDay() {
        assertThat(end(Samples.order())).isEqualTo(Instant.parse("2024-07-01T16:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHIPPED", "CANCELLED"})
    void anEventAtTheEndOfItsOrdersRetentionIsUnmatched(OrderStatus status) throws Refusal {
        Instant end = end(Samples.order());
        OrderEvent inTime = fact(Samples.order(), status, end.minus(MS));
        assertThatCode(() -> ADMISSION.check(inTime, Long.MAX_VALUE)).doesNotThrowAnyException();
        OrderEvent tooLate = fact(Samples.order(), status, end);
        isRefused(() -> ADMISSION.check(tooLate, Long.MAX_VALUE), Reason.UNMATCHED, "event_time");
    }

    @Test
    void aDeliveryIsNeverTooLateForItsOrder() throws Refusal {
        OrderEvent delivered = fact(Samples.order(), OrderStatus.DELIVERED, LAST);
        assertThatCode(() -> ADMISSION.check(delivered, Long.MAX_VALUE)).doesNotThrowAnyException();
    }

    @Test
    void retentionReachesBeyondTheCentury() throws Refusal {
        Order order = Samples.order();
        order.setLeadDays(365);
        times(order, LAST, LAST, LAST);
        OrderEvent last = Facts.of(order);
        assertThatCode(() -> ADMISSION.check(last, Long.MAX_VALUE)).doesNotThrowAnyException();
    }

    @Test
    void anEventFurtherAheadThanTheSkewIsFuture() throws Refusal {
        OrderEvent order = Facts.of(Samples.order());
        assertThatCode(() -> ADMISSION.check(order, order.eventTime())).doesNotThrowAnyException();
        isRefused(() -> ADMISSION.check(order, order.eventTime() - 1), Reason.FUTURE, "event_time");
        OrderEvent delivered = fact(Samples.order(), OrderStatus.DELIVERED, PAID_AT.plus(Duration.ofDays(1)));
        isRefused(() -> ADMISSION.check(delivered, delivered.eventTime() - 1), Reason.FUTURE, "event_time");
    }

    private static final Duration SKEW = Duration.ofMinutes(10);

    /** What a record of the topic becomes that was appended at an instant. */
    private static Arrival<OrderEvent> arrived(byte[] value, Instant appended, TimestampType type) {
        ArrivalDeserializer<OrderEvent> deserializer = ArrivalDeserializer.orders(POLICY, SKEW);
        deserializer.open(null);
        List<Arrival<OrderEvent>> out = new ArrayList<>();
        deserializer.deserialize(
                new ConsumerRecord<>(
                        "orders",
                        2,
                        77,
                        appended.toEpochMilli(),
                        type,
                        -1,
                        -1,
                        null,
                        value,
                        new RecordHeaders(),
                        Optional.empty()),
                new ListCollector<>(out));
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private static void becomes(Reason reason, String detail, byte[] value, Instant appended) {
        Arrival<OrderEvent> arrival = arrived(value, appended, TimestampType.LOG_APPEND_TIME);
        assertThat(arrival.event()).isNull();
        assertThat(arrival.letter().reason()).isEqualTo(reason);
        assertThat(arrival.letter().detail()).isEqualTo(detail);
        assertThat(arrival.origin())
                .isEqualTo(new Origin("orders", 2, 77, arrival.origin().value()));
        assertThat(arrival.letter().key()).isEqualTo("orders/2/77/" + reason);
    }

    private static byte[] written(Order order) {
        return AvroWire.orders().encode(order);
    }

    @Test
    void theFirstReasonThatAppliesIsTheReason() {
        Order order = Samples.order();
        order.setEventTime(end(order));
        Instant longAgo = order.getEventTime().minus(SKEW).minus(MS);
        Instant justNow = order.getEventTime().minus(SKEW);
        becomes(Reason.UNMATCHED, "event_time", written(order), justNow);
        becomes(Reason.FUTURE, "event_time", written(order), longAgo);
        order.setLeadDays(-1);
        becomes(Reason.INVALID, "lead_days", written(order), longAgo);
        byte[] bytes = written(order);
        bytes[0] = 0;
        becomes(Reason.UNDECODABLE, "not in Avro single-object encoding", bytes, longAgo);
        isRefused(
                () -> Facts.of(
                        JsonEvents.order(bytes(order().put("event_id", "").put("ship_by", "soon")))),
                Reason.UNDECODABLE,
                "ship_by");
        assertThat(Reason.values())
                .containsExactly(Reason.UNDECODABLE, Reason.INVALID, Reason.FUTURE, Reason.UNMATCHED, Reason.LATE);
    }

    @Test
    void aSoundRecordArrivesWithItsOrigin() throws Refusal {
        byte[] value = written(Samples.order());
        Arrival<OrderEvent> arrival =
                arrived(value, Samples.order().getEventTime().minus(SKEW), TimestampType.LOG_APPEND_TIME);
        assertThat(arrival.letter()).isNull();
        assertThat(arrival.event()).isEqualTo(Facts.of(Samples.order()));
        assertThat(arrival.origin()).isEqualTo(new Origin("orders", 2, 77, value));
    }

    @Test
    void aRecordWithoutAValueIsUndecodable() {
        becomes(Reason.UNDECODABLE, "not in Avro single-object encoding", null, PAID_AT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE_TIME", "NO_TIMESTAMP_TYPE"})
    void aTopicWithoutAppendTimesIsAnError(TimestampType type) {
        byte[] value = written(Samples.order());
        assertThatThrownBy(() -> arrived(value, PAID_AT, type))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("message.timestamp.type=LogAppendTime");
    }
}
