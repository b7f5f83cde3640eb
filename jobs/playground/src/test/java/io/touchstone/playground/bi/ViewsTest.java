package io.touchstone.playground.bi;

import static io.touchstone.playground.bi.World.END;
import static io.touchstone.playground.bi.World.ZONE;
import static io.touchstone.playground.bi.World.midnight;
import static io.touchstone.playground.bi.World.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.playground.bi.World.Alert;
import io.touchstone.playground.bi.World.Breach;
import io.touchstone.playground.bi.World.Finding;
import io.touchstone.playground.bi.World.Floor;
import io.touchstone.playground.bi.World.Item;
import io.touchstone.playground.bi.World.Key;
import io.touchstone.playground.bi.World.Score;
import io.touchstone.playground.bi.World.Segment;
import io.touchstone.playground.bi.World.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every view says what somebody finds who has only its comments, the rows of the tables, and Java. */
class ViewsTest {
    private static AnalystDatabase database;

    @BeforeAll
    static void launch() throws SQLException {
        database = AnalystDatabase.launch();
    }

    @AfterAll
    static void close() throws SQLException {
        database.close();
    }

    /** Asks as an analyst does. */
    private static List<List<Object>> ask(String sql) throws SQLException {
        database.actAs("bi_reader");
        try {
            return database.rows(sql);
        } finally {
            database.actAs(null);
        }
    }

    private static <T extends Comparable<T>> T lowerMedian(Collection<T> values) {
        List<T> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? null : sorted.get((sorted.size() - 1) / 2);
    }

    private static BigDecimal units(Long micros) {
        return micros == null ? null : AnalystDatabase.exact(new BigDecimal(micros).movePointLeft(6));
    }

    /** The newest day for which no factory is missing, while its rows are fresh. */
    private static LocalDate completeDay(World world) {
        LocalDate newest = world.daily.stream()
                .map(Score::day)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return behind(world).stream()
                .map(Score::day)
                .min(Comparator.naturalOrder())
                .orElse(newest);
    }

    /** Those that look behind: while the newest day is being written all of them count as missing. */
    private static List<Score> behind(World world) {
        Set<String> evaluatedWithOrders = new HashSet<>();
        Set<String> evaluated = new HashSet<>();
        for (Finding finding : world.findings) {
            if (finding.name().equals("QUALITY")) {
                evaluated.add(finding.factory() + finding.day());
                if (finding.n() > 0) {
                    evaluatedWithOrders.add(finding.factory() + finding.day());
                }
            }
        }
        return world.now.stream()
                .filter(s -> s.day().isBefore(END) && !s.day().isBefore(END.minusDays(30)))
                .filter(s -> evaluatedWithOrders.contains(s.factory() + s.day())
                        || (evaluated.contains(s.factory() + s.day())
                                && Set.of("PROBATION", "DEMOTED", "TRIAL").contains(s.standing())))
                .toList();
    }

