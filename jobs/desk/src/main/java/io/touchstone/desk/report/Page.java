package io.touchstone.desk.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.touchstone.desk.report.Picture.Alert;
import io.touchstone.desk.report.Picture.Belt;
import io.touchstone.desk.report.Picture.ClassDay;
import io.touchstone.desk.report.Picture.Course;
import io.touchstone.desk.report.Picture.Factory;
import io.touchstone.desk.report.Picture.FactoryPage;
import io.touchstone.desk.report.Picture.Item;
import io.touchstone.desk.report.Picture.SegmentDay;
import io.touchstone.desk.report.Picture.Step;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A {@link Picture} as one HTML file: {@code report.html} is its form, with {@code report.css}, {@code report.js} and ECharts in it. */
final class Page {
    private static final int ALERTS = 100;
    private static final int ROWS = 30;

    /** So old may the newest evaluation of a live marketplace be: it is made shortly after midnight. */
    private static final long FRESH_MS = 36 * 3_600_000L;

    private static final List<Standing> WORST_FIRST = List.of(
            Standing.DEMOTED, Standing.PROBATION, Standing.TRIAL, Standing.WATCH, Standing.GOOD, Standing.UNRATED);

    private final Picture picture;
    private final ZoneId zone;
    private final String source;
    private final boolean live;
    private final Instant now;
    private final Charts charts;

    /** Ids of the sections, by factory or by subject of price alerts. */
    private final Map<String, String> sections = new HashMap<>();

    Page(Picture picture, ZoneId zone, String source, boolean live, Instant now) {
        this.picture = picture;
        this.zone = zone;
        this.source = source;
        this.live = live;
        this.now = now;
        charts = new Charts(zone);
        picture.pages().forEach(page -> sections.put(page.id(), "factory-" + (sections.size() + 1)));
        picture.items().forEach(item -> sections.put("/" + item.key().subject(), "item-" + (sections.size() + 1)));
    }

    // What the template names.

    record Count(String standing, String css, String mark, String number) {}

    record Trouble(
            String factory,
            String section,
            String standing,
            String css,
            String mark,
            String place,
            List<String> why,
            String bad,
            String rate,
            int share,
            String since,
            String age,
            String clears,
            String asOf) {}

    record PriceRow(
            String sku,
            String channel,
            String factory,
            String section,
            String severity,
            String css,
            String paid,
            String floor,
            String excess,
            String orders,
            String buyers,
            String since,
            String age,
            String clears,
            String asOf) {}

    record AlertRow(
            String kind,
            String severity,
            String css,
            String status,
            String since,
            String until,
            String summary,
            String summaryZh,
            String id) {}

    record CourseView(
            String factory,
            String section,
            String chart,
            String label,
            String what,
            String now,
            String score,
            String change) {}

    record SubScore(
            String name,
            String score,
            int width,
            String css,
            boolean missed,
            String x,
            String effective,
            String rate,
            String interval,
            String standard,
            String signal) {}

    record TallyRow(String name, String x, String n, String rate, String note) {}

    record StepRow(String at, String from, String to, String css, String mark, String cause) {}

    record ItemLink(String name, String section) {}

    record FactoryView(
            String section,
            String id,
            boolean open,
            String standing,
            String css,
            String mark,
            String score,
            String band,
            String place,
            String evaluated,
            String why,
            List<AlertRow> alerts,
            List<SubScore> subScores,
            CourseView course,
            String scoreChart,
            String scoreLabel,
            String weeksChart,
            String weeksLabel,
            String weeksNote,
            List<TallyRow> weeks,
            String segmentsChart,
            String segmentsLabel,
            List<TallyRow> segments,
            List<StepRow> steps,
            List<ItemLink> items) {}

    record ItemView(
            String section,
            String sku,
            String channel,
            String currency,
            String factory,
            String factorySection,
            String chart,
            String label,
            List<AlertRow> alerts,
            String breaches,
            String leftOut,
            List<TierRow> tiers) {}

