package io.touchstone.quality;

import io.touchstone.alert.AlertStatus;
import io.touchstone.market.LocalCalendar;
import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import io.touchstone.quality.QualityAlert.Kind;
import io.touchstone.quality.StandingState.Move;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The open alerts of one factory: at most one for its demotion, one for unstable quality, and one per segment for disparity. */
final class Episodes {
    private static final int LISTED_ORDERS = 20;

    private final String factoryId;
    private final LocalCalendar calendar;

    private Episode demotion;
    private Episode unstable;
    private final Map<Segment, Episode> disparities = new EnumMap<>(Segment.class);

    Episodes(String factoryId, LocalCalendar calendar) {
        this.factoryId = factoryId;
        this.calendar = calendar;
    }

    /** An evaluation on its way to becoming revisions. */
    private final class Revisions {
        private final Findings findings;
        private final Move move;
        private final String policyVersion;
        private final List<QualityAlert> alerts = new ArrayList<>();

        Revisions(Findings findings, Move move, String policyVersion) {
            this.findings = findings;
            this.move = move;
            this.policyVersion = policyVersion;
        }

        void add(
                Episode episode,
                Kind kind,
                String subject,
                AlertStatus status,
                Cause cause,
                List<String> orders,
                ClearsWhen clearsWhen) {
            Evidence evidence = new Evidence(
                    findings.day(),
                    move.from(),
                    move.to(),
                    findings.classes(),
                    cause == Cause.DISPARITY ? findings.disparities() : null,
                    cause == Cause.DISPERSION ? findings.dispersion() : null,
                    orders,
                    clearsWhen);
            alerts.add(revise(episode, kind, subject, status, cause, evidence, policyVersion));
        }

        /** Opens an episode about a signal, or sees whether the open one ends; gives the one that is open then, or null. */
        Episode follow(
                Episode open,
                Kind kind,
                String subject,
                Cause cause,
                boolean fires,
                boolean opens,
                IntFunction<List<String>> orders) {
            if (open == null && opens) {
                Episode opened = new Episode(calendar.midnight(findings.day()));
                ClearsWhen clearsWhen = ClearsWhen.after(opened.quietToCome());
                add(opened, kind, subject, AlertStatus.OPENED, cause, orders.apply(LISTED_ORDERS), clearsWhen);
                return opened;
            }
            if (open != null && open.endsWith(fires, findings.isRated())) {
                add(open, kind, subject, AlertStatus.RESOLVED, cause, orders.apply(LISTED_ORDERS), null);
                return null;
            }
            return open;
        }
    }

    /**
     * Takes an evaluation.
     *
     * @param move the step it led to; from a standing to the same one if it led to none
     * @param standing after that step
     * @param afterGap whether the factory was not evaluated the day before
     * @param policyVersion of the policy in force
     * @return the new revisions
     */
    List<QualityAlert> take(
            Findings findings, Move move, StandingState standing, boolean afterGap, String policyVersion) {
        if (afterGap) {
            all().forEach(Episode::interrupt);
        }
        Revisions revisions = new Revisions(findings, move, policyVersion);
        if (move.isInDemotion()) {
            takeDemotion(move, standing, revisions);
        }
        boolean unsteady = findings.dispersion().fires();
        unstable = revisions.follow(
                unstable,
                Kind.UNSTABLE_QUALITY,
                factoryId,
                Cause.DISPERSION,
                unsteady,
                unsteady,
                findings::newestOrdersByWeek);
        for (Segment segment : Segment.values()) {
            int streak = standing.disparities(segment);
            boolean opens = streak >= StandingState.DISPARITIES_TO_ACT;
            Episode episode = revisions.follow(
                    disparities.get(segment),
                    Kind.COHORT_DISPARITY,
                    subject(segment),
                    Cause.DISPARITY,
                    streak > 0,
                    opens,
                    limit -> findings.newestOrders(segment, limit));
            disparities.compute(segment, (s, before) -> episode);
        }
        return revisions.alerts;
    }

