package io.touchstone.quality;

import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a factory stands, how it got there, and for how many evaluations in a row which condition has held: the table of the
 * contract, section 4. Days are epoch days, null where there was none.
 */
final class StandingState {
    private static final int SEVERE_GRACE_DAYS = 3;
    private static final int GRACE_DAYS = 7;
    private static final int WARNS_TO_PROBATION = 3;
    static final int DISPARITIES_TO_ACT = 7;
    private static final int DISPERSIONS_TO_PROBATION = 28;
    private static final int RECOVERIES_TO_GOOD = 7;
    private static final int DEMOTION_DAYS = 30;
    private static final int REPEATED_DEMOTION_DAYS = 60;
    private static final int REPEATED_WITHIN_DAYS = 180;
    private static final int TRIAL_DAYS = 14;
    private static final int TRIAL_LOOKS_BACK_DAYS = 45;
    private static final long TRIAL_MIN_E_MILLI = 50_000;
    private static final int TRIAL_Z2M = 1000;

    private Standing standing = Standing.UNRATED;
    private int enteredOn;
    private Cause cause;
    private int graceDays;
    private Integer demotedOn;
    private Integer demotedBefore;
    private Integer resolvedOn;

    private Integer evaluatedOn;
    private final int[] warns = new int[DefectClass.values().length];
    private final int[] disparities = new int[Segment.values().length];
    private int dispersions;
    private int recoveries;

    /** A step of the machine, or none if it goes from a standing to itself; {@code cause} may be null. */
    record Move(Standing from, Standing to, Cause cause) {

        boolean isNone() {
            return from == to;
        }

        /** It opens a demotion, goes on with it, or ends it. */
        boolean isInDemotion() {
            return !isNone() && (from.isInDemotion() || to.isInDemotion());
        }
    }

    private record Decision(Standing to, Cause cause, int graceDays) {}

    Standing standing() {
        return standing;
    }

    /** The cause of the demotion under way; null if none is. */
    Cause cause() {
        return cause;
    }

    /** Evaluations in a row, the last one included, in which DISPARITY of a segment fired. */
    int disparities(Segment segment) {
        return disparities[segment.ordinal()];
    }

    /** Whether an evaluation of a day is not the one after the last. */
    boolean isGapBefore(int day) {
        return evaluatedOn == null || evaluatedOn != day - 1;
    }

    /**
     * Takes an evaluation.
     *
     * @param asYesterday the same days judged by the policy of the evaluation before: without it nobody is demoted, so that a
     *     factory which fails only because the policy changed gets a day's respite
     */
    Move step(Findings findings, Findings asYesterday) {
        count(findings);
        Optional<Decision> decision = decide(findings, asYesterday);
        decision.ifPresent(taken -> graceDays = taken.graceDays);
        return decision.map(taken -> enter(taken.to, taken.cause, findings.day()))
                .orElse(new Move(standing, standing, null));
    }

    /** Nothing counts any more for this factory. */
    Move forget(int day) {
        return enter(Standing.UNRATED, Cause.FORGOTTEN, day);
    }

    private Move enter(Standing to, Cause why, int day) {
        Move move = new Move(standing, to, why);
        if (to == Standing.DEMOTED) {
            demotedBefore = demotedOn;
            demotedOn = day;
        }
        if (standing.isInDemotion() && to == Standing.GOOD) {
            resolvedOn = day;
        }
        cause = to.isInDemotion() ? why : null;
        standing = to;
        enteredOn = day;
        return move;
    }

    private void count(Findings findings) {
        if (isGapBefore(findings.day())) {
            Arrays.fill(warns, 0);
            Arrays.fill(disparities, 0);
            dispersions = 0;
            recoveries = 0;
        }
        evaluatedOn = findings.day();
        for (ClassFinding finding : findings.classes()) {
            int i = finding.defectClass().ordinal();
            warns[i] = finding.signal() != null ? warns[i] + 1 : 0;
        }
        int[] before = disparities.clone();
        Arrays.fill(disparities, 0);
        for (Disparity disparity : findings.disparities()) {
            int i = disparity.segment().ordinal();
            disparities[i] = disparity.fires() ? before[i] + 1 : 0;
        }
        boolean unstable = findings.dispersion().fires();
        dispersions = unstable ? dispersions + 1 : 0;
        boolean recovering = findings.isRated() && findings.everyClassMeets() && !unstable && !findings.anyDisparity();
        recoveries = recovering ? recoveries + 1 : 0;
    }

