package io.touchstone.desk.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.desk.report.Picture.Belt;
import io.touchstone.desk.report.Picture.Breach;
import io.touchstone.desk.report.Picture.ClassDay;
import io.touchstone.desk.report.Picture.Course;
import io.touchstone.desk.report.Picture.FactoryPoint;
import io.touchstone.desk.report.Picture.FloorChange;
import io.touchstone.desk.report.Picture.Item;
import io.touchstone.desk.report.Picture.ScoreDay;
import io.touchstone.price.Floor;
import io.touchstone.quality.Standing;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;

/**
 * The numbers of the charts as JSON, one object per chart under its id; {@code report.js} draws them. Rates are in percent, prices
 * in currency units, times local ones as if they were UTC.
 */
final class Charts {
    private static final JsonMapper JSON = new JsonMapper();

    /** So many points are as good as more. */
    private static final int POINTS = 140;

    private static final int FLOOR_POINTS = 400;

    /** As many as a rating takes. */
    private static final long LEAST_E_MILLI = 30_000;

    /** From the bottom of the stack up: what is wrong has a straight base. */
    private static final List<Standing> STACK = List.of(
            Standing.DEMOTED, Standing.PROBATION, Standing.TRIAL, Standing.WATCH, Standing.GOOD, Standing.UNRATED);

    private final ObjectNode charts = JSON.createObjectNode();
    private final ZoneId zone;

    Charts(ZoneId zone) {
        this.zone = zone;
    }

    private ObjectNode add(String kind) {
        return charts.putObject("c" + (charts.size() + 1)).put("kind", kind);
    }

    private String id() {
        return "c" + charts.size();
    }

    /** Each of these adds a chart and returns its id. */
    String standings(SortedMap<LocalDate, EnumMap<Standing, Integer>> standings) {
        ObjectNode chart = add("standing");
        ArrayNode days = chart.putArray("days");
        standings.keySet().forEach(day -> days.add(day.toString()));
        ArrayNode series = chart.putArray("series");
        for (Standing standing : STACK) {
            ArrayNode counts = series.addObject().put("name", standing.name()).putArray("counts");
            standings.values().forEach(of -> counts.add(of.getOrDefault(standing, 0)));
        }
        return id();
    }

    String course(Course course) {
        ObjectNode chart = add("course").put("name", Words.trouble(course.defectClass()));
        // With the first few orders the band is as wide as the chart.
        List<ClassDay> enough = course.days().stream()
                .dropWhile(day -> day.eMilli() < LEAST_E_MILLI)
                .toList();
        List<ClassDay> days = thinned(enough.isEmpty() ? course.days() : enough);
        ArrayNode dates = chart.putArray("days");
        days.forEach(day -> dates.add(day.day().toString()));
        numbers(chart.putArray("rate"), days, day -> day.rate() == null ? Double.NaN : day.rate() * 100);
        numbers(
                chart.putArray("low"),
                days,
                day -> day.rate() == null ? Double.NaN : day.interval().low() * 100);
        numbers(
                chart.putArray("high"),
                days,
                day -> day.rate() == null ? Double.NaN : day.interval().high() * 100);
        numbers(chart.putArray("standard"), days, day -> day.standard() * 100);
        return id();
    }

    String score(List<ScoreDay> all) {
        ObjectNode chart = add("score");
        List<ScoreDay> days = thinned(all);
        ArrayNode dates = chart.putArray("days");
        days.forEach(day -> dates.add(day.day().toString()));
        numbers(chart.putArray("scores"), days, ScoreDay::score);
        ArrayNode standings = chart.putArray("standings");
        days.forEach(day -> standings.add(day.standing().name()));
        return id();
    }

    /** A bar of a rate. */
    record Bar(String label, long x, long n) {
        Interval interval() {
            return Interval.of(x, 1000 * n);
        }
    }

    /** {@code standard}: 0 to 1; null for none. */
    String rates(List<Bar> bars, Double standard) {
        ObjectNode chart = add("rates");
        ArrayNode labels = chart.putArray("labels");
        ArrayNode counts = chart.putArray("counts");
        bars.forEach(bar -> {
            labels.add(bar.label());
            counts.add(bar.x() + "/" + bar.n());
        });
        numbers(chart.putArray("rate"), bars, bar -> bar.n() == 0 ? Double.NaN : 100.0 * bar.x() / bar.n());
        numbers(
                chart.putArray("low"),
                bars,
                bar -> bar.n() == 0 ? Double.NaN : bar.interval().low() * 100);
        numbers(
                chart.putArray("high"),
                bars,
                bar -> bar.n() == 0 ? Double.NaN : bar.interval().high() * 100);
        if (standard != null) {
            chart.put("standard", rounded(standard * 100));
        }
        return id();
    }

