package io.touchstone.desk.report;

import io.touchstone.desk.report.Picture.Alert;
import io.touchstone.desk.report.Picture.Breach;
import io.touchstone.desk.report.Picture.ClassDay;
import io.touchstone.desk.report.Picture.Course;
import io.touchstone.desk.report.Picture.Factory;
import io.touchstone.desk.report.Picture.FactoryPage;
import io.touchstone.desk.report.Picture.FloorChange;
import io.touchstone.desk.report.Picture.Item;
import io.touchstone.desk.report.Picture.Revision;
import io.touchstone.desk.report.Picture.ScoreDay;
import io.touchstone.desk.report.Picture.SegmentDay;
import io.touchstone.desk.report.Picture.Step;
import io.touchstone.io.Table;
import io.touchstone.market.Channel;
import io.touchstone.policy.DefectClass;
import io.touchstone.price.Floor;
import io.touchstone.price.PriceKey;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a {@link Picture} from tables, one after the other. What it holds in memory is bounded by the number of factories, days
 * and open alerts: daily rows are only kept of the factories that are shown.
 */
final class PictureReader {
    private static final int PAGES = 30;
    private static final int COURSES = 6;
    private static final int ITEMS = 12;
    private static final int BREACHES = 300;
    private static final int TIERS = 3;

    /** How far back charts go. */
    private static final int QUALITY_DAYS = 180;

    private static final long PRICE_SPAN = Duration.ofDays(120).toMillis();

    /** How long a closed alert is worth a page. */
    private static final int CLOSED_DAYS = 90;

    private static final Comparator<Alert> GRAVEST_FIRST = Comparator.comparing(
                    Alert::isOpen, Comparator.reverseOrder())
            .thenComparing(PictureReader::rank)
            .thenComparing(Alert::at, Comparator.reverseOrder())
            .thenComparing(Alert::id);

    private final Rows rows;
    private final ZoneId zone;
    private final Map<String, Factory> factories = new TreeMap<>();
    private final Map<String, Alert> alerts = new TreeMap<>();
    private final TreeMap<LocalDate, EnumMap<Standing, Integer>> standings = new TreeMap<>();
    private final Map<String, Double> scoresBefore = new HashMap<>();

    private LocalDate day;
    private Long newestPrice;
    private String policyVersion;

    /** {@code zone}: of the business days. */
    PictureReader(Rows rows, ZoneId zone) {
        this.rows = rows;
        this.zone = zone;
    }

    Picture read() throws IOException {
        readFactories();
        readAlerts();
        readStandings();

        List<String> alerted = alertedFactories();
        List<String> paged = alerted.subList(0, Math.min(PAGES, alerted.size()));
        List<Factory> worst = rated().sorted(
                        Comparator.comparing(Factory::score).thenComparing(Factory::id))
                .limit(COURSES)
                .toList();
        List<Factory> improved = rated().filter(factory -> change(factory) != null && change(factory) >= 1)
                .sorted(Comparator.comparing(this::change, Comparator.reverseOrder())
                        .thenComparing(Factory::id))
                .limit(COURSES)
                .toList();
        Set<String> shown = new HashSet<>(paged);
        Stream.of(worst, improved).flatMap(List::stream).map(Factory::id).forEach(shown::add);
        Map<String, Map<DefectClass, List<ClassDay>>> classes = readClasses(shown);

        List<String> keys = alertedKeys();
        List<Item> items = readItems(keys.subList(0, Math.min(ITEMS, keys.size())));
        return new Picture(
                day,
                newestPrice,
                policyVersion,
                standings,
                factories,
                alerts,
                readPages(paged, classes),
                alerted.size() - paged.size(),
                worst.stream()
                        .map(factory -> worstCourse(factory, classes))
                        .filter(Objects::nonNull)
                        .toList(),
                improved.stream()
                        .map(factory -> mostImproved(factory, classes))
                        .filter(Objects::nonNull)
                        .toList(),
                items,
                keys.size() - items.size(),
                readBelts());
    }

