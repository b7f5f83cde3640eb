package io.touchstone.oracle;

import io.touchstone.market.Ids;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Segment;
import io.touchstone.policy.ClassPolicy;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** One factory, midnight after midnight: the rows of section 3, the standing and the alerts of sections 4 and 6. */
final class FactoryLife {
    private static final int NEVER = Integer.MIN_VALUE / 2;

    /** The order of the constants is that of the contract. */
    enum Standing {
        UNRATED,
        GOOD,
        WATCH,
        PROBATION,
        DEMOTED,
        TRIAL;

        boolean isEpisode() {
            return ordinal() >= PROBATION.ordinal();
        }
    }

    /** The REGULAR orders by cohort day. */
    final TreeMap<Integer, List<OrderLife>> orders = new TreeMap<>();

    /** The REGULAR PAID events. */
    final List<OrderEvent> paid = new ArrayList<>();

    private final String id;
    private final Policy policy;
    private final QualityRows rows;

    /** Orders and payments before this instant are forgotten. */
    private long forgottenBefore = Long.MIN_VALUE;

    private Memory memory = new Memory();

    /** What is known of a factory beside its orders; it goes when the factory is forgotten. */
    private static final class Memory {
        int evaluatedOn = NEVER;
        Standing standing = Standing.UNRATED;
        int enteredOn;
        int grace;
        final List<Integer> demotions = new ArrayList<>();
        long resolvedAt = Long.MIN_VALUE;
        Episode demotion;
        Episode unstable;
        final Map<Segment, Episode> disparities = new EnumMap<>(Segment.class);
        final Map<DefectClass, Integer> warnStreak = new EnumMap<>(DefectClass.class);
        final Map<Segment, Integer> disparityStreak = new EnumMap<>(Segment.class);
        int dispersionStreak;
        int fineStreak;
        Object[] score;
    }

    private static final class Episode {
        final String kind;
        final String subject;
        final long start;
        int revision;
        String cause;
        int quiet;

        Episode(String kind, String subject, long start, String cause) {
            this.kind = kind;
            this.subject = subject;
            this.start = start;
            this.cause = cause;
        }

        /** A cause that is no class stands for QUALITY. */
        DefectClass causeClass() {
            return cause.equals("DISPARITY") || cause.equals("DISPERSION")
                    ? DefectClass.QUALITY
                    : DefectClass.valueOf(cause);
        }

