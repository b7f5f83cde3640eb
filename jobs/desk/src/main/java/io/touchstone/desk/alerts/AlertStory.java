package io.touchstone.desk.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.desk.alerts.AlertTables.BreachRow;
import io.touchstone.desk.alerts.AlertTables.Day;
import io.touchstone.desk.alerts.AlertTables.FloorChange;
import io.touchstone.io.AlertMessage;
import io.touchstone.price.PriceKey;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The whole story of an alert, from the tables: its revisions, its evidence, how the number behind it went, what clears it. */
final class AlertStory {

    /** What is shown of the days before an alert opened. */
    private static final int DAYS_BEFORE = 30;

    private static final int DAYS_AFTER = 7;

    private final AlertTables tables;
    private final AlertLine style;
    private final ZoneId zone;
    private final List<String> lines = new ArrayList<>();

    private AlertStory(AlertTables tables, AlertLine style) {
        this.tables = tables;
        this.style = style;
        zone = style.zone();
    }

    /**
     * The lines of the story.
     *
     * @param id an alert's id or its first digits
     * @param style how lines look
     * @throws UnknownAlert if there is no such alert, or more than one
     */
    static List<String> of(AlertTables tables, String id, AlertLine style) throws SQLException {
        List<AlertMessage> found = tables.beginningWith(id);
        if (found.size() == 1) {
            return new AlertStory(tables, style).tell(found.get(0));
        }
        List<AlertMessage> near = found.isEmpty() ? tables.like(id) : found;
        String problem = found.isEmpty() ? "there is no alert " + id : "more than one alert begins with " + id;
        throw new UnknownAlert(AlertMessage.oneLine(problem)
                + (near.isEmpty() ? "; table alert is empty" : (found.isEmpty() ? "; the nearest are\n" : ":\n"))
                + near.stream()
                        .map(alert -> "  " + alert.alertId() + "  " + alert.kind() + "  "
                                + AlertMessage.oneLine(alert.subject()) + "  since "
                                + When.local(alert.openedAt(), style.zone()))
                        .collect(Collectors.joining("\n")));
    }

    private List<String> tell(AlertMessage alert) throws SQLException {
        List<AlertMessage> revisions = tables.revisions(alert);
        JsonNode evidence = AlertJson.evidence(alert);
        head(alert);
        timeline(revisions);
        section("Evidence of revision " + alert.revision());
        boolean price = alert.kind().equals(Kind.PRICE_BREACH.name());
        if (price) {
            prices(evidence);
            plotPrices(alert, evidence);
        } else {
            quality(evidence);
            plotRates(alert);
        }
        section("What clears it");
        clears(alert, evidence.path("clears_when"), price).forEach(this::line);
        return lines;
    }

    private void line(String line) {
        lines.add("  " + line);
    }

    private void section(String title) {
        lines.add("");
        lines.add(style.bold(title));
    }

    private void head(AlertMessage alert) throws SQLException {
        lines.add(style.coloured(
                alert, alert.kind() + " " + alert.alertId() + ", " + alert.severity() + ", " + alert.status()));
        line("about    " + AlertMessage.oneLine(alert.subject()));
        List<String> standing = tables.standing(alert.factoryId());
        line("factory  " + AlertMessage.oneLine(alert.factoryId())
                + (standing.isEmpty()
                        ? ""
                        : ", " + standing.get(0)
                                + (standing.get(1).isEmpty()
                                        ? ""
                                        : ", belt " + AlertMessage.oneLine(standing.get(1)))));
        line("since    " + When.local(alert.openedAt(), zone)
                + (alert.closedAt() == null
                        ? ", open"
                        : ", until " + When.local(alert.closedAt(), zone) + " ("
                                + When.length(alert.closedAt() - alert.openedAt()) + ")"));
        line("policy   " + AlertMessage.oneLine(alert.policyVersion()) + "; times are of " + zone);
    }

    private void timeline(List<AlertMessage> revisions) {
        section("Timeline");
        for (AlertMessage revision : revisions) {
            line(style.coloured(
                            revision,
                            String.format(
                                    Locale.ROOT,
                                    "r%-3d %s  %-10s  %-8s  ",
                                    revision.revision(),
                                    When.local(revision.at(), zone),
                                    revision.status(),
                                    revision.severity()))
                    + AlertMessage.oneLine(revision.summary()));
        }
    }

    private void prices(JsonNode evidence) {
        String currency = evidence.path("currency").asText();
        line(String.format(
                Locale.ROOT,
                "up to %s above the floor; %d order(s), %d buyer(s) of those listed",
                percent(evidence.path("max_excess_bp").asLong()),
                evidence.path("orders").asLong(),
                evidence.path("buyers").asLong()));
        TextTable table = new TextTable(
                "PAID", "ORDER", "BUYER", "PIECES", "TIER", "PRICE " + currency, "FLOOR", "STATUS", "EXCESS");
        for (JsonNode order : evidence.path("order_list")) {
            table.row(
                    When.local(order.path("paid_at").asLong(), zone),
                    order.path("order_id").asText(),
                    order.path("buyer_id").asText(),
                    order.path("quantity").asLong(),
                    order.path("tier").asLong() + "+",
                    money(order.path("price_micros").asLong()),
                    money(order.path("floor_micros").asLong()),
                    order.path("floor_status").asText(),
                    percent(order.path("excess_bp").asLong()));
        }
        table.lines().forEach(this::line);
    }