    private void readFactories() throws IOException {
        day = rows.completeDay();
        boolean known = day != null;
        AtomicReference<LocalDate> newest = new AtomicReference<>();
        rows.each(Table.FACTORY_SCORE, Filter.ALL, row -> {
            Factory factory = new Factory(
                    row.needed("factory_id"),
                    row.day("day"),
                    row.real("score"),
                    row.needed("band"),
                    row.symbol("standing", Standing.class),
                    row.text("category_id"),
                    row.text("belt_id"));
            factories.put(factory.id(), factory);
            if (newest.get() == null || factory.day().isAfter(newest.get())) {
                newest.set(factory.day());
                policyVersion = row.text("policy_version");
            }
        });
        if (!known) {
            day = newest.get();
        }
    }

    private LocalDate firstDay() {
        return day == null ? LocalDate.EPOCH : day.minusDays(QUALITY_DAYS);
    }

    private void readAlerts() throws IOException {
        rows.each(Table.ALERT, Filter.absent("closed_at"), this::take);
        rows.each(Table.PRICE_FLOOR, Filter.ALL, row -> sawPrice(row.integer("since")));
        rows.each(Table.PRICE_BREACH, Filter.ALL, row -> {
            sawPrice(row.integer("paid_at"));
        });
        Long newest = newestPrice;
        if (day != null) {
            long midnight = day.atStartOfDay(zone).toInstant().toEpochMilli();
            newest = newest == null ? midnight : Math.max(newest, midnight);
        }
        if (newest != null) {
            long from = newest - Duration.ofDays(CLOSED_DAYS).toMillis();
            rows.each(Table.ALERT, Filter.ALL.since("closed_at", from), this::take);
        }
    }

    private void sawPrice(long instant) {
        newestPrice = newestPrice == null ? Long.valueOf(instant) : Long.valueOf(Math.max(newestPrice, instant));
    }

    private void take(Row row) throws IOException {
        Alert alert = new Alert(
                row.needed("alert_id"),
                (int) row.integer("revision"),
                row.needed("kind"),
                row.needed("status"),
                row.needed("severity"),
                row.needed("subject"),
                row.needed("factory_id"),
                row.text("cause"),
                row.integer("at"),
                row.integer("opened_at"),
                row.integerOrNull("closed_at"),
                row.text("summary"),
                row.text("summary_zh"),
                row.json("evidence"));
        alerts.put(alert.id(), alert);
        if (alert.isAboutPrice()) {
            sawPrice(alert.at());
        }
        if (policyVersion == null) {
            policyVersion = row.text("policy_version");
        }
    }

    private void readStandings() throws IOException {
        if (day == null) {
            return;
        }
        LocalDate before = day.minusDays(Picture.COMPARED_DAYS);
        rows.each(Table.FACTORY_SCORE_DAILY, Filter.ALL.since("day", firstDay()), row -> {
            LocalDate evaluated = row.day("day");
            // A day that is only being written would look as if most factories were gone.
            if (!evaluated.isAfter(day)) {
                standings
                        .computeIfAbsent(evaluated, none -> new EnumMap<>(Standing.class))
                        .merge(row.symbol("standing", Standing.class), 1, Integer::sum);
            }
            if (evaluated.equals(before) && !"UNRATED".equals(row.text("band"))) {
                scoresBefore.put(row.needed("factory_id"), row.real("score"));
            }
        });
    }

    private Stream<Factory> rated() {
        return factories.values().stream()
                .filter(factory -> factory.isRated() && !factory.day().isBefore(day));
    }

    /** Null if there is no score to compare with. */
    private Double change(Factory factory) {
        Double before = scoresBefore.get(factory.id());
        return before == null ? null : factory.score() - before;
    }

    /** Demotions before signals before prices, the worse before the better. */
    private static int rank(Alert alert) {
        if (alert.isAboutPrice()) {
            return alert.isCritical() ? 5 : 6;
        }
        if (!"DEMOTION".equals(alert.kind())) {
            return 3;
        }
        return switch (alert.status()) {
            case "ESCALATED" -> 1;
            case "OPENED" -> 2;
            default -> 4;
        };
    }