    String item(Item item) {
        ObjectNode chart = add("price")
                .put("currency", item.key().currency())
                .put("from", local(item.from()))
                .put("to", local(item.to()));
        ArrayNode tiers = chart.putArray("tiers");
        item.floors().forEach((tier, changes) -> {
            ObjectNode of = tiers.addObject().put("tier", tier);
            List<FloorChange> few = fewer(changes, item);
            floor(of.putArray("current"), few, item, Floor.Status.CURRENT);
            floor(of.putArray("carried"), few, item, Floor.Status.CARRIED);
            literal(of.putArray("literal"), few, item);
        });
        ArrayNode breaches = chart.putArray("breaches");
        for (Breach breach : item.breaches()) {
            breaches.addArray()
                    .add(local(breach.paidAt()))
                    .add(breach.price() / 1e6)
                    .add(breach.tier())
                    .add(breach.quantity())
                    .add(breach.floor() / 1e6)
                    .add(breach.excessBp() / 100.0)
                    .add(breach.orderId());
        }
        return id();
    }

    /** The last change in each of some hundred spans. */
    private static List<FloorChange> fewer(List<FloorChange> changes, Item item) {
        if (changes.size() <= FLOOR_POINTS) {
            return changes;
        }
        long span = Math.max(1, (item.to() - item.from()) / FLOOR_POINTS);
        List<FloorChange> kept = new ArrayList<>();
        for (FloorChange change : changes) {
            int last = kept.size() - 1;
            if (last >= 0 && Math.floorDiv(kept.get(last).from(), span) == Math.floorDiv(change.from(), span)) {
                kept.remove(last);
            }
            kept.add(change);
        }
        return kept;
    }

    private void floor(ArrayNode points, List<FloorChange> changes, Item item, Floor.Status status) {
        for (int i = 0; i < changes.size(); i++) {
            FloorChange change = changes.get(i);
            step(points, changes, i, item, change.status() == status ? change.floor() : null);
        }
    }

    private void literal(ArrayNode points, List<FloorChange> changes, Item item) {
        for (int i = 0; i < changes.size(); i++) {
            step(points, changes, i, item, changes.get(i).literalFloor());
        }
    }

    /** Both ends of a level; a gap where there is none. */
    private void step(ArrayNode points, List<FloorChange> changes, int i, Item item, Long micros) {
        long from = local(Math.max(item.from(), changes.get(i).from()));
        if (micros == null) {
            if (!points.isEmpty() && !points.get(points.size() - 1).get(1).isNull()) {
                points.addArray().add(from).addNull();
            }
            return;
        }
        long to = local(i + 1 < changes.size() ? changes.get(i + 1).from() : item.to());
        points.addArray().add(from).add(micros / 1e6);
        points.addArray().add(to).add(micros / 1e6);
    }

    String belts(List<Belt> belts) {
        ObjectNode chart = add("belts").put("priced", belts.stream().anyMatch(belt -> belt.priceIndex() != null));
        ArrayNode list = chart.putArray("belts");
        for (Belt belt : belts) {
            if (belt.score() == null) {
                continue;
            }
            ObjectNode of = list.addObject()
                    .put("name", belt.name())
                    .put("score", rounded(belt.score()))
                    .put("factories", belt.rated());
            of.set("index", number(belt.priceIndex()));
            of.set("ratio", number(belt.ratio()));
            ArrayNode points = of.putArray("points");
            for (FactoryPoint point : belt.points()) {
                points.addArray()
                        .add(number(point.priceIndex()))
                        .add(rounded(point.score()))
                        .add(point.id());
            }
        }
        return id();
    }

    /** All charts as JSON that may stand in a script element. */
    String json() {
        return charts.toString()
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static JsonNode number(Double value) {
        return value == null ? JSON.nullNode() : JSON.getNodeFactory().numberNode(rounded(value));
    }

    private static <T> void numbers(ArrayNode numbers, List<T> values, ToDoubleFunction<T> number) {
        for (T value : values) {
            double found = number.applyAsDouble(value);
            if (Double.isNaN(found)) {
                numbers.addNull();
            } else {
                numbers.add(rounded(found));
            }
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Every nth, counted from the newest. */
    private static <T> List<T> thinned(List<T> days) {
        int step = (days.size() + POINTS - 1) / POINTS;
        List<T> kept = new ArrayList<>();
        for (int i = step == 0 ? 0 : (days.size() - 1) % step; i < days.size(); i += step) {
            kept.add(days.get(i));
        }
        return kept;
    }

    private long local(long instant) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(instant), zone)
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }
}