    private void quality(JsonNode evidence) {
        line("evaluated for " + evidence.path("day").asText() + ", "
                + evidence.path("from_standing").asText() + " to "
                + evidence.path("to_standing").asText());
        TextTable classes =
                new TextTable("CLASS", "DEFECTIVE", "EFFECTIVE ORDERS", "RATE", "STANDARD", "BUYERS", "SIGNAL");
        for (JsonNode one : evidence.path("classes")) {
            classes.row(
                    one.path("class").asText(),
                    one.path("x").asLong(),
                    decimal(one.path("e_milli").asLong() / 1000.0, 1),
                    one.path("rate").isNumber() ? decimal(one.path("rate").asDouble() * 100, 2) + " %" : "",
                    percent(one.path("standard_bp").asLong()),
                    one.path("buyers").asLong(),
                    (one.path("signal").isTextual() ? one.path("signal").asText() : "")
                            + (one.path("drift").asBoolean() ? " DRIFT" : ""));
        }
        table(classes);
        TextTable segments = new TextTable("SEGMENT", "DEFECTIVE", "BUYER-DAYS", "Z", "RISK RATIO", "DISPARITY");
        for (JsonNode one : evidence.path("segments")) {
            segments.row(
                    one.path("segment").asText(),
                    one.path("x").asLong(),
                    one.path("n").asLong(),
                    number(one.path("z")),
                    number(one.path("rr")),
                    one.path("disparity").asBoolean() ? "fires" : "");
        }
        table(segments);
        TextTable weeks = new TextTable("WEEK FROM", "DEFECTIVE", "BUYER-DAYS", "RATE");
        LocalDate first = LocalDate.parse(evidence.path("day").asText()).minusDays(86);
        for (JsonNode one : evidence.path("dispersion").path("weeks")) {
            long n = one.path("n").asLong();
            weeks.row(
                    first,
                    one.path("x").asLong(),
                    n,
                    n == 0 ? "" : decimal(one.path("x").asDouble() * 100 / n, 2) + " %");
            first = first.plusDays(7);
        }
        table(weeks);
        JsonNode orders = evidence.path("order_list");
        if (!orders.isEmpty()) {
            line("");
            line("orders with a defect, the one known last first:");
            StringBuilder text = new StringBuilder();
            for (JsonNode order : orders) {
                String id = AlertMessage.oneLine(order.asText());
                if (text.length() > 0 && text.length() + id.length() > Plot.WIDTH - 6) {
                    line("  " + text);
                    text.setLength(0);
                }
                text.append(text.length() == 0 ? "" : ", ").append(id);
            }
            line("  " + text);
        }
    }

    private void table(TextTable table) {
        if (!table.isEmpty()) {
            line("");
            table.lines().forEach(this::line);
        }
    }

    /** The class an alert is about: what stands for no class stands for QUALITY. */
    private static String classOf(AlertMessage alert) {
        String cause = alert.cause() == null ? "QUALITY" : alert.cause();
        return List.of("NEGATIVE_REVIEW", "FULFILMENT", "AFTER_SALES").contains(cause) ? cause : "QUALITY";
    }

    private void plotRates(AlertMessage alert) throws SQLException {
        LocalDate opened = date(alert.openedAt());
        LocalDate newest = tables.newestDay(alert.factoryId());
        LocalDate to =
                alert.closedAt() == null ? newest : date(alert.closedAt()).plusDays(DAYS_AFTER);
        if (newest != null && to.isAfter(newest)) {
            to = newest;
        }
        if (to == null) {
            return;
        }
        // What came last is what matters of an episode that is longer than the plot is wide.
        LocalDate from = opened.minusDays(DAYS_BEFORE);
        if (from.plusDays(Plot.COLUMNS - 1L).isBefore(to)) {
            from = to.minusDays(Plot.COLUMNS - 1L);
        }
        List<LocalDate> days = from.datesUntil(to.plusDays(1)).toList();
        if (days.isEmpty()) {
            return;
        }
        List<Plot.Series> series = new ArrayList<>();
        String title;
        if (alert.kind().equals(Kind.COHORT_DISPARITY.name())) {
            String segment = alert.subject().substring(alert.subject().lastIndexOf('/') + 1);
            title = "Daily rate of QUALITY, " + segment + " against all other buyers";
            series.add(rates(
                    'o', "all other buyers", days, tables.segmentDays(alert.factoryId(), segment, true, from, to)));
            series.add(rates('*', segment, days, tables.segmentDays(alert.factoryId(), segment, false, from, to)));
        } else {
            String defectClass = classOf(alert);
            title = "Daily rate of " + defectClass + " against its standard";
            List<Day> found = tables.classDays(alert.factoryId(), defectClass, from, to);
            series.add(new Plot.Series(
                    '-',
                    "standard",
                    values(days, found.stream().collect(Collectors.toMap(Day::day, day -> day.standardBp() / 100)))));
            series.add(rates('*', "defective of effective orders in the window, evaluated that day", days, found));
        }
        plot(
                title + ", opened " + opened,
                new Plot("%", days.stream().map(LocalDate::toString).toList(), series));
    }