    private Optional<Decision> decide(Findings findings, Findings asYesterday) {
        return switch (standing) {
            case UNRATED -> when(findings.isRated(), Standing.GOOD, null);
            case GOOD -> severe(findings).or(() -> watch(findings));
            case WATCH -> severe(findings).or(() -> persistent(findings)).or(() -> calm(findings));
            case PROBATION ->
                failedProbation(findings, asYesterday)
                        .or(() -> when(recoveries >= RECOVERIES_TO_GOOD, Standing.GOOD, cause));
            case DEMOTED -> when(earnsTrial(findings), Standing.TRIAL, cause);
            case TRIAL ->
                failedTrial(findings, asYesterday)
                        .or(() -> when(findings.day() >= earliestStepUp(), Standing.GOOD, cause));
        };
    }

    private static Optional<Decision> when(boolean holds, Standing to, Cause cause) {
        return holds ? Optional.of(new Decision(to, cause, 0)) : Optional.empty();
    }

    private static Optional<Decision> probation(Cause cause, int graceDays) {
        return Optional.of(new Decision(Standing.PROBATION, cause, graceDays));
    }

    /** Settled defects are not charged twice. */
    private boolean hasNewDefect(Findings findings, DefectClass defectClass) {
        return findings.hasDefectSince(resolvedOn, defectClass);
    }

    /** A rate that only rose because old orders aged out demotes nobody. */
    private boolean hasFreshDefect(Findings findings, DefectClass defectClass) {
        return findings.hasDefectSince(enteredOn, defectClass);
    }

    private Optional<Decision> severe(Findings findings) {
        for (ClassFinding finding : findings.classes()) {
            if (finding.signal() == Signal.SEVERE && hasNewDefect(findings, finding.defectClass())) {
                return probation(Cause.of(finding.defectClass()), SEVERE_GRACE_DAYS);
            }
        }
        return Optional.empty();
    }

    private Optional<Decision> persistent(Findings findings) {
        for (DefectClass defectClass : DefectClass.values()) {
            if (warns[defectClass.ordinal()] >= WARNS_TO_PROBATION && hasNewDefect(findings, defectClass)) {
                return probation(Cause.of(defectClass), GRACE_DAYS);
            }
        }
        if (!hasNewDefect(findings, DefectClass.QUALITY)) {
            return Optional.empty();
        }
        if (Arrays.stream(disparities).anyMatch(streak -> streak >= DISPARITIES_TO_ACT)) {
            return probation(Cause.DISPARITY, GRACE_DAYS);
        }
        return dispersions >= DISPERSIONS_TO_PROBATION ? probation(Cause.DISPERSION, GRACE_DAYS) : Optional.empty();
    }

    private static Optional<Decision> watch(Findings findings) {
        return when(findings.classes().stream().anyMatch(f -> f.signal() != null), Standing.WATCH, Cause.WARN)
                .or(() -> when(findings.classes().stream().anyMatch(ClassFinding::drift), Standing.WATCH, Cause.DRIFT))
                .or(() -> when(findings.dispersion().fires(), Standing.WATCH, Cause.DISPERSION))
                .or(() -> when(findings.anyDisparity(), Standing.WATCH, Cause.DISPARITY));
    }

    private static Optional<Decision> calm(Findings findings) {
        boolean classesAreCalm = findings.classes().stream()
                .allMatch(finding -> finding.signal() == null && finding.cusum() < Drift.CALM && finding.meets());
        boolean calm = classesAreCalm && !findings.dispersion().fires() && !findings.anyDisparity();
        return when(calm, Standing.GOOD, null);
    }

    private Optional<Decision> failedProbation(Findings findings, Findings asYesterday) {
        DefectClass defectClass = cause.defectClass();
        boolean fails = findings.day() - enteredOn >= graceDays
                && findings.of(defectClass).fails()
                && asYesterday.of(defectClass).fails()
                && hasFreshDefect(findings, defectClass);
        return when(fails, Standing.DEMOTED, cause);
    }