        String alertId() {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest((kind + "|" + subject + "|" + start).getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest).substring(0, 32);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    FactoryLife(String id, Policy policy, QualityRows rows) {
        this.id = id;
        this.policy = policy;
        this.rows = rows;
    }

    /** What happens to the factory at midnight(D). */
    void midnight(int day) {
        long now = QualityOracle.midnight(day, policy);
        boolean isHere = hasOrders(day - 90, day - 1, now);
        boolean isToCome = hasOrders(day, Integer.MAX_VALUE, now);
        if (memory.standing.isEpisode()) {
            if (isToCome || hasOrders(day - 180, day - 1, now)) {
                evaluate(day, now);
            } else {
                forget(day, now);
            }
        } else if (isHere) {
            evaluate(day, now);
        } else if (!isToCome) {
            forget(day, now);
        }
    }

    private boolean hasOrders(int from, int to, long now) {
        return orders.subMap(from, true, to, true).values().stream()
                .flatMap(Collection::stream)
                .anyMatch(order -> isSeen(order, now));
    }

    private boolean isSeen(OrderLife order, long now) {
        OrderLife.State state = order.before(now);
        return state != null && state.counts() && order.first.eventTime() >= forgottenBefore;
    }

    private void forget(int day, long now) {
        if (memory.evaluatedOn != NEVER) {
            Object[] score = memory.score;
            score[1] = LocalDate.ofEpochDay(day);
            score[4] = Standing.UNRATED;
            rows.replace("factory_score", score);
            if (memory.standing != Standing.UNRATED) {
                move(now, Standing.UNRATED, "FORGOTTEN");
            }
            if (memory.demotion != null) {
                revise(memory.demotion, "EXPIRED", "INFO", now);
            }
            if (memory.unstable != null) {
                revise(memory.unstable, "EXPIRED", "INFO", now);
            }
            memory.disparities.values().forEach(episode -> revise(episode, "EXPIRED", "INFO", now));
        }
        memory = new Memory();
        forgottenBefore = now;
    }

    private void evaluate(int day, long now) {
        List<FactoryDay.Seen> seen = orders.subMap(day - 90, true, day - 1, true).values().stream()
                .flatMap(Collection::stream)
                .filter(order -> isSeen(order, now))
                .map(order -> new FactoryDay.Seen(order, order.before(now)))
                .toList();
        FactoryDay today = new FactoryDay(day, seen, policy);
        Map<Segment, FactoryDay.Disparity> disparities = new EnumMap<>(Segment.class);
        for (Segment segment : Segment.values()) {
            disparities.put(segment, today.disparity(segment));
        }
        if (memory.evaluatedOn != day - 1) {
            startAgain();
        }
        memory.evaluatedOn = day;
        boolean disperses = today.disperses();
        boolean disparate = disparities.values().stream().anyMatch(FactoryDay.Disparity::fires);
        for (DefectClass c : DefectClass.values()) {
            memory.warnStreak.put(c, today.warns(c) ? memory.warnStreak.getOrDefault(c, 0) + 1 : 0);
        }
        disparities.forEach((segment, disparity) -> memory.disparityStreak.put(
                segment, disparity.fires() ? memory.disparityStreak.getOrDefault(segment, 0) + 1 : 0));
        memory.dispersionStreak = disperses ? memory.dispersionStreak + 1 : 0;
        boolean fine = today.windowE(DefectClass.QUALITY) >= 30_000 && every(today::meets) && !disperses && !disparate;
        memory.fineStreak = fine ? memory.fineStreak + 1 : 0;

        step(today, now, disperses, disparate);
        otherAlerts(today, now, disperses, disparities);
        writeRows(today, now, disparities);
    }

    private void startAgain() {
        memory.warnStreak.clear();
        memory.disparityStreak.clear();
        memory.dispersionStreak = 0;
        memory.fineStreak = 0;
        if (memory.unstable != null) {
            memory.unstable.quiet = 0;
        }
        memory.disparities.values().forEach(episode -> episode.quiet = 0);
    }

    private static boolean every(Predicate<DefectClass> condition) {
        return first(condition.negate()) == null;
    }

    /** The first class in listed order for which something holds, null if there is none. */
    private static DefectClass first(Predicate<DefectClass> condition) {
        for (DefectClass c : DefectClass.values()) {
            if (condition.test(c)) {
                return c;
            }
        }
        return null;
    }

    private void step(FactoryDay today, long now, boolean disperses, boolean disparate) {
        int days = today.day - memory.enteredOn;
        switch (memory.standing) {
            case UNRATED -> {
                if (today.windowE(DefectClass.QUALITY) >= 30_000) {
                    enter(today.day, now, Standing.GOOD, null);
                }
            }
            case GOOD, WATCH -> fromGoodOrWatch(today, now, disperses, disparate);
            case PROBATION -> {
                DefectClass cause = memory.demotion.causeClass();
                if (days >= memory.grace && today.fails(cause) && today.hasDefectSince(cause, enteredAt())) {
                    enter(today.day, now, Standing.DEMOTED, memory.demotion.cause);
                } else if (memory.fineStreak >= 7) {
                    enter(today.day, now, Standing.GOOD, memory.demotion.cause);
                }
            }
            case DEMOTED -> {
                int from = spanStart(today.day);
                DefectClass cause = memory.demotion.causeClass();
                if (days >= dwell()
                        && today.e(DefectClass.QUALITY, from) >= 50_000
                        && FactoryDay.below(
                                today.x(cause, from, today.day - 1),
                                today.e(cause, from),
                                today.standard(cause) * 8 / 10,
                                1000)
                        && every(c -> c == cause || today.meets(c, from))) {
                    enter(today.day, now, Standing.TRIAL, memory.demotion.cause);
                }
            }
            case TRIAL -> {
                int from = spanStart(today.day);
                DefectClass failed = first(c -> today.fails(c, from) && today.hasDefectSince(c, enteredAt()));
                if (failed != null) {
                    enter(today.day, now, Standing.DEMOTED, failed.name());
                } else if (days >= 14) {
                    enter(today.day, now, Standing.GOOD, memory.demotion.cause);
                }
            }
        }
    }

    private void fromGoodOrWatch(FactoryDay today, long now, boolean disperses, boolean disparate) {
        DefectClass severe = first(c -> today.isSevere(c) && today.hasDefectSince(c, memory.resolvedAt));
        if (severe != null) {
            memory.grace = 3;
            enter(today.day, now, Standing.PROBATION, severe.name());
            return;
        }
        if (memory.standing == Standing.WATCH) {
            DefectClass warned =
                    first(c -> memory.warnStreak.get(c) >= 3 && today.hasDefectSince(c, memory.resolvedAt));
            boolean isNew = today.hasDefectSince(DefectClass.QUALITY, memory.resolvedAt);
            String cause = null;
            if (warned != null) {
                cause = warned.name();
            } else if (isNew && memory.disparityStreak.values().stream().anyMatch(streak -> streak >= 7)) {
                cause = "DISPARITY";
            } else if (isNew && memory.dispersionStreak >= 28) {
                cause = "DISPERSION";
            }
            if (cause != null) {
                memory.grace = 7;
                enter(today.day, now, Standing.PROBATION, cause);
            } else if (every(c -> !today.warns(c) && today.cusum(c) < 3_000_000_000L && today.meets(c))
                    && !disperses
                    && !disparate) {
                enter(today.day, now, Standing.GOOD, null);
            }
            return;
        }
        String cause = first(today::warns) != null
                ? "WARN"
                : first(today::drifts) != null ? "DRIFT" : disperses ? "DISPERSION" : disparate ? "DISPARITY" : null;
        if (cause != null) {
            enter(today.day, now, Standing.WATCH, cause);
        }
    }

    private long enteredAt() {
        return QualityOracle.midnight(memory.enteredOn, policy);
    }

    /** The later of the demotion's date and D-45. */
    private int spanStart(int day) {
        return Math.max(memory.demotions.get(memory.demotions.size() - 1), day - 45);
    }

    private int dwell() {
        int last = memory.demotions.get(memory.demotions.size() - 1);
        boolean again =
                memory.demotions.stream().filter(day -> day >= last - 180).count() > 1;
        return again ? 60 : 30;
    }

    private void enter(int day, long now, Standing to, String cause) {
        Standing from = memory.standing;
        if (to == Standing.PROBATION) {
            memory.demotion = new Episode("DEMOTION", id, now, cause);
        }
        if (memory.demotion != null) {
            memory.demotion.cause = cause;
        }
        move(now, to, cause);
        memory.standing = to;
        memory.enteredOn = day;
        if (to == Standing.DEMOTED) {
            memory.demotions.add(day);
        }
        if (memory.demotion != null) {
            switch (to) {
                case PROBATION -> revise(memory.demotion, "OPENED", "WARN", now);
                case DEMOTED -> revise(memory.demotion, "ESCALATED", "CRITICAL", now);
                case TRIAL -> revise(memory.demotion, "RECOVERING", "INFO", now);
                default -> {
                    revise(memory.demotion, "RESOLVED", "INFO", now);
                    memory.demotion = null;
                    memory.resolvedAt = now;
                }
            }
        }
        if (from == to) {
            throw new IllegalStateException("no move from " + from);
        }
    }

    private void move(long now, Standing to, String cause) {
        rows.put(
                "standing_history",
                id,
                now,
                memory.standing,
                to,
                cause,
                memory.demotion == null ? null : memory.demotion.alertId());
    }

    private void otherAlerts(
            FactoryDay today, long now, boolean disperses, Map<Segment, FactoryDay.Disparity> disparities) {
        boolean rated = today.windowE(DefectClass.QUALITY) >= 30_000;
        if (memory.unstable == null && disperses) {
            memory.unstable = new Episode("UNSTABLE_QUALITY", id, now, "DISPERSION");
            revise(memory.unstable, "OPENED", "WARN", now);
        } else if (memory.unstable != null && isOver(memory.unstable, disperses, rated)) {
            revise(memory.unstable, "RESOLVED", "INFO", now);
            memory.unstable = null;
        }
        for (Segment segment : Segment.values()) {
            boolean fires = disparities.get(segment).fires();
            Episode open = memory.disparities.get(segment);
            if (open == null && memory.disparityStreak.get(segment) >= 7) {
                Episode opened = new Episode("COHORT_DISPARITY", id + "/" + segment, now, "DISPARITY");
                memory.disparities.put(segment, opened);
                revise(opened, "OPENED", "WARN", now);
            } else if (open != null && isOver(open, fires, rated)) {
                revise(open, "RESOLVED", "INFO", now);
                memory.disparities.remove(segment);
            }
        }
    }

    private static boolean isOver(Episode episode, boolean fires, boolean rated) {
        if (fires) {
            episode.quiet = 0;
        } else if (rated) {
            episode.quiet++;
        }
        return episode.quiet >= 28;
    }

    private void revise(Episode episode, String status, String severity, long now) {
        episode.revision++;
        rows.put(
                "alert_revision",
                episode.alertId(),
                episode.revision,
                episode.kind,
                status,
                episode.subject,
                id,
                now,
                episode.cause,
                severity);
        rows.replace(
                "alert",
                episode.alertId(),
                episode.revision,
                episode.kind,
                status,
                episode.subject,
                id,
                now,
                episode.cause,
                severity,
                episode.start,
                status.equals("RESOLVED") || status.equals("EXPIRED") ? now : null);
    }

    private void writeRows(FactoryDay today, long now, Map<Segment, FactoryDay.Disparity> disparities) {
        LocalDate date = LocalDate.ofEpochDay(today.day);
        double weighted = 0;
        boolean poor = false;
        for (DefectClass c : DefectClass.values()) {
            ClassPolicy numbers = today.policy(c);
            long x = today.windowX(c);
            long eMilli = today.windowE(c);
            double e = eMilli / 1000.0;
            double p = numbers.meanBp() / 10000.0;
            double t = numbers.standardBp() / 10000.0;
            double shrunk = (x + numbers.strength() * p) / (e + numbers.strength());
            double sub = Math.max(0, 100 - (40 * shrunk) / t);
            weighted += numbers.weight() * sub;
            poor |= sub < 60;
            rows.put(
                    "factory_class_daily",
                    id,
                    date,
                    c,
                    x,
                    today.n(today.windowStart(), today.day - 1),
                    eMilli,
                    eMilli == 0 ? null : x / e,
                    shrunk,
                    numbers.standardBp(),
                    sub,
                    today.buyers(c, today.windowStart()),
                    today.cusum(c),
                    today.isSevere(c) ? "SEVERE" : today.fails(c) ? "FAIL" : today.warns(c) ? "WARN" : null,
                    today.drifts(c));
        }
        double score = weighted / 1000;
        String band = today.windowE(DefectClass.QUALITY) < 30_000
                ? "UNRATED"
                : score >= 80 && !poor ? "A" : score >= 70 && !poor ? "B" : score >= 60 ? "C" : "D";
        String belt = paid.stream()
                .filter(event -> event.eventTime() < now && event.eventTime() >= forgottenBefore)
                // Of payments of one order at one instant the first by event_id speaks, as everywhere.
                .max(Comparator.comparing(OrderEvent::eventTime)
                        .thenComparing(OrderEvent::orderId, Ids.ORDER)
                        .thenComparing(OrderEvent::eventId, Ids.ORDER.reversed()))
                .map(OrderEvent::beltId)
                .orElse(null);
        rows.put("factory_score_daily", id, date, score, band, memory.standing, today.category, belt, policy.version());
        memory.score = new Object[] {id, date, score, band, memory.standing, today.category, belt, policy.version()};
        rows.replace("factory_score", memory.score);
        disparities.forEach((segment, disparity) -> {
            if (disparity.n() > 0) {
                rows.put(
                        "factory_segment_daily",
                        id,
                        date,
                        segment,
                        disparity.n(),
                        disparity.x(),
                        disparity.z(),
                        disparity.rr(),
                        disparity.fires());
            }
        });
    }
}
