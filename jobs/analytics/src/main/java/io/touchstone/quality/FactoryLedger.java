package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.DefectClass;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation.Outcome;
import io.touchstone.quality.Evaluation.StandingMove;
import io.touchstone.quality.QualityAlert.Kind;
import io.touchstone.quality.StandingState.Move;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of one factory as a whole: numbers of its days, its standing, its open alerts. What grows with its orders is
 * kept one by one in {@link FactoryEntries}, so that an evaluation reads this and of those only what came to or left the window.
 *
 * <p>A job posts what the {@link Journal} wrote down until midnight(D), then calls {@link #evaluate} for D, on every D on which
 * there is a ledger or a posting. Facts about cohort days that no evaluation can look at any more change nothing.
 */
public final class FactoryLedger {
    private static final int VERSION = 1;
    /** Cohort days for which orders under a demotion keep a factory from being forgotten. */
    private static final int HELD_DAYS = 180;

    private final String factoryId;
    private final PolicyTimeline policies;
    private final LocalCalendar calendar;

    private final TreeMap<Integer, CohortDay> days = new TreeMap<>();
    private final long[] buyers = new long[DefectClass.values().length];
    private Fact.Belt belt;
    private String beltOrderId;
    private FactoryScore last;
    private StandingState standing = new StandingState();
    private Episodes episodes;

    /** A factory of which nothing is known yet. */
    public FactoryLedger(String factoryId, PolicyTimeline policies, LocalCalendar calendar) {
        this.factoryId = factoryId;
        this.policies = policies;
        this.calendar = calendar;
        episodes = new Episodes(factoryId, calendar);
    }

    /** The oldest cohort day of which evaluations after {@code day} need the entries. */
    public static int firstBuyerDayAfter(int day) {
        return day + 1 - Cohorts.DAYS;
    }

    /** Whether an evaluation looks at a cohort day in its window. */
    static boolean isInWindow(int cohortDay, int evaluation, int windowDays) {
        return evaluation - windowDays <= cohortDay && cohortDay < evaluation;
    }

    /**
     * Takes what a {@link Journal} wrote down of one fact.
     *
     * @throws IOException also if it was written by a newer version
     */
    public void post(DataInput in) throws IOException {
        Posting posting = Journal.read(in);
        if (posting.belt() != null) {
            name(posting.belt(), posting.orderId());
        }
        CohortDay day = days.computeIfAbsent(posting.cohortDay(), d -> new CohortDay());
        day.post(posting);
        posting.classes().forEach((defectClass, change) -> buyers[defectClass.ordinal()] += change.buyers());
        if (day.isEmpty()) {
            days.remove(posting.cohortDay());
        }
    }

    /** Of payments of one order at one instant the first speaks. */
    private void name(Fact.Belt newest, String orderId) {
        if (belt == null
                || newest.paidAt() > belt.paidAt()
                || (newest.paidAt() == belt.paidAt() && Ids.compare(orderId, beltOrderId) > 0)) {
            belt = newest;
            beltOrderId = orderId;
        }
    }

    /**
     * The midnight with which a local day begins, once every fact before it was posted. If the outcome is FORGOTTEN, this ledger
     * and its entries have to be dropped; else the entries of days before {@link #firstBuyerDayAfter} can be.
     */
    public Evaluation evaluate(int day, FactoryEntries entries) {
        boolean inDemotion = standing.standing().isInDemotion();
        boolean recent = hasOrders(day - Cohorts.DAYS, day - 1);
        boolean held = inDemotion ? hasOrders(day - HELD_DAYS, day - 1) : recent;
        boolean toCome = days.tailMap(day, true).values().stream().anyMatch(d -> d.orders() > 0);
        Evaluation evaluation = !held && !toCome ? forget(day) : recent || inDemotion ? judge(day, entries) : skip(day);
        slideWindow(day, entries);
        days.headMap(day + 1 - HELD_DAYS).clear();
        days.headMap(firstBuyerDayAfter(day)).values().forEach(d -> d.cells().clear());
        return evaluation;
    }

    /** The window of the next evaluation begins and ends one cohort day later. */
    private void slideWindow(int day, FactoryEntries entries) {
        count(day, 1, entries);
        count(day - windowDays(), -1, entries);
    }

    private void count(int cohortDay, int change, FactoryEntries entries) {
        CohortDay cohort = days.get(cohortDay);
        for (DefectClass defectClass : DefectClass.values()) {
            if (cohort != null && cohort.hasDefects(defectClass)) {
                for (Defect defect : entries.defects(cohortDay, defectClass)) {
                    buyers[defectClass.ordinal()] += Journal.count(defectClass, defect.buyerId(), change, entries);
                }
            }
        }
    }

    /** The policy of an evaluation: that of its midnight. */
    private Policy inForce(int day) {
        return policies.at(calendar.midnight(day));
    }

    private int windowDays() {
        return policies.first().quality().windowDays();
    }

    private boolean hasOrders(int from, int to) {
        return days.subMap(from, true, to, true).values().stream().anyMatch(day -> day.orders() > 0);
    }

    private Evaluation skip(int day) {
        return evaluation(day, Outcome.SKIPPED, null, List.of(), List.of(), null, List.of());
    }

    private Evaluation forget(int day) {
        if (last == null) {
            return evaluation(day, Outcome.FORGOTTEN, null, List.of(), List.of(), null, List.of());
        }
        Cause cause = standing.cause();
        Move move = standing.forget(day);
        List<QualityAlert> alerts =
                episodes.expire(day, move, cause, inForce(day).version());
        return evaluation(day, Outcome.FORGOTTEN, last.forgotten(), List.of(), List.of(), move, alerts);
    }

    private Evaluation judge(int day, FactoryEntries entries) {
        Cohorts cohorts = new Cohorts(days, day, entries);
        Policy policy = inForce(day);
        Findings findings = new Findings(day, cohorts, buyers, policy.quality(), calendar);
        Policy yesterdays = inForce(day - 1);
        Findings asYesterday = policy.equals(yesterdays)
                ? findings
                : new Findings(day, cohorts, buyers, yesterdays.quality(), calendar);
        boolean afterGap = standing.isGapBefore(day);
        Move move = standing.step(findings, asYesterday);
        List<QualityAlert> alerts = episodes.take(findings, move, standing, afterGap, policy.version());
        Score score = findings.score();
        last = new FactoryScore(
                score.value(),
                score.band(),
                standing.standing(),
                findings.categoryId(),
                belt == null ? null : belt.beltId());
        return evaluation(day, Outcome.EVALUATED, last, findings.classes(), findings.disparities(), move, alerts);
    }

    private Evaluation evaluation(
            int day,
            Outcome outcome,
            FactoryScore score,
            List<ClassFinding> classes,
            List<Disparity> segments,
            Move move,
            List<QualityAlert> alerts) {
        StandingMove row = null;
        if (move != null && !move.isNone()) {
            // Every step of a demotion makes a revision of its alert.
            String alertId = alerts.stream()
                    .filter(alert -> alert.kind() == Kind.DEMOTION)
                    .map(QualityAlert::alertId)
                    .findFirst()
                    .orElse(null);
            row = new StandingMove(calendar.midnight(day), move.from(), move.to(), move.cause(), alertId);
        }
        return new Evaluation(
                factoryId,
                day,
                outcome,
                score,
                classes,
                segments,
                row,
                alerts,
                inForce(day).version());
    }

    /** Packs everything but the id of the factory, behind a version byte. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        Map<String, Integer> categories = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (CohortDay day : days.values()) {
            for (Cell cell : day.cells().keySet()) {
                if (categories.putIfAbsent(cell.categoryId(), names.size()) == null) {
                    names.add(cell.categoryId());
                }
            }
        }
        Packed.writeUnsigned(names.size(), out);
        for (String name : names) {
            Packed.writeString(name, out);
        }
        Packed.writeUnsigned(days.size(), out);
        int previous = 0;
        for (Map.Entry<Integer, CohortDay> day : days.entrySet()) {
            Packed.writeUnsigned(day.getKey() - previous, out);
            previous = day.getKey();
            day.getValue().write(day.getKey(), categories, out);
        }
        Packed.writeUnsigned(windowDays(), out);
        Packed.writeUnsigned(buyers.length, out);
        for (long ofClass : buyers) {
            Packed.writeUnsigned(ofClass, out);
        }
        out.writeBoolean(belt != null);
        if (belt != null) {
            belt.write(out);
            Packed.writeString(beltOrderId, out);
        }
        out.writeBoolean(last != null);
        if (last != null) {
            last.write(out);
            standing.write(out);
        }
        episodes.write(out);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it was written by a newer version
     */
    public static FactoryLedger read(DataInput in, String factoryId, PolicyTimeline policies, LocalCalendar calendar)
            throws IOException {
        Versions.check("a factory ledger", in.readByte(), VERSION);
        FactoryLedger ledger = new FactoryLedger(factoryId, policies, calendar);
        List<String> names = new ArrayList<>();
        for (int name = Packed.readSmall(in); name > 0; name--) {
            names.add(Packed.readString(in));
        }
        int previous = 0;
        for (int day = Packed.readSmall(in); day > 0; day--) {
            previous += Packed.readSmall(in);
            ledger.days.put(previous, CohortDay.read(previous, names, in));
        }
        int windowDays = Packed.readSmall(in);
        if (windowDays != ledger.windowDays()) {
            throw new IOException("the state was kept with window_days " + windowDays + ", the policy says "
                    + ledger.windowDays() + ": another window needs a start without state");
        }
        int classes = Versions.checkLength("defective buyers by class", Packed.readSmall(in), ledger.buyers.length);
        for (int i = 0; i < classes; i++) {
            ledger.buyers[i] = Packed.readUnsigned(in);
        }
        if (in.readBoolean()) {
            ledger.belt = Fact.Belt.read(in);
            ledger.beltOrderId = Packed.readString(in);
        }
        if (in.readBoolean()) {
            ledger.last = FactoryScore.read(in);
            ledger.standing = StandingState.read(in);
        }
        ledger.episodes = Episodes.read(in, factoryId, calendar);
        return ledger;
    }
}
