package io.touchstone.desk.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.desk.report.Picture.Alert;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.Standing;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How numbers and symbols are said to people. */
final class Words {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private Words() {}

    /** The class that an alert's cause stands for; null for none. */
    static DefectClass defectClass(String cause) {
        if (cause == null) {
            return null;
        }
        return switch (cause) {
            case "QUALITY", "DISPERSION", "DISPARITY" -> DefectClass.QUALITY;
            case "NEGATIVE_REVIEW" -> DefectClass.NEGATIVE_REVIEW;
            case "FULFILMENT" -> DefectClass.FULFILMENT;
            case "AFTER_SALES" -> DefectClass.AFTER_SALES;
            default -> null;
        };
    }

    /** What went wrong in a class, as the beginning of a sentence. */
    static String trouble(DefectClass defectClass) {
        return switch (defectClass) {
            case QUALITY -> "Bad goods";
            case NEGATIVE_REVIEW -> "Bad reviews";
            case FULFILMENT -> "Late or cancelled orders";
            case AFTER_SALES -> "Returns unanswered or lost";
        };
    }

    static String name(DefectClass defectClass) {
        return switch (defectClass) {
            case QUALITY -> "Quality";
            case NEGATIVE_REVIEW -> "Reviews";
            case FULFILMENT -> "Fulfilment";
            case AFTER_SALES -> "After-sales";
        };
    }

    static String segment(String segment) {
        return switch (segment) {
            case "WHOLESALER" -> "wholesalers";
            case "SMALL_BUSINESS" -> "small businesses";
            case "CONSUMER" -> "consumers";
            case "PLUS_MEMBER" -> "PLUS members";
            default -> segment;
        };
    }

    static String kind(Alert alert) {
        return switch (alert.kind()) {
            case "DEMOTION" ->
                switch (alert.status()) {
                    case "OPENED" -> "On probation";
                    case "ESCALATED" -> "Demoted";
                    case "RECOVERING" -> "On trial";
                    case "RESOLVED" -> "In good standing again";
                    default -> "Demotion";
                };
            case "UNSTABLE_QUALITY" -> "Unstable quality";
            case "COHORT_DISPARITY" -> "Worse for one segment";
            case "PRICE_BREACH" -> "Price above floor";
            default -> alert.kind();
        };
    }

    /** A mark beside the colour. */
    static String mark(Standing standing) {
        return switch (standing) {
            case DEMOTED -> "✖";
            case PROBATION -> "▲";
            case TRIAL -> "↻";
            case WATCH -> "◆";
            case GOOD -> "✔";
            case UNRATED -> "○";
        };
    }

    /** Why a quality alert was raised, in a sentence, from its evidence. */
    static String why(Alert alert) {
        JsonNode evidence = alert.evidence();
        String cause = alert.cause() == null ? "" : alert.cause();
        if (cause.equals("DISPARITY")) {
            for (JsonNode segment : evidence.path("segments")) {
                String name = segment.path("segment").asText();
                boolean own = alert.kind().equals("COHORT_DISPARITY")
                        ? alert.subject().endsWith('/' + name)
                        : segment.path("disparity").asBoolean();
                if (own) {
                    long x = segment.path("x").asLong();
                    long n = segment.path("n").asLong();
                    long othersX = sum(evidence, "x") - x;
                    long othersN = sum(evidence, "n") - n;
                    return "Worse goods for " + segment(name) + ": " + percent(x, n) + " defective, "
                            + percent(othersX, othersN) + " for all others";
                }
            }
            return "Worse goods for one segment of buyers";
        }
        if (cause.equals("DISPERSION")) {
            double worst = 0;
            String week = "";
            for (JsonNode tally : evidence.path("dispersion").path("weeks")) {
                long n = tally.path("n").asLong();
                long x = tally.path("x").asLong();
                if (n > 0 && (double) x / n > worst) {
                    worst = (double) x / n;
                    week = ": " + x + " of " + number(n) + " defective in the worst week";
                }
            }
            return "Quality swings from week to week" + week;
        }
        DefectClass defectClass = defectClass(cause);
        for (JsonNode found : evidence.path("classes")) {
            if (defectClass != null && found.path("class").asText().equals(defectClass.name())) {
                return trouble(defectClass) + ": " + number(found.path("x").asLong()) + " of "
                        + number(Math.round(found.path("e_milli").asLong() / 1000.0)) + " effective orders ("
                        + (found.path("rate").isNumber()
                                ? percent(found.path("rate").asDouble())
                                : "no rate")
                        + ", standard " + percent(found.path("standard_bp").asLong() / 10_000.0) + ")";
            }
        }
        return defectClass == null ? kind(alert) : trouble(defectClass);
    }

