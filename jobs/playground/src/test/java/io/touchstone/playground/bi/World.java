package io.touchstone.playground.bi;

import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Rows of every table as jobs could have left them, drawn by a seed; with the edges that the views have to get right. */
final class World {
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final LocalDate END = LocalDate.of(2026, 6, 29);

    private static final List<String> SEGMENTS = List.of("CONSUMER", "PLUS_MEMBER", "SMALL_BUSINESS", "WHOLESALER");
    private static final List<String> CLASSES = List.of("AFTER_SALES", "FULFILMENT", "NEGATIVE_REVIEW", "QUALITY");
    private static final List<String> STANDINGS = List.of("GOOD", "GOOD", "GOOD", "WATCH", "PROBATION", "DEMOTED");

    final List<Score> now = new ArrayList<>();
    final List<Score> daily = new ArrayList<>();
    final List<Finding> findings = new ArrayList<>();
    final List<Segment> segments = new ArrayList<>();
    final List<Step> steps = new ArrayList<>();
    final List<Item> items = new ArrayList<>();
    final List<Floor> floors = new ArrayList<>();
    final List<Breach> breaches = new ArrayList<>();
    final List<Alert> alerts = new ArrayList<>();

    private final Random random;

    record Score(
            String factory, LocalDate day, double score, String band, String standing, String category, String belt) {}

    /** A row of {@code factory_class_daily}. */
    record Finding(
            String factory,
            LocalDate day,
            String name,
            long n,
            Double rate,
            double subScore,
            String signal,
            boolean drift) {}

    record Segment(
            String factory, LocalDate day, String name, long n, long x, Double z, Double rr, boolean disparity) {}

    record Step(String factory, Instant enteredAt, String to, String cause) {}

    record Key(String sku, String channel, String currency) {}

    record Item(Key key, String factory, String category) {}

    /** A row of {@code price_floor_history}. */
    record Floor(Key key, long tier, Instant validFrom, Long floor, Long literal, String status, long buyers) {}

    record Breach(
            String order,
            String factory,
            Key key,
            long quantity,
            long tier,
            Instant paidAt,
            long price,
            long floor,
            String alert) {}

    record Alert(
            String id,
            long revision,
            String kind,
            String status,
            String factory,
            Instant at,
            Instant openedAt,
            Instant closedAt) {}

    World(long seed) {
        random = new Random(seed);
        boolean allThere = seed % 2 == 0;
        for (int i = 0; i < 160; i++) {
            factory("f-" + i, i, allThere);
        }
        for (int i = 0; i < 120; i++) {
            alert(i);
        }
        for (int i = 0; i < 200; i++) {
            breach(i);
        }
    }