    record TierRow(String tier, String floor, String status, String literal, String breaches, String worst) {}

    record BeltRow(
            String belt,
            String category,
            String factories,
            String rated,
            String troubled,
            boolean hasTrouble,
            String score,
            String index,
            String priced,
            String ratio) {}

    record StandingRow(String day, List<String> counts) {}

    String html() throws IOException {
        String echarts = resource(echarts());
        String script = resource("report.js");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("css", resource("report.css"));
        all.put("echarts", echarts);
        all.put("script", script);
        // Nothing but these two scripts may run, and nothing may be loaded.
        all.put(
                "policy",
                "default-src 'none'; script-src " + hash(echarts) + ' ' + hash(script)
                        + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'");
        all.put("verdict", verdict());
        all.put(
                "title",
                troubled().isEmpty() ? "All in order" : Words.plural(troubled().size(), "factory") + " in trouble");
        all.put("completeDay", completeDay());
        all.put("complete", complete());
        all.put("stale", stale());
        all.put("live", live);
        all.put("completeMs", completeInstant());
        all.put("freshMs", FRESH_MS);
        all.put("source", source);
        all.put("made", Words.time(now.toEpochMilli(), zone));
        all.put("policyVersion", Objects.requireNonNullElse(picture.policyVersion(), "unknown"));
        all.put("zone", zone.getId());
        all.put("hasScores", picture.day() != null);
        all.put("counts", counts());
        all.put("troubled", limited(troubles(), ROWS));
        all.put("troubledLeftOut", leftOut(troubles(), ROWS));
        all.put("prices", limited(prices(), ROWS));
        all.put("pricesLeftOut", leftOut(prices(), ROWS));
        List<AlertRow> open = open().sorted(SEVERE_FIRST).map(this::alert).toList();
        all.put("alerts", limited(open, ALERTS));
        all.put("alertsOpen", Words.number(open.size()));
        all.put("alertsLeftOut", leftOut(open, ALERTS));
        if (!picture.standings().isEmpty()) {
            all.put("standingChart", charts.standings(picture.standings()));
            all.put("standingLabel", standingLabel());
            all.put("standingNames", WORST_FIRST.stream().map(Standing::name).toList());
            all.put("standingRows", standingRows());
        }
        all.put("comparedDays", Picture.COMPARED_DAYS);
        all.put("worst", picture.worst().stream().map(this::course).toList());
        all.put("improved", picture.improved().stream().map(this::course).toList());
        all.put(
                "factories",
                IntStream.range(0, picture.pages().size())
                        .mapToObj(i -> factory(picture.pages().get(i), i < 3))
                        .toList());
        all.put(
                "factoriesLeftOut",
                picture.pagesLeftOut() == 0 ? null : Words.plural(picture.pagesLeftOut(), "alerted factory"));
        all.put("items", picture.items().stream().map(this::item).toList());
        all.put(
                "itemsLeftOut",
                picture.itemsLeftOut() == 0 ? null : Words.plural(picture.itemsLeftOut(), "alerted item"));
        if (picture.belts().stream().anyMatch(belt -> belt.score() != null)) {
            all.put("beltChart", charts.belts(picture.belts()));
            all.put("beltLabel", beltLabel());
        }
        all.put("belts", picture.belts().stream().map(Page::belt).toList());
        all.put("beltsPriced", picture.belts().stream().anyMatch(belt -> belt.priceIndex() != null));
        all.put("data", charts.json());
        Template template = Mustache.compiler()
                .defaultValue("")
                .emptyStringIsFalse(true)
                .withLoader(name -> new StringReader(resource(name + ".html")))
                .compile(resource("report.html"));
        return template.execute(all);
    }

    /** The report in a sentence. */
    String verdict() {
        long prices = open().filter(Alert::isAboutPrice).count();
        int factories = troubled().size();
        return (factories == 0 ? "No factory" : Words.plural(factories, "factory")) + " in trouble, "
                + (prices == 0 ? "no price alert" : Words.plural(prices, "price alert")) + " open; complete up to "
                + completeDay();
    }

    private Stream<Alert> open() {
        return picture.alerts().values().stream().filter(Alert::isOpen);
    }

    private static final Comparator<Alert> SEVERE_FIRST = Comparator.comparing(
                    Alert::isCritical, Comparator.reverseOrder())
            .thenComparing(Alert::isAboutPrice)
            .thenComparing(Alert::openedAt, Comparator.reverseOrder());

    private Long completeInstant() {
        return picture.day() == null
                ? picture.newestPrice()
                : Long.valueOf(picture.day().atStartOfDay(zone).toInstant().toEpochMilli());
    }

    private String completeDay() {
        Long instant = completeInstant();
        return instant == null ? "nothing" : Words.date(instant, zone);
    }

    private String complete() {
        if (completeInstant() == null) {
            return "There is not a single evaluation, floor or alert.";
        }
        String scores = picture.day() == null
                ? "There are no scores."
                : "Scores and standings saw everything before " + picture.day() + " 00:00 (" + zone + ").";
        return picture.newestPrice() == null
                ? scores + " There are no prices."
                : scores + " The newest change of a floor, breach or price alert is of "
                        + Words.time(picture.newestPrice(), zone) + ".";
    }

    /** Why not to rely on it; null if there is no reason. */
    private String stale() {
        Long instant = completeInstant();
        if (!live || instant == null) {
            return null;
        }
        long newest = picture.newestPrice() == null ? instant : Math.max(instant, picture.newestPrice());
        if (now.toEpochMilli() - instant > FRESH_MS) {
            return "Stale: this was made at " + Words.time(now.toEpochMilli(), zone)
                    + ", but the newest evaluation is of " + Words.time(instant, zone)
                    + ". What happened since is not in it: look after the jobs.";
        }
        return newest - instant > 2 * FRESH_MS
                ? "Stale: scores end " + Words.age(instant, newest, zone)
                        + " before prices do: look after factory-quality."
                : null;
    }

    private List<Count> counts() {
        Map<Standing, Long> counts = picture.factories().values().stream()
                .collect(Collectors.groupingBy(
                        Factory::standing, () -> new EnumMap<>(Standing.class), Collectors.counting()));
        return WORST_FIRST.stream()
                .map(standing -> new Count(
                        standing.name(),
                        css(standing),
                        Words.mark(standing),
                        Words.number(counts.getOrDefault(standing, 0L))))
                .toList();
    }

    private static String css(Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }

    /** Pages are of alerted factories; a standing inside an episode without an alert would be a factory without a page. */
    private List<String> troubled() {
        List<String> ids = new ArrayList<>(picture.pages().stream()
                .filter(FactoryPage::isInTrouble)
                .map(FactoryPage::id)
                .toList());
        Stream.concat(
                        open().filter(alert -> !alert.isAboutPrice()).map(Alert::factoryId),
                        picture.factories().values().stream()
                                .filter(factory -> factory.standing().isInDemotion())
                                .map(Factory::id))
                .filter(id -> !ids.contains(id))
                .distinct()
                .forEach(ids::add);
        return ids;
    }

    private List<Trouble> troubles() {
        Map<String, FactoryPage> pages =
                picture.pages().stream().collect(Collectors.toMap(FactoryPage::id, page -> page));
        return troubled().stream().map(id -> trouble(id, pages.get(id))).toList();
    }

    private Trouble trouble(String id, FactoryPage page) {
        Factory factory = picture.factories().get(id);
        List<Alert> own = page == null
                ? open().filter(alert -> alert.factoryId().equals(id)).toList()
                : page.alerts().stream().filter(Alert::isOpen).toList();
        own = own.stream().filter(alert -> !alert.isAboutPrice()).toList();
        Alert gravest = own.isEmpty() ? null : own.get(0);
        double times = 0;
        String bad = "";
        String rate = "";
        if (page != null && page.cause() != null && page.factory().isRated()) {
            ClassDay newest = page.cause().newest();
            times = newest.timesStandard();
            bad = String.format(Locale.ROOT, "%.1f × standard", times);
            rate = newest.rate() == null ? "" : Words.percent(newest.rate());
        }
        Double against = page == null || gravest == null || !"DISPARITY".equals(gravest.cause()) ? null : against(page);
        if (against != null) {
            rate = "";
            times = against;
            bad = against.isInfinite() ? "only they" : String.format(Locale.ROOT, "%.1f × the others", against);
        }
        Standing standing = factory == null ? Standing.UNRATED : factory.standing();
        return new Trouble(
                id,
                sections.get(id),
                standing.name(),
                css(standing),
                Words.mark(standing),
                place(factory),
                own.stream().map(Words::why).distinct().toList(),
                bad,
                rate,
                (int) Math.round(Math.min(100, times * 20)),
                gravest == null ? "" : Words.date(gravest.openedAt(), zone),
                gravest == null || completeInstant() == null
                        ? ""
                        : Words.age(gravest.openedAt(), completeInstant(), zone),
                gravest == null ? "" : Words.clears(gravest, picture.day(), zone),
                gravest == null ? "" : Words.date(gravest.at(), zone));
    }

    /** The largest risk ratio of a segment that fares worse than chance allows, or of any if none does. */
    private static Double against(FactoryPage page) {
        boolean fires = page.segments().stream().anyMatch(SegmentDay::disparity);
        return page.segments().stream()
                .filter(segment -> segment.rr() != null && segment.disparity() == fires)
                .map(SegmentDay::rr)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static String place(Factory factory) {
        return factory == null
                ? ""
                : Stream.of(factory.category(), factory.belt())
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining(" · "));
    }

    private List<PriceRow> prices() {
        return open().filter(Alert::isAboutPrice)
                .sorted(SEVERE_FIRST)
                .map(alert -> {
                    var evidence = alert.evidence();
                    var newest = evidence.path("newest");
                    String currency = evidence.path("currency").asText("");
                    return new PriceRow(
                            evidence.path("sku_id").asText(alert.subject()),
                            evidence.path("channel").asText(""),
                            alert.factoryId(),
                            sections.get("/" + alert.subject()),
                            alert.severity(),
                            alert.isCritical() ? "critical" : "warn",
                            newest.isMissingNode()
                                    ? ""
                                    : currency
                                            + ' '
                                            + Words.money(
                                                    newest.path("price_micros").asLong()),
                            newest.isMissingNode()
                                    ? ""
                                    : currency
                                            + ' '
                                            + Words.money(
                                                    newest.path("floor_micros").asLong()),
                            String.format(
                                    Locale.ROOT,
                                    "+%.1f\u00a0%%",
                                    evidence.path("max_excess_bp").asLong() / 100.0),
                            Words.plural(evidence.path("orders").asLong(), "order"),
                            Words.plural(evidence.path("buyers").asLong(), "buyer"),
                            Words.date(alert.openedAt(), zone),
                            Words.age(alert.openedAt(), latest(), zone),
                            Words.clears(alert, picture.day(), zone),
                            Words.date(alert.at(), zone));
                })
                .toList();
    }

    private long latest() {
        return Math.max(
                Objects.requireNonNullElse(completeInstant(), 0L),
                Objects.requireNonNullElse(picture.newestPrice(), 0L));
    }

    private AlertRow alert(Alert alert) {
        return new AlertRow(
                Words.kind(alert),
                alert.severity(),
                alert.isOpen() ? alert.isCritical() ? "critical" : "warn" : "closed",
                alert.status(),
                Words.date(alert.openedAt(), zone),
                alert.isOpen() ? null : Words.date(alert.closedAt(), zone),
                alert.summary() == null
                        ? alert.status() + ' ' + Words.why(alert) + ": " + alert.subject()
                        : alert.summary(),
                alert.summaryZh(),
                alert.id());
    }

    private String standingLabel() {
        EnumMap<Standing, Integer> newest =
                picture.standings().get(picture.standings().lastKey());
        return "How many factories had which standing on each day from "
                + picture.standings().firstKey() + " to " + picture.standings().lastKey() + ". On the last: "
                + WORST_FIRST.stream()
                        .filter(newest::containsKey)
                        .map(standing -> newest.get(standing) + " " + standing)
                        .collect(Collectors.joining(", "))
                + ".";
    }

    /** A row a week, counted from the newest day. */
    private List<StandingRow> standingRows() {
        List<LocalDate> days = new ArrayList<>(picture.standings().keySet());
        List<StandingRow> rows = new ArrayList<>();
        for (int i = days.size() - 1; i >= 0; i -= 7) {
            EnumMap<Standing, Integer> of = picture.standings().get(days.get(i));
            rows.add(new StandingRow(
                    days.get(i).toString(),
                    WORST_FIRST.stream()
                            .map(standing -> String.valueOf(of.getOrDefault(standing, 0)))
                            .toList()));
        }
        return rows;
    }

    private CourseView course(Course course) {
        ClassDay newest = course.newest();
        ClassDay highest = course.days().stream()
                .filter(day -> day.rate() != null && day.eMilli() >= 30_000)
                .max(Comparator.comparing(ClassDay::rate))
                .orElse(newest);
        String now = newest.rate() == null
                ? "no rate, standard " + Words.percent(newest.standard())
                : Words.percent(newest.rate()) + ", standard " + Words.percent(newest.standard());
        String change = course.change() == null
                ? null
                : String.format(Locale.ROOT, "%+.1f in %d days", course.change(), Picture.COMPARED_DAYS)
                        .replace('-', '−');
        Interval interval = newest.interval();
        return new CourseView(
                course.factory().id(),
                sections.get(course.factory().id()),
                charts.course(course),
                Words.trouble(course.defectClass()) + " at " + course.factory().id() + ", day by day from "
                        + course.days().get(0).day() + " to " + newest.day() + ": " + now + " in the end"
                        + (interval == null
                                ? ""
                                : ", 96 % interval " + Words.percent(interval.low()) + " to "
                                        + Words.percent(interval.high()))
                        + (highest.rate() == null
                                ? ""
                                : "; highest " + Words.percent(highest.rate()) + " on " + highest.day())
                        + ".",
                Words.trouble(course.defectClass()),
                now,
                Words.decimal(course.factory().score()),
                change);
    }

    private FactoryView factory(FactoryPage page, boolean open) {
        Factory factory = page.factory();
        Standing standing = factory == null ? Standing.UNRATED : factory.standing();
        List<Charts.Bar> weeks = weeks(page);
        List<Charts.Bar> segments = page.segments().stream()
                .map(segment -> new Charts.Bar(Words.segment(segment.segment()), segment.x(), segment.n()))
                .toList();
        Double standard = page.classes().stream()
                .filter(day -> day.defectClass() == DefectClass.QUALITY)
                .map(ClassDay::standard)
                .findFirst()
                .orElse(null);
        Alert gravest = page.alerts().stream().filter(Alert::isOpen).findFirst().orElse(null);
        return new FactoryView(
                sections.get(page.id()),
                page.id(),
                open && page.isInTrouble(),
                standing.name(),
                css(standing),
                Words.mark(standing),
                factory == null ? null : Words.decimal(factory.score()),
                factory == null ? null : factory.band(),
                place(factory),
                factory == null || !factory.day().isBefore(picture.day())
                        ? null
                        : factory.day().toString(),
                gravest == null
                        ? "no alert is open"
                        : gravest.isAboutPrice() ? "price above its floor" : Words.why(gravest),
                page.alerts().stream().limit(10).map(this::alert).toList(),
                page.classes().stream().map(Page::subScore).toList(),
                page.cause() == null ? null : course(page.cause()),
                page.scores().isEmpty() ? null : charts.score(page.scores()),
                scoreLabel(page),
                weeks.isEmpty() ? null : charts.rates(weeks, standard),
                rateLabel("Defective buyer-days by whole week", weeks),
                weeksNote(page),
                weeks.stream().map(bar -> tally(bar, "")).toList(),
                segments.isEmpty() ? null : charts.rates(segments, standard),
                rateLabel("Defective buyer-days by segment of buyers", segments),
                page.segments().stream()
                        .map(segment -> tally(
                                new Charts.Bar(Words.segment(segment.segment()), segment.x(), segment.n()),
                                note(segment)))
                        .toList(),
                page.steps().stream()
                        .sorted(Comparator.comparingLong(Step::at).reversed())
                        .limit(12)
                        .map(step -> new StepRow(
                                Words.date(step.at(), zone),
                                step.from().name(),
                                step.to().name(),
                                css(step.to()),
                                Words.mark(step.to()),
                                Objects.requireNonNullElse(step.cause(), "")))
                        .toList(),
                picture.items().stream()
                        .filter(item -> item.factoryId().equals(page.id()))
                        .map(item -> new ItemLink(
                                item.key().skuId() + " (" + item.key().channel() + ")",
                                sections.get("/" + item.key().subject())))
                        .toList());
    }

    private static String note(SegmentDay segment) {
        return "z " + Words.two(segment.z()) + ", risk ratio " + Words.two(segment.rr())
                + (segment.disparity() ? ", DISPARITY" : "");
    }

    /** The eight weeks of the newest alert about swings that has them. */
    private static List<Charts.Bar> weeks(FactoryPage page) {
        return swings(page)
                .map(alert -> {
                    List<Charts.Bar> bars = new ArrayList<>();
                    LocalDate end = evaluated(alert);
                    var weeks = alert.evidence().path("dispersion").path("weeks");
                    for (int i = 0; i < weeks.size(); i++) {
                        String label = end == null
                                ? "week " + (i + 1)
                                : end.minusDays(86 - 7L * i).toString();
                        bars.add(new Charts.Bar(
                                label,
                                weeks.get(i).path("x").asLong(),
                                weeks.get(i).path("n").asLong()));
                    }
                    return bars;
                })
                .orElse(new ArrayList<>());
    }

    private static java.util.Optional<Alert> swings(FactoryPage page) {
        return page.alerts().stream()
                .filter(alert ->
                        alert.evidence().path("dispersion").path("weeks").size() > 0)
                .findFirst();
    }

    private static LocalDate evaluated(Alert alert) {
        String day = alert.evidence().path("day").asText("");
        return day.isEmpty() ? null : LocalDate.parse(day);
    }

    private static String weeksNote(FactoryPage page) {
        return swings(page)
                .map(alert -> "By first day of the week, as of " + evaluated(alert) + ": chi-square "
                        + Words.decimal(alert.evidence()
                                .path("dispersion")
                                .path("chi_square")
                                .asDouble()) + " over "
                        + alert.evidence().path("dispersion").path("weeks_kept").asInt() + " weeks")
                .orElse(null);
    }

    private static TallyRow tally(Charts.Bar bar, String note) {
        return new TallyRow(
                bar.label(), Words.number(bar.x()), Words.number(bar.n()), Words.percent(bar.x(), bar.n()), note);
    }

    private static String rateLabel(String what, List<Charts.Bar> bars) {
        return what + ": "
                + bars.stream()
                        .map(bar -> bar.label() + " " + Words.percent(bar.x(), bar.n()))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static String scoreLabel(FactoryPage page) {
        if (page.scores().isEmpty()) {
            return null;
        }
        var first = page.scores().get(0);
        var last = page.scores().get(page.scores().size() - 1);
        return "Score and standing of " + page.id() + ": " + Words.decimal(first.score()) + " (" + first.standing()
                + ") on " + first.day() + ", " + Words.decimal(last.score()) + " (" + last.standing() + ") on "
                + last.day() + ".";
    }

    private static SubScore subScore(ClassDay day) {
        Interval interval = day.interval();
        boolean missed = day.subScore() < 60;
        return new SubScore(
                Words.name(day.defectClass()),
                Words.decimal(day.subScore()),
                (int) Math.round(Math.max(0, Math.min(100, day.subScore()))),
                missed ? "missed" : "met",
                missed,
                Words.number(day.x()),
                Words.number(Math.round(day.effective())),
                day.rate() == null ? "–" : Words.percent(day.rate()),
                interval == null ? "–" : Words.percent(interval.low()) + " to " + Words.percent(interval.high()),
                Words.percent(day.standard()),
                Stream.of(day.signal(), day.drift() ? "DRIFT" : null)
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining(", ")));
    }

    private ItemView item(Item item) {
        List<TierRow> tiers = item.floors().entrySet().stream()
                .map(entry -> {
                    var newest = item.floorsNow().get(entry.getKey());
                    List<Picture.Breach> own = item.breaches().stream()
                            .filter(breach -> breach.tier() == entry.getKey())
                            .toList();
                    return new TierRow(
                            entry.getKey() + "+",
                            newest.floor() == null ? "–" : Words.money(newest.floor()),
                            newest.status().name(),
                            newest.literalFloor() == null ? "–" : Words.money(newest.literalFloor()),
                            Words.number(own.size()),
                            own.stream()
                                    .max(Comparator.comparingLong(Picture.Breach::excessBp))
                                    .map(breach -> String.format(
                                            Locale.ROOT,
                                            "%s (+%.1f\u00a0%%)",
                                            Words.money(breach.price()),
                                            breach.excessBp() / 100.0))
                                    .orElse("–"));
                })
                .toList();
        return new ItemView(
                sections.get("/" + item.key().subject()),
                item.key().skuId(),
                item.key().channel().name(),
                item.key().currency(),
                item.factoryId(),
                sections.get(item.factoryId()),
                charts.item(item),
                "Floors of " + item.key().skuId() + " (" + item.key().channel() + ") and "
                        + Words.plural(item.breaches().size(), "payment") + " above them, from "
                        + Words.date(item.from(), zone) + " to " + Words.date(item.to(), zone)
                        + ". The table below says the same by tier.",
                item.alerts().stream().limit(3).map(this::alert).toList(),
                Words.plural(item.breaches().size(), "payment"),
                item.breachesLeftOut() == 0 ? null : Words.number(item.breachesLeftOut()),
                tiers);
    }

    private String beltLabel() {
        return "Belts by quality and price: "
                + picture.belts().stream()
                        .filter(belt -> belt.score() != null)
                        .map(belt -> belt.name() + " score "
                                + Words.decimal(belt.score())
                                + (belt.priceIndex() == null ? "" : ", price index " + Words.two(belt.priceIndex())))
                        .collect(Collectors.joining("; "))
                + ".";
    }

    private static BeltRow belt(Belt belt) {
        return new BeltRow(
                Objects.requireNonNullElse(belt.id(), "(none)"),
                Objects.requireNonNullElse(belt.category(), "(none)"),
                Words.number(belt.factories()),
                Words.number(belt.rated()),
                Words.number(belt.troubled()),
                belt.troubled() > 0,
                Words.decimal(belt.score()),
                Words.two(belt.priceIndex()),
                Words.number(belt.priced()),
                Words.decimal(belt.ratio()));
    }

    private static <T> List<T> limited(List<T> rows, int limit) {
        return rows.subList(0, Math.min(limit, rows.size()));
    }

    /** How many are left out; null for none. */
    private static String leftOut(List<?> rows, int limit) {
        return rows.size() <= limit ? null : Words.number(rows.size() - limit);
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lines, bars and scatter plots are all in the smaller build. */
    private static String echarts() throws IOException {
        Properties about = new Properties();
        about.load(new StringReader(resource("/META-INF/maven/org.webjars.npm/echarts/pom.properties")));
        return "/META-INF/resources/webjars/echarts/" + about.getProperty("version") + "/dist/echarts.common.min.js";
    }

    /** With newlines as a browser sees them, so that the hash holds. */
    private static String resource(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the class path has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        }
    }
}
