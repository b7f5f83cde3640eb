package io.touchstone.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.market.Channel;
import io.touchstone.price.BreachingOrder;
import io.touchstone.price.Floor;
import io.touchstone.price.PriceAlert;
import io.touchstone.price.PriceKey;
import io.touchstone.quality.ClassFinding;
import io.touchstone.quality.ClearsWhen;
import io.touchstone.quality.Disparity;
import io.touchstone.quality.Evidence;
import io.touchstone.quality.QualityAlert;
import io.touchstone.quality.Summary;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A revision of an alert as its readers get it, whatever its kind; {@code schemas/json/alert.schema.json} describes it.
 *
 * @param evidence a JSON object
 * @param cause null for PRICE_BREACH
 * @param closedAt null while open
 */
public record AlertMessage(
        String summary,
        String summaryZh,
        String alertId,
        int revision,
        String kind,
        AlertStatus status,
        Severity severity,
        String subject,
        String factoryId,
        String cause,
        long at,
        long openedAt,
        Long closedAt,
        String policyVersion,
        String evidence) {
    private static final Pattern STEERING = Pattern.compile("[\\p{Cntrl}\\x{80}-\\x{9F}\\u2028\\u2029]");

    /** Of an alert that is closed. */
    private static final ClearsWhen NEVER = new ClearsWhen(null, null, null, null);

    /** A price alert in words, its evidence as JSON; {@code zone} is that of the business days. */
    public static AlertMessage of(PriceAlert alert, ZoneId zone) {
        return new AlertMessage(
                oneLine(english(alert, zone)),
                oneLine(chinese(alert, zone)),
                alert.alertId(),
                alert.revision(),
                PriceAlert.KIND,
                alert.status(),
                alert.severity(),
                alert.subject(),
                alert.factoryId(),
                null,
                alert.at(),
                alert.openedAt(),
                alert.status().closed() ? alert.at() : null,
                alert.policyVersion(),
                evidence(alert).toString());
    }

    /** A quality alert in words, its evidence as JSON; {@code zone} is that of the business days. */
    public static AlertMessage of(QualityAlert alert, ZoneId zone) {
        return new AlertMessage(
                oneLine(Summary.english(alert, zone)),
                oneLine(Summary.chinese(alert, zone)),
                alert.alertId(),
                alert.revision(),
                alert.kind().name(),
                alert.status(),
                alert.severity(),
                alert.subject(),
                alert.factoryId(),
                alert.cause() == null ? null : alert.cause().name(),
                alert.at(),
                alert.openedAt(),
                alert.closedAt(),
                alert.policyVersion(),
                evidence(alert).toString());
    }

    private static ObjectNode evidence(QualityAlert alert) {
        Evidence found = alert.evidence();
        ObjectNode evidence = JsonNodeFactory.instance.objectNode();
        evidence.put("policy_version", alert.policyVersion());
        evidence.put("day", day(found.day()));
        evidence.put("from_standing", found.fromStanding().name());
        evidence.put("to_standing", found.toStanding().name());
        ArrayNode classes = evidence.putArray("classes");
        for (ClassFinding finding : found.classes()) {
            classes.addObject()
                    .put("class", finding.defectClass().name())
                    .put("x", finding.x())
                    .put("e_milli", finding.eMilli())
                    .put("n", finding.n())
                    .put("rate", finding.rate())
                    .put("standard_bp", finding.standardBp())
                    .put("buyers", finding.buyers())
                    .put(
                            "signal",
                            finding.signal() == null ? null : finding.signal().name())
                    .put("cusum", finding.cusum())
                    .put("drift", finding.drift());
        }
        if (found.segments() != null) {
            ArrayNode segments = evidence.putArray("segments");
            for (Disparity segment : found.segments()) {
                segments.addObject()
                        .put("segment", segment.segment().name())
                        .put("x", segment.x())
                        .put("n", segment.n())
                        .put("z", segment.z())
                        .put("disparity", segment.fires())
                        // JSON has no infinity; the tables' word for it stands as text.
                        .set("rr", number(segment.rr()));
            }
        }
        if (found.dispersion() != null) {
            ArrayNode weeks = evidence.putObject("dispersion")
                    .put("chi_square", found.dispersion().chiSquare())
                    .put("weeks_kept", found.dispersion().kept())
                    .putArray("weeks");
            found.dispersion()
                    .weeks()
                    .forEach(week -> weeks.addObject().put("x", week.x()).put("n", week.n()));
        }
        ArrayNode orders = evidence.putArray("order_list");
        found.orders().forEach(orders::add);
        ClearsWhen clears = found.clearsWhen() == null ? NEVER : found.clearsWhen();
        evidence.putObject("clears_when")
                .put("largest_x", clears.largestX())
                .put("or_clean_effective_orders", clears.cleanOrders())
                .put("quiet_evaluations", clears.quietEvaluations())
                .put("not_before", clears.notBefore() == null ? null : day(clears.notBefore()));
        return evidence;
    }

    private static String day(int epochDay) {
        return LocalDate.ofEpochDay(epochDay).toString();
    }

    private static JsonNode number(Double value) {
        return value == null
                ? JsonNodeFactory.instance.nullNode()
                : value.isInfinite()
                        ? JsonNodeFactory.instance.textNode("Infinity")
                        : JsonNodeFactory.instance.numberNode(value);
    }

    private static ObjectNode evidence(PriceAlert alert) {
        PriceKey key = PriceKey.parse(alert.subject());
        ObjectNode evidence = JsonNodeFactory.instance.objectNode();
        evidence.put("max_excess_bp", alert.maxExcessBp());
        evidence.put("orders", alert.orders());
        evidence.put("buyers", alert.buyers());
        evidence.put("sku_id", key.skuId());
        evidence.put("channel", key.channel().name());
        evidence.put("currency", key.currency());
        evidence.put("policy_version", alert.policyVersion());
        evidence.set("newest", order(alert.listed().get(0)));
        evidence.putArray("order_list")
                .addAll(alert.listed().stream().map(AlertMessage::order).toList());
        ObjectNode clears = evidence.putObject("clears_when");
        if (alert.status().closed()) {
            clears.putNull("conforming_orders").putNull("or_quiet_until");
        } else {
            clears.put("conforming_orders", alert.conformingLeft()).put("or_quiet_until", alert.expiresAt());
        }
        return evidence;
    }

    private static ObjectNode order(BreachingOrder order) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("order_id", order.orderId())
                .put("buyer_id", order.buyerId())
                .put("paid_at", order.paidAt())
                .put("quantity", order.quantity())
                .put("tier", order.tier())
                .put("price_micros", order.priceMicros())
                .put("floor_micros", order.floorMicros())
                .put("floor_status", order.floorStatus().name())
                .put("floor_buyers", order.buyers())
                .put("excess_bp", order.excessBp());
    }

    private static String english(PriceAlert alert, ZoneId zone) {
        PriceKey key = PriceKey.parse(alert.subject());
        BreachingOrder newest = alert.listed().get(0);
        String state = switch (alert.status()) {
            case OPENED -> "price above its 30-day floor";
            case ESCALATED -> "price still above its 30-day floor";
            case RESOLVED -> "price is back at its floor, or nobody paid more for 7 days";
            case RECOVERING, EXPIRED -> throw new IllegalArgumentException("no price alert is " + alert.status());
        };
        return String.format(
                Locale.ROOT,
                "%s %s: factory %s, sku %s (%s): %s %s paid for %d pcs, floor %s (%s, tier %d+), up to %s %% above; "
                        + "%d order(s), %d buyer(s) since %s",
                alert.status(),
                state,
                alert.factoryId(),
                key.skuId(),
                key.channel(),
                key.currency(),
                money(newest.priceMicros()),
                newest.quantity(),
                money(newest.floorMicros()),
                newest.floorStatus(),
                newest.tier(),
                percent(alert.maxExcessBp()),
                alert.orders(),
                alert.buyers(),
                local(alert.openedAt(), zone));
    }

    private static String chinese(PriceAlert alert, ZoneId zone) {
        PriceKey key = PriceKey.parse(alert.subject());
        BreachingOrder newest = alert.listed().get(0);
        String state = switch (alert.status()) {
            case OPENED -> "成交价高于30天底价";
            case ESCALATED -> "成交价持续高于30天底价";
            case RESOLVED -> "成交价已回到底价，或七天内无人高价成交";
            case RECOVERING, EXPIRED -> throw new IllegalArgumentException("no price alert is " + alert.status());
        };
        return String.format(
                Locale.ROOT,
                "【%s】%s：工厂 %s，商品 %s（%s）：%d 件成交价 %s %s，底价 %s（%s，%d 件起），最多高出 %s%%；自 %s 起 %d 单、%d 位买家",
                alert.status().inChinese(),
                state,
                alert.factoryId(),
                key.skuId(),
                inChinese(key.channel()),
                newest.quantity(),
                key.currency(),
                money(newest.priceMicros()),
                money(newest.floorMicros()),
                inChinese(newest.floorStatus()),
                newest.tier(),
                percent(alert.maxExcessBp()),
                local(alert.openedAt(), zone),
                alert.orders(),
                alert.buyers());
    }

    private static String inChinese(Channel channel) {
        return switch (channel) {
            case WHOLESALE -> "批发";
            case DROPSHIP -> "一件代发";
            case MEMBER -> "会员";
        };
    }

    private static String inChinese(Floor.Status status) {
        return switch (status) {
            case CURRENT -> "现行";
            case CARRIED -> "沿用";
            case THIN, NONE -> throw new IllegalArgumentException("no price breaches a floor that is " + status);
        };
    }

    /** Ids may hold anything: here nothing that breaks the line or steers a terminal. */
    public static String oneLine(String text) {
        return STEERING.matcher(text).replaceAll(" ");
    }

    /** Millionths of the currency unit as a plain decimal, with two digits at least. */
    static String money(long micros) {
        BigDecimal amount = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
        return (amount.scale() < 2 ? amount.setScale(2) : amount).toPlainString();
    }

    private static String percent(long bp) {
        return BigDecimal.valueOf(bp, 2).toPlainString();
    }

    private static String local(long instant, ZoneId zone) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                .format(Instant.ofEpochMilli(instant).atZone(zone));
    }
}