    /** The first cohort day that a factory under demotion is judged by. */
    private int judgedFrom(Findings findings) {
        return Math.max(demotedOn, findings.day() - TRIAL_LOOKS_BACK_DAYS);
    }

    /** The earliest day on which a factory under demotion can take its next step upwards. */
    int earliestStepUp() {
        return enteredOn
                + switch (standing) {
                    // Whatever opens a probation breaks the row of recoveries.
                    case PROBATION -> RECOVERIES_TO_GOOD;
                    case DEMOTED -> {
                        boolean repeated = demotedBefore != null && demotedOn - demotedBefore <= REPEATED_WITHIN_DAYS;
                        yield repeated ? REPEATED_DEMOTION_DAYS : DEMOTION_DAYS;
                    }
                    case TRIAL -> TRIAL_DAYS;
                    case UNRATED, GOOD, WATCH -> throw new IllegalStateException(standing + " is no demotion");
                };
    }

    private boolean earnsTrial(Findings findings) {
        if (findings.day() < earliestStepUp()) {
            return false;
        }
        int from = judgedFrom(findings);
        if (findings.since(from, DefectClass.QUALITY).eMilli() < TRIAL_MIN_E_MILLI) {
            return false;
        }
        for (DefectClass defectClass : DefectClass.values()) {
            Tally tally = findings.since(from, defectClass);
            int standardBp = findings.policy(defectClass).standardBp();
            boolean good = defectClass == cause.defectClass()
                    ? Wilson.below(tally.x(), tally.eMilli(), standardBp * 8 / 10, TRIAL_Z2M)
                    : tally.meets(standardBp);
            if (!good) {
                return false;
            }
        }
        return true;
    }

    private Optional<Decision> failedTrial(Findings findings, Findings asYesterday) {
        int from = judgedFrom(findings);
        for (DefectClass defectClass : DefectClass.values()) {
            if (findings.failsSince(from, defectClass)
                    && asYesterday.failsSince(from, defectClass)
                    && hasFreshDefect(findings, defectClass)) {
                return when(true, Standing.DEMOTED, Cause.of(defectClass));
            }
        }
        return Optional.empty();
    }

    void write(DataOutput out) throws IOException {
        out.writeByte(standing.ordinal());
        Packed.writeUnsigned(enteredOn, out);
        out.writeByte(cause == null ? -1 : cause.ordinal());
        out.writeByte(graceDays);
        writeDay(demotedOn, out);
        writeDay(demotedBefore, out);
        writeDay(resolvedOn, out);
        writeDay(evaluatedOn, out);
        writeStreaks(warns, out);
        writeStreaks(disparities, out);
        Packed.writeUnsigned(dispersions, out);
        Packed.writeUnsigned(recoveries, out);
    }

    static StandingState read(DataInput in) throws IOException {
        StandingState state = new StandingState();
        state.standing = Standing.values()[in.readByte()];
        state.enteredOn = Packed.readSmall(in);
        int cause = in.readByte();
        state.cause = cause < 0 ? null : Cause.values()[cause];
        state.graceDays = in.readByte();
        state.demotedOn = readDay(in);
        state.demotedBefore = readDay(in);
        state.resolvedOn = readDay(in);
        state.evaluatedOn = readDay(in);
        readStreaks("warnings by class", state.warns, in);
        readStreaks("disparities by segment", state.disparities, in);
        state.dispersions = Packed.readSmall(in);
        state.recoveries = Packed.readSmall(in);
        return state;
    }

    private static void writeDay(Integer day, DataOutput out) throws IOException {
        Packed.writeUnsigned(day == null ? 0 : day, out);
    }

    /** No local day of the contract is epoch day 0. */
    private static Integer readDay(DataInput in) throws IOException {
        int day = Packed.readSmall(in);
        return day == 0 ? null : day;
    }

    private static void writeStreaks(int[] streaks, DataOutput out) throws IOException {
        Packed.writeUnsigned(streaks.length, out);
        for (int streak : streaks) {
            Packed.writeUnsigned(streak, out);
        }
    }

    private static void readStreaks(String what, int[] streaks, DataInput in) throws IOException {
        int length = Versions.checkLength(what, Packed.readSmall(in), streaks.length);
        for (int i = 0; i < length; i++) {
            streaks[i] = Packed.readSmall(in);
        }
    }
}