    private static Instant pricesUpTo(World world) {
        return Stream.concat(
                        world.floors.stream().map(Floor::validFrom),
                        world.breaches.stream().map(Breach::paidAt))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void sayWhatTheTablesSay(long seed) throws Exception {
        World world = new World(seed);
        world.fill(database);
        LocalDate complete = completeDay(world);
        assertThat(complete.equals(END)).isEqualTo(seed % 2 == 0);
        Instant prices = pricesUpTo(world);

        assertThat(
                        ask(
                                "SELECT job, complete_up_to, complete_day, newest_day, factories_behind, is_stale FROM bi.job_progress"))
                .containsExactlyInAnyOrder(
                        row(
                                "factory-quality",
                                midnight(complete),
                                complete,
                                END,
                                (long) behind(world).size(),
                                true),
                        row(
                                "price-floor",
                                prices,
                                LocalDate.ofInstant(prices, ZONE),
                                LocalDate.ofInstant(prices, ZONE),
                                null,
                                true));
        factories(world, complete);
        segments(world, complete);
        breachesAndAlerts(world, complete, prices);
        qualityForThePrice(world, complete, prices);
        floors(world, prices, new Random(seed));
    }

    private static void factories(World world, LocalDate complete) throws SQLException {
        Map<String, Long> open = world.alerts.stream()
                .filter(a -> a.closedAt() == null)
                .collect(Collectors.groupingBy(Alert::factory, Collectors.counting()));
        assertThat(ask("SELECT factory_id, day, complete_up_to, is_current, score, band, standing, standing_since,"
                        + " standing_cause, category_id, belt_id, open_alerts FROM bi.factory_now"))
                .containsExactlyInAnyOrderElementsOf(world.now.stream()
                        .map(s -> {
                            Step step = world.steps.stream()
                                    .filter(x -> x.factory().equals(s.factory()))
                                    .max(Comparator.comparing(Step::enteredAt))
                                    .orElseThrow();
                            return row(
                                    s.factory(),
                                    s.day(),
                                    complete,
                                    !s.day().isBefore(complete),
                                    s.score(),
                                    s.band(),
                                    s.standing(),
                                    step.enteredAt(),
                                    step.cause(),
                                    s.category(),
                                    s.belt(),
                                    open.getOrDefault(s.factory(), 0L));
                        })
                        .toList());

        Map<String, Map<String, Finding>> findings = new HashMap<>();
        for (Finding finding : world.findings) {
            findings.computeIfAbsent(finding.factory() + finding.day(), key -> new HashMap<>())
                    .put(finding.name(), finding);
        }
        Function<Score, List<Object>> history = s -> {
            Map<String, Finding> of = findings.get(s.factory() + s.day());
            return row(
                    s.factory(),
                    s.day(),
                    complete,
                    s.score(),
                    s.band(),
                    s.standing(),
                    of.get("QUALITY").subScore(),
                    of.get("NEGATIVE_REVIEW").subScore(),
                    of.get("FULFILMENT").subScore(),
                    of.get("AFTER_SALES").subScore(),
                    of.get("QUALITY").rate(),
                    of.values().stream()
                            .filter(f -> f.signal() != null || f.drift())
                            .count(),
                    s.category(),
                    s.belt());
        };
        String columns = "SELECT factory_id, day, complete_up_to, score, band, standing, quality_score,"
                + " negative_review_score, fulfilment_score, after_sales_score, quality_rate, signals, category_id, belt_id"
                + " FROM bi.factory_history";
        assertThat(ask(columns))
                .containsExactlyInAnyOrderElementsOf(
                        world.daily.stream().map(history).toList());
        assertThat(ask(columns + " WHERE factory_id = 'f-33' ORDER BY day"))
                .containsExactlyElementsOf(world.daily.stream()
                        .filter(s -> s.factory().equals("f-33"))
                        .map(history)
                        .toList())
                .hasSize(13);
    }

    private static void segments(World world, LocalDate complete) throws SQLException {
        Map<String, List<Segment>> byFactory = world.segments.stream()
                .filter(s -> s.day().equals(complete))
                .collect(Collectors.groupingBy(Segment::factory));
        List<List<Object>> expected = new ArrayList<>();
        for (List<Segment> all : byFactory.values()) {
            for (Segment s : all) {
                long othersN = all.stream()
                        .filter(o -> !o.name().equals(s.name()))
                        .mapToLong(Segment::n)
                        .sum();
                long othersX = all.stream()
                        .filter(o -> !o.name().equals(s.name()))
                        .mapToLong(Segment::x)
                        .sum();
                double rate = (double) s.x() / s.n();
                Double othersRate = othersN == 0 ? null : Double.valueOf((double) othersX / othersN);
                expected.add(row(
                        s.factory(),
                        s.name(),
                        complete,
                        s.n(),
                        s.x(),
                        rate,
                        othersN,
                        othersX,
                        othersRate,
                        othersRate == null ? null : Double.valueOf(rate - othersRate),
                        s.z(),
                        s.rr(),
                        s.disparity()));
            }
        }
        assertThat(ask(
                        "SELECT factory_id, segment, day, n, x, rate, others_n, others_x, others_rate, gap, z, risk_ratio,"
                                + " disparity FROM bi.segment_gap"))
                .containsExactlyInAnyOrderElementsOf(expected)
                .hasSizeGreaterThan(300);
    }

    private static void breachesAndAlerts(World world, LocalDate complete, Instant prices) throws SQLException {
        Map<String, Alert> alerts = world.alerts.stream().collect(Collectors.toMap(Alert::id, a -> a));
        assertThat(ask("SELECT order_id, factory_id, sku_id, paid_at, paid_day, quantity, price, floor, excess_percent,"
                        + " overpaid, alert_id, alert_status, complete_up_to FROM bi.breaches"))
                .containsExactlyInAnyOrderElementsOf(world.breaches.stream()
                        .map(b -> row(
                                b.order(),
                                b.factory(),
                                b.key().sku(),
                                b.paidAt(),
                                LocalDate.ofInstant(b.paidAt(), ZONE),
                                b.quantity(),
                                units(b.price()),
                                units(b.floor()),
                                AnalystDatabase.exact(new BigDecimal(b.price())
                                        .multiply(new BigDecimal(100))
                                        .divide(new BigDecimal(b.floor()), 2, RoundingMode.DOWN)
                                        .subtract(new BigDecimal(100))),
                                AnalystDatabase.exact(
                                        units(b.price() - b.floor()).multiply(new BigDecimal(b.quantity()))),
                                b.alert(),
                                b.alert() == null ? null : alerts.get(b.alert()).status(),
                                prices))
                        .toList());

        Map<String, Score> now = world.now.stream().collect(Collectors.toMap(Score::factory, s -> s));
        assertThat(
                        ask(
                                "SELECT alert_id, kind, status, factory_id, standing, belt_id, category_id, opened_at, revised_at,"
                                        + " revision, recorded_at, complete_up_to, extract(epoch FROM open_for), is_stale FROM bi.alerts_open"))
                .containsExactlyInAnyOrderElementsOf(world.alerts.stream()
                        .filter(a -> a.closedAt() == null)
                        .map(a -> {
                            Score of = now.get(a.factory());
                            Instant upTo = a.kind().equals("PRICE_BREACH") ? prices : midnight(complete);
                            return row(
                                    a.id(),
                                    a.kind(),
                                    a.status(),
                                    a.factory(),
                                    of == null ? null : of.standing(),
                                    of == null ? null : of.belt(),
                                    of == null ? null : of.category(),
                                    a.openedAt(),
                                    a.at(),
                                    a.revision(),
                                    a.at().plusSeconds(1),
                                    upTo,
                                    AnalystDatabase.exact(new BigDecimal(upTo.toEpochMilli()
                                                    - a.openedAt().toEpochMilli())
                                            .movePointLeft(3)),
                                    true);
                        })
                        .toList());
    }

    /** What is compared: a category, quantity tier, channel and currency. */
    private record Cell(String category, long tier, String channel, String currency) {}

    private static Map<String, Double> priceIndex(World world) {
        Map<String, Score> now = world.now.stream().collect(Collectors.toMap(Score::factory, s -> s));
        Map<Key, Item> items = world.items.stream().collect(Collectors.toMap(Item::key, i -> i));
        Map<List<Object>, Floor> newest = new HashMap<>();
        for (Floor floor : world.floors) {
            newest.merge(
                    List.of(floor.key(), floor.tier()),
                    floor,
                    (a, b) -> a.validFrom().isAfter(b.validFrom()) ? a : b);
        }
        Map<Cell, Map<String, List<Long>>> floors = new HashMap<>();
        for (Floor floor : newest.values()) {
            Item item = items.get(floor.key());
            if (item != null
                    && floor.status().equals("CURRENT")
                    && item.category().equals(now.get(item.factory()).category())) {
                floors.computeIfAbsent(
                                new Cell(
                                        item.category(),
                                        floor.tier(),
                                        floor.key().channel(),
                                        floor.key().currency()),
                                cell -> new HashMap<>())
                        .computeIfAbsent(item.factory(), factory -> new ArrayList<>())
                        .add(floor.floor());
            }
        }
        Map<String, List<Double>> indices = new HashMap<>();
        int tooSmall = 0;
        for (Map<String, List<Long>> cell : floors.values()) {
            if (cell.size() < 5) {
                tooSmall++;
                continue;
            }
            long middle = lowerMedian(
                    cell.values().stream().map(ViewsTest::<Long>lowerMedian).toList());
            cell.forEach((factory, prices) -> indices.computeIfAbsent(factory, f -> new ArrayList<>())
                    .add((double) lowerMedian(prices) / middle));
        }
        assertThat(tooSmall).isPositive();
        Map<String, Double> result = new HashMap<>();
        indices.forEach((factory, values) -> result.put(factory, lowerMedian(values)));
        return result;
    }

    private static void qualityForThePrice(World world, LocalDate complete, Instant prices) throws SQLException {
        Map<String, Double> index = priceIndex(world);
        assertThat(index).hasSizeGreaterThan(50);
        assertThat(ask("SELECT factory_id, price_index, complete_up_to FROM bi.price_index"))
                .containsExactlyInAnyOrderElementsOf(index.entrySet().stream()
                        .map(e -> row(e.getKey(), e.getValue(), prices))
                        .toList());

        List<Score> rated = world.now.stream()
                .filter(s -> !s.band().equals("UNRATED")
                        && !s.standing().equals("UNRATED")
                        && !s.day().isBefore(complete))
                .toList();
        Function<Score, Double> ratio = s ->
                index.get(s.factory()) == null ? null : Double.valueOf(s.score() / Math.sqrt(index.get(s.factory())));
        Map<List<String>, List<Score>> belts = rated.stream()
                .filter(s -> s.belt() != null && s.category() != null)
                .collect(Collectors.groupingBy(s -> List.of(s.belt(), s.category())));
        List<List<Object>> expected = new ArrayList<>();
        belts.forEach((key, all) -> {
            List<Double> ratios =
                    all.stream().map(ratio).filter(Objects::nonNull).toList();
            expected.add(row(
                    key.get(0),
                    key.get(1),
                    (long) all.size(),
                    (long) ratios.size(),
                    lowerMedian(all.stream().map(Score::score).toList()),
                    lowerMedian(all.stream()
                            .map(s -> index.get(s.factory()))
                            .filter(Objects::nonNull)
                            .toList()),
                    lowerMedian(ratios),
                    complete,
                    ratios.isEmpty() ? null : prices));
        });
        assertThat(expected).anySatisfy(belt -> assertThat(belt.get(6)).isNull());
        assertThat(ask(
                        "SELECT belt_id, category_id, factories, factories_compared, score, price_index, ratio, complete_up_to,"
                                + " prices_complete_up_to FROM bi.belt_quality_price"))
                .containsExactlyInAnyOrderElementsOf(expected);

        Instant since = midnight(complete.minusDays(60));
        Set<String> moved = world.steps.stream()
                .filter(step -> step.enteredAt().isAfter(since))
                .map(Step::factory)
                .collect(Collectors.toSet());
        Map<String, List<Score>> eligible = rated.stream()
                .filter(s -> s.standing().equals("GOOD") && !moved.contains(s.factory()) && ratio.apply(s) != null)
                .collect(Collectors.groupingBy(Score::category));
        assertThat(world.steps).anySatisfy(step -> assertThat(step.enteredAt()).isEqualTo(since));
        List<List<Object>> candidates = new ArrayList<>();
        eligible.forEach((category, all) -> {
            int places = (all.size() + 99) / 100;
            for (Score s : all) {
                long better = all.stream()
                        .filter(o -> ratio.apply(o) > ratio.apply(s))
                        .count();
                if (better < places) {
                    candidates.add(row(
                            category,
                            better + 1,
                            s.factory(),
                            s.belt(),
                            ratio.apply(s),
                            s.score(),
                            index.get(s.factory()),
                            (long) all.size(),
                            s.day(),
                            complete,
                            prices));
                }
            }
        });
        assertThat(ask("SELECT category_id, place, factory_id, belt_id, ratio, score, price_index, eligible, day,"
                        + " complete_up_to, prices_complete_up_to FROM bi.selection_candidates"))
                .containsExactlyInAnyOrderElementsOf(candidates)
                .isNotEmpty();
    }

    private static void floors(World world, Instant prices, Random random) throws SQLException {
        int answered = 0;
        for (int i = 0; i < 200; i++) {
            Floor some = world.floors.get(random.nextInt(world.floors.size()));
            String sku = some.key().sku();
            long quantity = List.of(1L, 2L, 9L, 10L, 40L, 199L, 200L, 5000L).get(random.nextInt(8));
            // At the very instant of a change, just before it, or at any time.
            Instant at = i % 3 == 0
                    ? some.validFrom()
                    : some.validFrom().plusMillis(i % 3 == 1 ? -1 : random.nextInt(900_000_000));
            Map<List<String>, TreeMap<Long, Floor>> newest = new HashMap<>();
            for (Floor floor : world.floors) {
                if (floor.key().sku().equals(sku)
                        && floor.tier() <= quantity
                        && !floor.validFrom().isAfter(at)) {
                    newest.computeIfAbsent(
                                    List.of(floor.key().channel(), floor.key().currency()), key -> new TreeMap<>())
                            .merge(floor.tier(), floor, (a, b) -> a.validFrom().isAfter(b.validFrom()) ? a : b);
                }
            }
            List<List<Object>> expected = new ArrayList<>();
            newest.forEach((key, tiers) -> {
                Optional<Floor> binding = tiers.descendingMap().values().stream()
                        .filter(f -> !f.status().equals("NONE"))
                        .findFirst();
                Floor floor = binding.orElse(tiers.lastEntry().getValue());
                expected.add(row(
                        key.get(0),
                        key.get(1),
                        floor.status(),
                        units(floor.floor()),
                        units(floor.literal()),
                        floor.tier(),
                        floor.validFrom(),
                        prices,
                        at.isBefore(prices.minusSeconds(3600))));
            });
            answered += expected.size();
            assertThat(ask("SELECT * FROM bi.price_floor_at('" + sku + "', " + quantity + ", '" + at + "')"))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(answered).isGreaterThan(100);
    }

    /** The check of the contract: 20 at 4.60, 150 at 4.20, 12, 30 and 15 at 4.50 by three buyers, as the job keeps it. */
    @Test
    void aLargerLotHasTheFloorOfTheNextSmallerTier() throws Exception {
        new World(1).fill(database);
        database.execute("TRUNCATE price_floor_history");
        Instant at = Instant.parse("2026-09-20T00:00:00Z");
        database.insert(
                "price_floor_history",
                "sku_id, channel, currency, min_quantity, valid_from, floor_micros, literal_floor_micros, status, buyers,"
                        + " policy_version",
                List.of(
                        row("socks", "WHOLESALE", "CNY", 10, at, 4_500_000, 4_500_000, "CURRENT", 3, "p"),
                        row("socks", "WHOLESALE", "CNY", 50, at, 4_500_000, 4_200_000, "CURRENT", 3, "p")));
        String ask =
                "SELECT floor, literal_floor, min_quantity FROM bi.price_floor_at('socks', %d, '2026-09-22T04:00:00Z')";
        BigDecimal fourFifty = new BigDecimal("4.5");
        assertThat(ask(ask.formatted(40))).containsExactly(row(fourFifty, fourFifty, 10L));
        assertThat(ask(ask.formatted(200))).containsExactly(row(fourFifty, new BigDecimal("4.2"), 50L));
        assertThat(ask(ask.formatted(2))).isEmpty();
    }

    @Test
    void aJobThatStandsStillIsStale() throws Exception {
        new World(2).fill(database);
        assertThat(
                        ask(
                                "SELECT DISTINCT table_name, is_stale FROM bi.complete_up_to WHERE table_name <> 'item_factory'"))
                .hasSize(11)
                .allSatisfy(table -> assertThat(table.get(1)).isEqualTo(true));

        LocalDate today = LocalDate.now(ZONE);
        database.execute("UPDATE factory_score_daily SET day = DATE '" + today + "' WHERE day = DATE '" + END + "'");
        database.execute("UPDATE factory_score SET day = DATE '" + today + "'");
        assertThat(ask("SELECT table_name, complete_day, complete_up_to FROM bi.complete_up_to WHERE NOT is_stale"))
                .hasSize(7)
                .contains(row("factory_score_daily", today, midnight(today)), row("alert", today, midnight(today)));
        database.execute("UPDATE price_breach SET paid_at = now() WHERE order_id = 'o-0'");
        assertThat(ask("SELECT table_name FROM bi.complete_up_to WHERE NOT is_stale AND job = 'price-floor'"))
                .hasSize(5);
        assertThat(ask("SELECT is_stale FROM bi.complete_up_to WHERE table_name = 'bi.price_index'"))
                .as("made of old prices")
                .containsExactly(row(true));
        database.execute("SELECT bi.refresh()");
        assertThat(ask("SELECT is_stale FROM bi.complete_up_to WHERE table_name = 'bi.price_index'"))
                .containsExactly(row(false));
    }

    /** Orders that were all cancelled leave a factory that is not evaluated any more, and not forgotten either. */
    @Test
    void fewThatLookBehindHoldNoDayBackOnceItIsWritten() throws Exception {
        World world = new World(1);
        world.fill(database);
        long behind = behind(world).size();
        long there = world.daily.stream().filter(s -> s.day().equals(END)).count();
        assertThat(behind * 256).isGreaterThan(2100);
        String progress = "SELECT complete_day, factories_behind FROM bi.job_progress WHERE job = 'factory-quality'";
        assertThat(ask(progress)).as("being written").containsExactly(row(completeDay(world), behind));

        database.execute("UPDATE factory_score_daily SET recorded_at = now() - interval '61 minutes'");
        assertThat(ask(progress)).as("of few factories it says nothing").containsExactly(row(END, 0L));
        moreOfTheNewestDay(1, 1999 - there);
        assertThat(ask(progress)).containsExactly(row(END, 0L));
        moreOfTheNewestDay(2000 - there, 2000 - there);
        assertThat(ask(progress)).as("a part of the job trails").containsExactly(row(completeDay(world), behind));
        moreOfTheNewestDay(2001 - there, behind * 256 - 1 - there);
        assertThat(ask(progress)).containsExactly(row(completeDay(world), behind));
        moreOfTheNewestDay(behind * 256 - there, behind * 256 - there);
        assertThat(ask(progress)).as("too few for a part of the job").containsExactly(row(END, 0L));
    }

    private static void moreOfTheNewestDay(long first, long last) throws SQLException {
        database.execute("INSERT INTO factory_score_daily (factory_id, day, score, band, standing, policy_version,"
                + " recorded_at) SELECT 'more-' || i, '" + END
                + "', 80, 'A', 'GOOD', 'p', now() - interval '61 minutes'"
                + " FROM generate_series(" + first + ", " + last + ") AS i");
    }

    @Test
    void nothingIsStaleSoonerThanWithoutAnyRow() throws Exception {
        database.execute("TRUNCATE factory_score, factory_score_daily, price_floor_history, price_breach");
        assertThat(ask("SELECT job, complete_up_to, complete_day, is_stale FROM bi.job_progress"))
                .containsExactlyInAnyOrder(
                        row("factory-quality", null, null, true), row("price-floor", null, null, true));
        assertThat(ask("SELECT * FROM bi.factory_now")).isEmpty();
    }

    @Test
    void localDaysAreThoseOfTheZoneThatTheDatabaseIsTold() throws Exception {
        new World(2).fill(database);
        String day = "SELECT complete_up_to FROM bi.job_progress WHERE job = 'factory-quality'";
        assertThat(ask(day)).containsExactly(row(midnight(END)));
        database.execute("SET touchstone.time_zone = 'Europe/Berlin'");
        assertThat(ask(day))
                .containsExactly(row(END.atTime(LocalTime.MIDNIGHT)
                        .atZone(java.time.ZoneId.of("Europe/Berlin"))
                        .toInstant()));
        database.execute("RESET touchstone.time_zone");
    }

    @Test
    void analystsSeeTheViewsAndNothingElse() throws Exception {
        List<String> tables =
                database.texts("SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'public'::regnamespace"
                        + " AND relkind IN ('r', 'p')");
        assertThat(tables).contains("alert", "factory_score_daily", "factory_score_daily_other", "item_factory");
        for (String table : tables) {
            assertThatThrownBy(() -> ask("SELECT * FROM public." + table)).hasMessageContaining("permission denied");
        }
        for (String view :
                database.texts("SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'bi'::regnamespace"
                        + " AND relkind IN ('v', 'm')")) {
            ask("SELECT * FROM " + view + " LIMIT 1");
        }
        for (String call : List.of(
                "bi.refresh()",
                "maintain_tables()",
                "make_daily_partitions()",
                "drop_daily_partitions('2030-01-01')")) {
            assertThatThrownBy(() -> ask("SELECT " + call.replaceFirst("^(?!bi)", "public.")))
                    .hasMessageContaining("permission denied");
        }
        for (String call : List.of("lo_creat(-1)", "lo_create(0)", "lo_from_bytea(0, '')")) {
            assertThatThrownBy(() -> ask("SELECT " + call)).hasMessageContaining("permission denied");
        }
    }

    @Test
    void theViewsCanBeMadeAnewAtAnyTime() throws Exception {
        String sql = java.nio.file.Files.readString(AnalystDatabase.HOME.resolve("schemas/tables/R__bi.sql"));
        database.execute("BEGIN");
        // As if somebody else ran it than who said what holds for tables to come.
        database.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA bi REVOKE SELECT ON TABLES FROM bi_reader");
        database.execute(sql);
        database.execute("COMMIT");
        assertThat(ask("SELECT count(*) FROM bi.complete_up_to")).containsExactly(row(14L));
    }
}