    private static Plot.Series rates(char mark, String name, List<LocalDate> days, List<Day> found) {
        return new Plot.Series(
                mark, name, values(days, found.stream().collect(Collectors.toMap(Day::day, Day::percent))));
    }

    private static List<Double> values(List<LocalDate> days, Map<LocalDate, Double> found) {
        return days.stream().map(day -> found.getOrDefault(day, Double.NaN)).toList();
    }

    private void plotPrices(AlertMessage alert, JsonNode evidence) throws SQLException {
        PriceKey key = PriceKey.parse(alert.subject());
        long first = midnight(date(alert.openedAt()).minusDays(DAYS_BEFORE));
        long end = midnight(date(alert.at()).plusDays(1));
        List<BreachRow> breaches = tables.breaches(key, first, end);
        long tier = breaches.stream()
                .collect(Collectors.groupingBy(BreachRow::tier, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(evidence.path("newest").path("tier").asLong());
        List<FloorChange> floors = tables.floors(key, tier, end);
        int columns = Plot.COLUMNS;
        List<Double> floor = new ArrayList<>();
        List<Double> paid = new ArrayList<>(Collections.nCopies(columns, Double.NaN));
        List<String> times = new ArrayList<>();
        double width = (double) (end - first) / columns;
        int next = 0;
        Long current = null;
        for (int column = 0; column < columns; column++) {
            times.add(date(first + (long) (column * width)).toString());
            while (next < floors.size() && floors.get(next).validFrom() < first + (column + 1) * width) {
                current = floors.get(next++).floorMicros();
            }
            floor.add(current == null ? Double.NaN : current / 1e6);
        }
        for (BreachRow breach : breaches) {
            int column = Math.min((int) ((breach.paidAt() - first) / width), columns - 1);
            // The dearest of a column: it is what the alert is about.
            if (breach.tier() == tier && !(paid.get(column) >= breach.priceMicros() / 1e6)) {
                paid.set(column, breach.priceMicros() / 1e6);
            }
        }
        plot(
                "Price of one piece against its floor, tier " + tier + "+, opened "
                        + When.local(alert.openedAt(), zone),
                new Plot(
                        key.currency(),
                        times,
                        List.of(
                                new Plot.Series('-', "floor", floor),
                                new Plot.Series('x', "paid above the floor by more than the tolerance", paid))));
    }

    private void plot(String title, Plot plot) {
        List<String> drawn = plot.lines();
        section(title);
        if (drawn.isEmpty()) {
            line("nothing of it is in the tables");
        }
        lines.addAll(drawn);
    }

    private List<String> clears(AlertMessage alert, JsonNode when, boolean price) {
        if (alert.status().closed()) {
            return List.of("It has ended.");
        }
        List<String> ways = new ArrayList<>();
        if (price) {
            ways.add(when.path("conforming_orders").asLong() + " more conforming order(s) in a row, or");
            ways.add("nobody paying more than the floor and its tolerance until "
                    + When.local(when.path("or_quiet_until").asLong(), zone) + ".");
        } else if (when.path("quiet_evaluations").isNumber()) {
            ways.add(when.path("quiet_evaluations").asLong() + " more evaluation(s) in a row without the signal.");
        } else {
            ways.add(when.path("largest_x").asLong()
                    + " defective or fewer at today's effective orders end the WARN in " + classOf(alert) + ",");
            ways.add("or " + when.path("or_clean_effective_orders").asLong()
                    + " more effective orders without a defect (0: it does not warn);");
            ways.add("the next step upwards on " + when.path("not_before").asText() + " at the earliest.");
        }
        return ways;
    }

    private LocalDate date(long instant) {
        return Instant.ofEpochMilli(instant).atZone(zone).toLocalDate();
    }

    private long midnight(LocalDate day) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    private static String money(long micros) {
        BigDecimal amount = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
        return (amount.scale() < 2 ? amount.setScale(2) : amount).toPlainString();
    }

    private static String percent(long bp) {
        return BigDecimal.valueOf(bp, 2).toPlainString() + " %";
    }

    private static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? decimal(value.asDouble(), 2) : value.isNull() ? "" : value.asText();
    }
}