    private static long sum(JsonNode evidence, String field) {
        long sum = 0;
        for (JsonNode segment : evidence.path("segments")) {
            sum += segment.path(field).asLong();
        }
        return sum;
    }

    /** What ends an open alert; empty if the evidence does not say. {@code today}: of the newest evaluation; null if there is none. */
    static String clears(Alert alert, LocalDate today, ZoneId zone) {
        JsonNode clears = alert.evidence().path("clears_when");
        if (clears.path("quiet_evaluations").isNumber()) {
            return plural(clears.path("quiet_evaluations").asLong(), "evaluation") + " in a row without the signal";
        }
        if (clears.path("conforming_orders").isNumber()) {
            return plural(clears.path("conforming_orders").asLong(), "order")
                    + " at the floor in a row, or none above it until "
                    + date(clears.path("or_quiet_until").asLong(), zone);
        }
        if (!clears.path("largest_x").isNumber()) {
            return "";
        }
        long clean = clears.path("or_clean_effective_orders").asLong();
        String enough = defectClass(alert.cause()).name().equals(alert.cause())
                ? "At most " + number(clears.path("largest_x").asLong()) + " defective"
                        + (clean == 0 ? "" : ", or " + number(clean) + " more clean orders") + ", end the warning"
                : "Every class at its standard and no " + alert.cause() + " for 7 evaluations in a row";
        String notBefore = clears.path("not_before").asText("");
        if (notBefore.isEmpty()) {
            return enough;
        }
        String next = alert.status().equals("ESCALATED") ? "on trial" : "good";
        return enough + "; " + next
                + (today == null || today.isBefore(LocalDate.parse(notBefore))
                        ? " on " + notBefore + " at the earliest"
                        : " possible since " + notBefore);
    }

    static String percent(double rate) {
        return String.format(Locale.ROOT, rate != 0 && rate < 0.001 ? "%.2f %%" : "%.1f %%", rate * 100)
                .replace(' ', '\u00a0');
    }

    static String percent(long x, long n) {
        return n == 0 ? "none" : percent((double) x / n);
    }

    static String decimal(Double value) {
        return value == null ? "–" : value.isInfinite() ? "∞" : String.format(Locale.ROOT, "%.1f", value);
    }

    static String two(Double value) {
        return value == null ? "–" : value.isInfinite() ? "∞" : String.format(Locale.ROOT, "%.2f", value);
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** "1 order", "2 orders". */
    static String plural(long count, String noun) {
        String many = noun.endsWith("ry") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
        return number(count) + ' ' + (count == 1 ? noun : many);
    }

    /** Millionths of the currency unit. */
    static String money(long micros) {
        BigDecimal amount = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
        return (amount.scale() < 2 ? amount.setScale(2) : amount).toPlainString();
    }

    static String date(long instant, ZoneId zone) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(instant), zone).toString();
    }

    static String time(long instant, ZoneId zone) {
        return TIME.format(Instant.ofEpochMilli(instant).atZone(zone));
    }

    /** "today", "12 days". */
    static String age(long since, long until, ZoneId zone) {
        long days = ChronoUnit.DAYS.between(
                LocalDate.ofInstant(Instant.ofEpochMilli(since), zone),
                LocalDate.ofInstant(Instant.ofEpochMilli(until), zone));
        return days <= 0 ? "today" : plural(days, "day");
    }
}