    static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZONE).toInstant();
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void factory(String factory, int i, boolean allThere) {
        // Of the rare category there are too few to compare.
        String category = chance(3) ? null : i < 4 ? "rare" : "c-" + random.nextInt(3);
        String belt = chance(4) ? null : "b-" + random.nextInt(5);
        String standing = any(STANDINGS);
        LocalDate last = END;
        boolean orders = true;
        boolean forgotten = false;
        switch (i % 20) {
            case 4 -> {
                // Behind, unless everybody is there.
                last = allThere ? END : END.minusDays(1 + random.nextInt(3));
            }
            case 5 -> {
                // Without orders for a long time: not evaluated any more, and not missed.
                last = END.minusDays(1 + random.nextInt(8));
                standing = "WATCH";
                orders = false;
            }
            case 6 -> {
                // A demoted factory is evaluated even without orders.
                last = allThere ? END : END.minusDays(2);
                standing = "DEMOTED";
                orders = false;
            }
            case 7 -> forgotten = true;
            case 8 -> last = END.minusDays(40);
            default -> {}
        }
        steps(factory, i, standing, forgotten);
        LocalDate forgottenOn = END.minusDays(1 + random.nextInt(20));
        if (forgotten) {
            last = forgottenOn.minusDays(1);
        }
        Score newest = null;
        for (LocalDate day = END.minusDays(12); !day.isAfter(last); day = day.plusDays(1)) {
            newest = evaluation(factory, day, standing, category, belt, orders);
        }
        if (newest == null) {
            newest = evaluation(factory, last, standing, category, belt, orders);
        }
        now.add(
                forgotten
                        ? new Score(factory, forgottenOn, newest.score, newest.band, "UNRATED", category, belt)
                        : newest);
        for (int item = random.nextInt(6); item > 0; item--) {
            item(factory, category, factory + "-" + item);
        }
    }

    private Score evaluation(
            String factory, LocalDate day, String standing, String category, String belt, boolean orders) {
        double value = random.nextInt(4) == 0 ? 80 : random.nextDouble() * 100;
        Score score = new Score(factory, day, value, chance(10) ? "UNRATED" : "B", standing, category, belt);
        daily.add(score);
        for (String name : CLASSES) {
            long n = orders ? 1L + random.nextInt(500) : 0;
            findings.add(new Finding(
                    factory,
                    day,
                    name,
                    n,
                    n == 0 ? null : random.nextDouble(),
                    random.nextDouble() * 100,
                    chance(10) ? "WARN" : null,
                    chance(5)));
        }
        for (String name : SEGMENTS) {
            if (chance(70)) {
                long n = 1L + random.nextInt(300);
                segments.add(new Segment(
                        factory,
                        day,
                        name,
                        n,
                        random.nextInt((int) n + 1),
                        chance(10) ? null : random.nextGaussian(),
                        chance(10) ? Double.POSITIVE_INFINITY : random.nextDouble(),
                        chance(5)));
            }
        }
        return score;
    }

    private void steps(String factory, int i, String standing, boolean forgotten) {
        steps.add(new Step(factory, midnight(END.minusDays(150)), "GOOD", null));
        for (int step = random.nextInt(3); step > 0; step--) {
            steps.add(new Step(factory, midnight(END.minusDays(70 + 10L * step)), any(STANDINGS), "QUALITY"));
        }
        // Sixty days are up at the very midnight.
        int before = i % 3 == 0 ? 58 + random.nextInt(6) : 1 + random.nextInt(70);
        steps.add(new Step(
                factory, midnight(END.minusDays(before)), standing, standing.equals("GOOD") ? null : "QUALITY"));
        if (forgotten) {
            steps.add(new Step(factory, midnight(END), "UNRATED", "FORGOTTEN"));
        }
    }

    private void item(String factory, String category, String sku) {
        Key key = new Key(sku, chance(70) ? "WHOLESALE" : "DROPSHIP", chance(85) ? "CNY" : "USD");
        if (chance(95)) {
            items.add(new Item(key, factory, category == null || chance(12) ? "c-0" : category));
        }
        for (long tier : new long[] {1, 10, 200}) {
            Instant from = midnight(END.minusDays(20)).plusSeconds(random.nextInt(86_400));
            for (int change = random.nextInt(5); change > 0; change--) {
                String status = any(List.of("CURRENT", "CURRENT", "CURRENT", "CARRIED", "THIN", "NONE"));
                long price = 1_000_000L + 50_000L * random.nextInt(40);
                boolean holds = status.equals("CURRENT") || status.equals("CARRIED");
                floors.add(new Floor(
                        key, tier, from, holds ? price : null, status.equals("NONE") ? null : price - 5, status, 3));
                from = from.plusSeconds(1 + random.nextInt(300_000));
            }
        }
    }

    private void alert(int i) {
        boolean price = chance(50);
        Instant opened = midnight(END.minusDays(random.nextInt(60)));
        alerts.add(new Alert(
                "a-" + i,
                1L + random.nextInt(4),
                price ? "PRICE_BREACH" : "DEMOTION",
                "ESCALATED",
                "f-" + random.nextInt(170),
                opened.plusSeconds(3600),
                opened,
                chance(60) ? opened.plusSeconds(90_000) : null));
    }

    private void breach(int i) {
        long floor = 1_000_000L + random.nextInt(1_000_000);
        breaches.add(new Breach(
                "o-" + i,
                "f-" + random.nextInt(160),
                new Key("s-" + random.nextInt(9), "MEMBER", "CNY"),
                1L + random.nextInt(2_000_000_000),
                1,
                midnight(END.minusDays(random.nextInt(60))).plusMillis(random.nextInt(86_400_000)),
                floor + 10_000 + random.nextInt(2_000_000),
                floor,
                chance(50) ? "a-" + random.nextInt(120) : null));
    }

    long excessBp(Breach breach) {
        return breach.price * 10_000 / breach.floor - 10_000;
    }

    /** Takes the place of whatever the tables held. */
    void fill(AnalystDatabase database) throws SQLException {
        database.execute(
                "TRUNCATE factory_score, factory_score_daily, factory_class_daily, factory_segment_daily,"
                        + " standing_history, price_floor, price_floor_history, price_breach, alert, alert_revision, item_factory");
        String score = "factory_id, day, score, band, standing, category_id, belt_id, policy_version";
        database.insert("factory_score", score, now.stream().map(World::row).toList());
        database.insert(
                "factory_score_daily", score, daily.stream().map(World::row).toList());
        database.insert(
                "factory_class_daily",
                "factory_id, day, class, x, n, e_milli, rate, shrunk_rate, standard_bp, sub_score, buyers, cusum, signal,"
                        + " drift, policy_version",
                findings.stream()
                        .map(f -> row(
                                f.factory,
                                f.day,
                                f.name,
                                0,
                                f.n,
                                0,
                                f.rate,
                                0.0,
                                300,
                                f.subScore,
                                0,
                                0,
                                f.signal,
                                f.drift,
                                "p"))
                        .toList());
        database.insert(
                "factory_segment_daily",
                "factory_id, day, segment, n, x, z, rr, disparity, policy_version",
                segments.stream()
                        .map(s -> row(s.factory, s.day, s.name, s.n, s.x, s.z, s.rr, s.disparity, "p"))
                        .toList());
        database.insert(
                "standing_history",
                "factory_id, entered_at, from_standing, to_standing, cause, policy_version",
                steps.stream()
                        .map(s -> row(s.factory, s.enteredAt, "UNRATED", s.to, s.cause, "p"))
                        .toList());
        database.insert(
                "item_factory",
                "sku_id, channel, currency, since, factory_id, category_id, policy_version",
                items.stream()
                        .map(i -> row(
                                i.key.sku, i.key.channel, i.key.currency, midnight(END), i.factory, i.category, "p"))
                        .toList());
        database.insert(
                "price_floor_history",
                "sku_id, channel, currency, min_quantity, valid_from, floor_micros, literal_floor_micros, status, buyers,"
                        + " policy_version",
                floors.stream()
                        .map(f -> row(
                                f.key.sku,
                                f.key.channel,
                                f.key.currency,
                                f.tier,
                                f.validFrom,
                                f.floor,
                                f.literal,
                                f.status,
                                f.buyers,
                                "p"))
                        .toList());
        database.execute(
                "INSERT INTO price_floor SELECT DISTINCT ON (sku_id, channel, currency, min_quantity) sku_id, channel,"
                        + " currency, min_quantity, valid_from, floor_micros, literal_floor_micros, status, buyers, policy_version"
                        + " FROM price_floor_history ORDER BY sku_id, channel, currency, min_quantity, valid_from DESC");
        database.insert(
                "price_breach",
                "order_id, line_id, factory_id, sku_id, channel, currency, quantity, tier, buyer_id, paid_at, price_micros,"
                        + " floor_micros, floor_status, excess_bp, alert_id, policy_version",
                breaches.stream()
                        .map(b -> row(
                                b.order,
                                "1",
                                b.factory,
                                b.key.sku,
                                b.key.channel,
                                b.key.currency,
                                b.quantity,
                                b.tier,
                                "buyer",
                                b.paidAt,
                                b.price,
                                b.floor,
                                "CURRENT",
                                excessBp(b),
                                b.alert,
                                "p"))
                        .toList());
        for (String table : List.of("alert", "alert_revision")) {
            boolean revisions = table.equals("alert_revision");
            database.insert(
                    table,
                    "alert_id, revision, kind, status, subject, factory_id, at, severity, summary, summary_zh, evidence,"
                            + (revisions ? " recorded_at, policy_version" : " opened_at, closed_at, policy_version"),
                    alerts.stream()
                            .map(a -> {
                                List<Object> row = row(
                                        a.id,
                                        a.revision,
                                        a.kind,
                                        a.status,
                                        a.factory,
                                        a.factory,
                                        a.at,
                                        "WARN",
                                        "s",
                                        "z",
                                        "{}");
                                row.addAll(
                                        revisions ? row(a.at.plusSeconds(1), "p") : row(a.openedAt, a.closedAt, "p"));
                                return row;
                            })
                            .toList());
        }
        database.execute("SELECT bi.refresh()");
    }

    private static List<Object> row(Score s) {
        return row(s.factory, s.day, s.score, s.band, s.standing, s.category, s.belt, "p");
    }

    static List<Object> row(Object... values) {
        return new ArrayList<>(Arrays.asList(values));
    }
}