    private List<String> alertedFactories() {
        Comparator<String> worst = Comparator.comparingDouble(
                id -> factories.containsKey(id) ? factories.get(id).score() : 100);
        Map<String, Alert> gravest = new TreeMap<>();
        alerts.values().stream().sorted(GRAVEST_FIRST).forEach(alert -> gravest.putIfAbsent(alert.factoryId(), alert));
        return gravest.keySet().stream()
                .sorted(Comparator.<String, Boolean>comparing(
                                id -> gravest.get(id).isOpen(), Comparator.reverseOrder())
                        .thenComparing(id -> rank(gravest.get(id)))
                        .thenComparing(worst)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private Map<String, Map<DefectClass, List<ClassDay>>> readClasses(Set<String> shown) throws IOException {
        Map<String, Map<DefectClass, List<ClassDay>>> classes = new HashMap<>();
        rows.each(Table.FACTORY_CLASS_DAILY, Filter.in("factory_id", shown).since("day", firstDay()), row -> {
            ClassDay found = new ClassDay(
                    row.day("day"),
                    row.symbol("class", DefectClass.class),
                    row.integer("x"),
                    row.integer("n"),
                    row.integer("e_milli"),
                    row.realOrNull("rate"),
                    row.integer("standard_bp"),
                    row.real("sub_score"),
                    row.integer("buyers"),
                    row.text("signal"),
                    row.truth("drift"));
            classes.computeIfAbsent(row.needed("factory_id"), id -> new EnumMap<>(DefectClass.class))
                    .computeIfAbsent(found.defectClass(), none -> new ArrayList<>())
                    .add(found);
        });
        return classes;
    }

    /** By the class with the lowest sub-score. */
    private Course worstCourse(Factory factory, Map<String, Map<DefectClass, List<ClassDay>>> classes) {
        return classes.getOrDefault(factory.id(), Map.of()).values().stream()
                .min(Comparator.comparingDouble(
                        days -> days.get(days.size() - 1).subScore()))
                .map(days -> new Course(factory, days.get(0).defectClass(), days, change(factory)))
                .orElse(null);
    }

    /** By the class whose sub-score rose most. */
    private Course mostImproved(Factory factory, Map<String, Map<DefectClass, List<ClassDay>>> classes) {
        LocalDate before = day.minusDays(Picture.COMPARED_DAYS);
        return classes.getOrDefault(factory.id(), Map.of()).values().stream()
                .max(Comparator.comparingDouble(
                        days -> days.get(days.size() - 1).subScore()
                                - days.stream()
                                        .filter(found -> found.day().equals(before))
                                        .mapToDouble(ClassDay::subScore)
                                        .findFirst()
                                        .orElse(100)))
                .map(days -> new Course(factory, days.get(0).defectClass(), days, change(factory)))
                .orElse(null);
    }

    private List<FactoryPage> readPages(List<String> ids, Map<String, Map<DefectClass, List<ClassDay>>> classes)
            throws IOException {
        Set<String> shown = new LinkedHashSet<>(ids);
        Map<String, List<ScoreDay>> scores = new HashMap<>();
        rows.each(
                Table.FACTORY_SCORE_DAILY,
                Filter.in("factory_id", shown).since("day", firstDay()),
                row -> list(scores, row.needed("factory_id"))
                        .add(new ScoreDay(row.day("day"), row.real("score"), row.symbol("standing", Standing.class))));
        Map<String, List<SegmentDay>> segments = new HashMap<>();
        rows.each(Table.FACTORY_SEGMENT_DAILY, Filter.in("factory_id", shown).since("day", firstDay()), row -> {
            List<SegmentDay> known = list(segments, row.needed("factory_id"));
            SegmentDay found = new SegmentDay(
                    row.day("day"),
                    row.needed("segment"),
                    row.integer("n"),
                    row.integer("x"),
                    row.realOrNull("z"),
                    row.realOrNull("rr"),
                    row.truth("disparity"));
            if (!known.isEmpty() && known.get(0).day().isBefore(found.day())) {
                known.clear();
            }
            known.add(found);
        });
        Map<String, List<Step>> steps = new HashMap<>();
        rows.each(
                Table.STANDING_HISTORY,
                Filter.in("factory_id", shown),
                row -> list(steps, row.needed("factory_id"))
                        .add(new Step(
                                row.integer("entered_at"),
                                row.symbol("from_standing", Standing.class),
                                row.symbol("to_standing", Standing.class),
                                row.text("cause"))));
        Map<String, List<Alert>> own = alerts.values().stream()
                .filter(alert -> shown.contains(alert.factoryId()))
                .sorted(GRAVEST_FIRST)
                .collect(Collectors.groupingBy(Alert::factoryId));
        Map<String, List<Revision>> revisions = readRevisions(own.values());
        List<FactoryPage> pages = new ArrayList<>();
        for (String id : ids) {
            Map<DefectClass, List<ClassDay>> known = classes.getOrDefault(id, Map.of());
            pages.add(new FactoryPage(
                    id,
                    factories.get(id),
                    own.get(id),
                    revisions.getOrDefault(id, List.of()),
                    steps.getOrDefault(id, List.of()),
                    scores.getOrDefault(id, List.of()),
                    known.values().stream()
                            .map(days -> days.get(days.size() - 1))
                            .toList(),
                    causeCourse(factories.get(id), own.get(id), known, classes),
                    segments.getOrDefault(id, List.of())));
        }
        return pages;
    }

    private Course causeCourse(
            Factory factory,
            List<Alert> own,
            Map<DefectClass, List<ClassDay>> known,
            Map<String, Map<DefectClass, List<ClassDay>>> classes) {
        if (factory == null) {
            return null;
        }
        for (Alert alert : own) {
            DefectClass cause = alert.isAboutPrice() ? null : Words.defectClass(alert.cause());
            if (cause != null && known.containsKey(cause)) {
                return new Course(factory, cause, known.get(cause), change(factory));
            }
        }
        return worstCourse(factory, classes);
    }

    private Map<String, List<Revision>> readRevisions(Collection<List<Alert>> shown) throws IOException {
        Set<String> ids = shown.stream()
                .flatMap(List::stream)
                .filter(alert -> !alert.isAboutPrice())
                .map(Alert::id)
                .collect(Collectors.toSet());
        Map<String, List<Revision>> revisions = new HashMap<>();
        rows.each(Table.ALERT_REVISION, Filter.in("alert_id", ids), row -> {
            Alert alert = alerts.get(row.needed("alert_id"));
            list(revisions, alert.factoryId())
                    .add(new Revision(
                            alert,
                            (int) row.integer("revision"),
                            row.needed("status"),
                            row.needed("severity"),
                            row.integer("at")));
        });
        revisions.values().forEach(list -> list.sort(Comparator.comparingLong(Revision::at)));
        return revisions;
    }

    /** Subjects of price alerts, open ones first, then the newest. */
    private List<String> alertedKeys() {
        return alerts.values().stream()
                .filter(Alert::isAboutPrice)
                .sorted(GRAVEST_FIRST)
                .map(Alert::subject)
                .distinct()
                .toList();
    }

    private List<Item> readItems(List<String> subjects) throws IOException {
        Map<PriceKey, List<Alert>> keys = new LinkedHashMap<>();
        for (String subject : subjects) {
            keys.put(
                    PriceKey.parse(subject),
                    alerts.values().stream()
                            .filter(alert ->
                                    alert.isAboutPrice() && alert.subject().equals(subject))
                            .sorted(GRAVEST_FIRST)
                            .toList());
        }
        Filter filter =
                Filter.in("sku_id", keys.keySet().stream().map(PriceKey::skuId).collect(Collectors.toSet()));
        long to = newestPrice == null ? 0 : newestPrice;
        if (day != null) {
            to = Math.max(to, day.atStartOfDay(zone).toInstant().toEpochMilli());
        }
        Map<PriceKey, TreeMap<Long, List<FloorChange>>> floors = new HashMap<>();
        rows.each(Table.PRICE_FLOOR_HISTORY, filter, row -> {
            PriceKey key = key(row);
            if (keys.containsKey(key)) {
                floors.computeIfAbsent(key, none -> new TreeMap<>())
                        .computeIfAbsent(row.integer("min_quantity"), none -> new ArrayList<>())
                        .add(new FloorChange(
                                row.integer("valid_from"),
                                row.integerOrNull("floor_micros"),
                                row.integerOrNull("literal_floor_micros"),
                                row.symbol("status", Floor.Status.class)));
            }
        });
        Map<PriceKey, List<Breach>> breaches = new HashMap<>();
        long from = to - PRICE_SPAN;
        rows.each(Table.PRICE_BREACH, filter.since("paid_at", from), row -> {
            PriceKey key = key(row);
            if (keys.containsKey(key)) {
                breaches.computeIfAbsent(key, none -> new ArrayList<>())
                        .add(new Breach(
                                row.needed("order_id"),
                                row.integer("paid_at"),
                                drawnTier(floors.get(key), row.integer("tier")),
                                row.integer("quantity"),
                                row.integer("price_micros"),
                                row.integer("floor_micros"),
                                row.integer("excess_bp")));
            }
        });
        List<Item> items = new ArrayList<>();
        for (Map.Entry<PriceKey, List<Alert>> entry : keys.entrySet()) {
            PriceKey key = entry.getKey();
            List<Breach> found = breaches.getOrDefault(key, List.of()).stream()
                    .sorted(Comparator.comparingLong(Breach::paidAt).thenComparing(Breach::orderId))
                    .toList();
            TreeMap<Long, List<FloorChange>> courses = floors.getOrDefault(key, new TreeMap<>());
            SortedMap<Long, FloorChange> now = binding(courses);
            courses.keySet().retainAll(shownTiers(courses, found));
            courses.replaceAll((tier, changes) -> within(changes, from));
            List<Breach> own = found.stream()
                    .filter(breach -> courses.containsKey(breach.tier()))
                    .toList();
            items.add(new Item(
                    key,
                    entry.getValue().get(0).factoryId(),
                    entry.getValue(),
                    courses,
                    now,
                    own.subList(Math.max(0, own.size() - BREACHES), own.size()),
                    found.size() - Math.min(BREACHES, own.size()),
                    from,
                    to));
        }
        return items;
    }

    /** The largest of the tiers that is at most the one of a payment; that one if there is none. */
    private static long drawnTier(TreeMap<Long, ?> tiers, long tier) {
        Long drawn = tiers == null ? null : tiers.floorKey(tier);
        return drawn == null ? tier : drawn;
    }

    /** What binds each tier in the end: where there is no floor that of the next smaller tier. */
    private static SortedMap<Long, FloorChange> binding(SortedMap<Long, List<FloorChange>> courses) {
        SortedMap<Long, FloorChange> binding = new TreeMap<>();
        FloorChange smaller = null;
        for (Map.Entry<Long, List<FloorChange>> course : courses.entrySet()) {
            FloorChange own = course.getValue().get(course.getValue().size() - 1);
            if (own.status() != Floor.Status.NONE) {
                smaller = own;
            }
            binding.put(course.getKey(), smaller == null ? own : smaller);
        }
        return binding;
    }

    private static PriceKey key(Row row) throws IOException {
        return PriceKey.parse(row.needed("sku_id") + '/' + row.needed("channel") + '/' + row.needed("currency"));
    }

    /** The tiers with most breaches; the first ones if there was none. */
    private static Set<Long> shownTiers(Map<Long, ?> tiers, List<Breach> breaches) {
        Map<Long, Long> counts = breaches.stream().collect(Collectors.groupingBy(Breach::tier, Collectors.counting()));
        return tiers.keySet().stream()
                .filter(tier -> counts.isEmpty() || counts.containsKey(tier))
                .sorted(Comparator.comparing((Long tier) -> -counts.getOrDefault(tier, 0L))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(TIERS)
                .collect(Collectors.toSet());
    }

    /** From the floor that was in force at an instant on. */
    private static List<FloorChange> within(List<FloorChange> changes, long from) {
        int first = 0;
        while (first + 1 < changes.size() && changes.get(first + 1).from() <= from) {
            first++;
        }
        return changes.subList(first, changes.size());
    }

    private List<Picture.Belt> readBelts() throws IOException {
        BeltComparison belts = new BeltComparison(factories, day);
        if (factories.isEmpty()) {
            return List.of();
        }
        rows.each(
                Table.ITEM_FACTORY,
                Filter.ALL,
                row -> belts.seller(item(row), row.needed("factory_id"), row.needed("category_id")));
        rows.each(Table.PRICE_FLOOR, Filter.ALL, row -> {
            if (row.needed("status").equals(Floor.Status.CURRENT.name())) {
                belts.floor(item(row), row.integer("min_quantity"), row.integer("floor_micros"));
            }
        });
        return belts.belts();
    }

    private static PriceKey item(Row row) throws IOException {
        return new PriceKey(row.needed("sku_id"), Channel.valueOf(row.needed("channel")), row.needed("currency"));
    }

    private static <T> List<T> list(Map<String, List<T>> lists, String key) {
        return lists.computeIfAbsent(key, none -> new ArrayList<>());
    }
}
