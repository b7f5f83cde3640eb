package io.touchstone.quality;

import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReturnEvent.Liable;
import io.touchstone.market.ReturnEvent.Reason;
import io.touchstone.market.ReturnEvent.Stage;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A step in the life of a return, and what a list of them in {@link #ORDER}, all steps of one return, means.
 *
 * @param liable null unless {@code stage} is JUDGED
 */
record ReturnStep(long time, long actsAt, Stage stage, Reason reason, Liable liable) implements Step {
    /** The newest step is the last; a tie goes to the stage listed later, then to the symbols listed later. */
    static final Comparator<ReturnStep> ORDER = Comparator.comparingLong(ReturnStep::time)
            .thenComparing(ReturnStep::stage)
            .thenComparing(ReturnStep::reason)
            .thenComparing(ReturnStep::liable, Comparator.nullsFirst(Comparator.naturalOrder()));

    private static final Set<Reason> OF_QUALITY =
            EnumSet.of(Reason.QUALITY, Reason.NOT_AS_DESCRIBED, Reason.WRONG_ITEM, Reason.COUNTERFEIT);
    private static final int REASONS = 16;
    private static final int LIABLES = 8;

    static ReturnStep of(ReturnEvent event, long actsAt) {
        Liable liable = event.stage() == Stage.JUDGED ? event.liable() : null;
        return new ReturnStep(event.eventTime(), actsAt, event.stage(), event.reason(), liable);
    }

    /** The return is active, for a reason of quality. */
    static boolean blameQuality(List<ReturnStep> steps) {
        if (steps.isEmpty()) {
            return false;
        }
        ReturnStep newest = steps.get(steps.size() - 1);
        return newest.isActive() && OF_QUALITY.contains(newest.reason);
    }

    private boolean isActive() {
        return stage == Stage.JUDGED ? liable == Liable.FACTORY : stage != Stage.WITHDRAWN;
    }

    /** The newest judgment, if any, found the factory liable. */
    static boolean blameFactory(List<ReturnStep> steps) {
        Liable newest = null;
        for (ReturnStep step : steps) {
            newest = step.stage == Stage.JUDGED ? step.liable : newest;
        }
        return newest == Liable.FACTORY;
    }

    /** Nobody answered within {@code slaMs} of the first OPENED step; {@code at}: the instant of asking, {@code end}: when SLAs end. */
    static boolean unanswered(List<ReturnStep> steps, long slaMs, long at, long end) {
        for (ReturnStep opened : steps) {
            if (opened.stage == Stage.OPENED) {
                long due = opened.time + slaMs;
                return due <= at
                        && due < end
                        && steps.stream().noneMatch(step -> step.stage != Stage.OPENED && step.time <= due);
            }
        }
        return false;
    }

    void write(long base, DataOutput out) throws IOException {
        writeTimes(base, out);
        int liability = liable == null ? 0 : liable.ordinal() + 1;
        Packed.writeUnsigned((stage.ordinal() * REASONS + reason.ordinal()) * LIABLES + liability, out);
    }

    static ReturnStep read(long base, DataInput in) throws IOException {
        long time = base + Packed.readSigned(in);
        long actsAt = time + Packed.readUnsigned(in);
        int symbols = Packed.readSmall(in);
        int liability = symbols % LIABLES;
        return new ReturnStep(
                time,
                actsAt,
                Stage.values()[symbols / LIABLES / REASONS],
                Reason.values()[symbols / LIABLES % REASONS],
                liability == 0 ? null : Liable.values()[liability - 1]);
    }
}