    private void takeDemotion(Move move, StandingState standing, Revisions revisions) {
        AlertStatus status = switch (move.to()) {
            case PROBATION -> AlertStatus.OPENED;
            case DEMOTED -> AlertStatus.ESCALATED;
            case TRIAL -> AlertStatus.RECOVERING;
            case UNRATED, GOOD, WATCH -> AlertStatus.RESOLVED;
        };
        if (status == AlertStatus.OPENED) {
            demotion = new Episode(calendar.midnight(revisions.findings.day()));
        }
        DefectClass defectClass = move.cause().defectClass();
        ClearsWhen clearsWhen =
                status.closed() ? null : ClearsWhen.of(revisions.findings.of(defectClass), standing.earliestStepUp());
        List<String> orders = revisions.findings.newestOrders(defectClass, LISTED_ORDERS);
        revisions.add(demotion, Kind.DEMOTION, factoryId, status, move.cause(), orders, clearsWhen);
        if (status == AlertStatus.RESOLVED) {
            demotion = null;
        }
    }

    private List<Episode> all() {
        List<Episode> all = new ArrayList<>(disparities.values());
        if (demotion != null) {
            all.add(demotion);
        }
        if (unstable != null) {
            all.add(unstable);
        }
        return all;
    }

    /**
     * Closes everything because the factory is forgotten.
     *
     * @param cause of the demotion, if one is open
     * @param policyVersion of the policy in force
     */
    List<QualityAlert> expire(int day, Move move, Cause cause, String policyVersion) {
        List<QualityAlert> alerts = new ArrayList<>();
        if (demotion != null) {
            alerts.add(expire(demotion, Kind.DEMOTION, factoryId, day, move, cause, policyVersion));
        }
        if (unstable != null) {
            alerts.add(expire(unstable, Kind.UNSTABLE_QUALITY, factoryId, day, move, Cause.DISPERSION, policyVersion));
        }
        disparities.forEach((segment, episode) -> alerts.add(
                expire(episode, Kind.COHORT_DISPARITY, subject(segment), day, move, Cause.DISPARITY, policyVersion)));
        return alerts;
    }

    private QualityAlert expire(
            Episode episode, Kind kind, String subject, int day, Move move, Cause cause, String policyVersion) {
        List<Disparity> segments = cause == Cause.DISPARITY ? List.of() : null;
        Evidence evidence = new Evidence(day, move.from(), move.to(), List.of(), segments, null, List.of(), null);
        return revise(episode, kind, subject, AlertStatus.EXPIRED, cause, evidence, policyVersion);
    }

    private QualityAlert revise(
            Episode episode,
            Kind kind,
            String subject,
            AlertStatus status,
            Cause cause,
            Evidence evidence,
            String policyVersion) {
        long at = calendar.midnight(evidence.day());
        return episode.revise(kind, subject, factoryId, status, cause, at, evidence, policyVersion);
    }

    private String subject(Segment segment) {
        return factoryId + '/' + segment;
    }

    void write(DataOutput out) throws IOException {
        write(demotion, out);
        write(unstable, out);
        Packed.writeUnsigned(disparities.size(), out);
        for (Map.Entry<Segment, Episode> episode : disparities.entrySet()) {
            out.writeByte(episode.getKey().ordinal());
            episode.getValue().write(out);
        }
    }

    private static void write(Episode episode, DataOutput out) throws IOException {
        out.writeBoolean(episode != null);
        if (episode != null) {
            episode.write(out);
        }
    }

    static Episodes read(DataInput in, String factoryId, LocalCalendar calendar) throws IOException {
        Episodes episodes = new Episodes(factoryId, calendar);
        episodes.demotion = in.readBoolean() ? Episode.read(in) : null;
        episodes.unstable = in.readBoolean() ? Episode.read(in) : null;
        for (int episode = Packed.readSmall(in); episode > 0; episode--) {
            episodes.disparities.put(Segment.values()[in.readByte()], Episode.read(in));
        }
        return episodes;
    }
}
