package io.touchstone.quality;

import io.touchstone.market.Ids;
import io.touchstone.market.ReviewEvent;
import io.touchstone.market.ReviewEvent.Stage;
import io.touchstone.market.ReviewEvent.Topic;
import io.touchstone.state.Packed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A step in the life of a review, and what a list of them in {@link #ORDER}, all steps of one review, means.
 *
 * @param eventId settles which POSTED step was first; empty unless {@code stage} is POSTED
 * @param negative at most two stars, and not for logistics alone
 * @param unreachable the buyer could not reach the factory
 */
record ReviewStep(long time, long actsAt, Stage stage, String eventId, boolean negative, boolean unreachable)
        implements Step {
    static final Comparator<ReviewStep> ORDER = Comparator.comparingLong(ReviewStep::time)
            .thenComparing(ReviewStep::stage)
            .thenComparing(ReviewStep::eventId, Ids.ORDER);

    private static final Set<Topic> LOGISTICS_ALONE = EnumSet.of(Topic.LOGISTICS);

    static ReviewStep of(ReviewEvent event, long actsAt) {
        boolean posted = event.stage() == Stage.POSTED;
        return new ReviewStep(
                event.eventTime(),
                actsAt,
                event.stage(),
                posted ? event.eventId() : "",
                posted && event.stars() <= 2 && !event.topics().equals(LOGISTICS_ALONE),
                posted && event.topics().contains(Topic.UNREACHABLE));
    }

    /** The rating that stands: the first POSTED step, whatever was edited, unless the review was removed; else null. */
    static ReviewStep standing(List<ReviewStep> steps) {
        ReviewStep posted = null;
        for (ReviewStep step : steps) {
            if (step.stage == Stage.REMOVED) {
                return null;
            }
            posted = posted == null && step.stage == Stage.POSTED ? step : posted;
        }
        return posted;
    }

    void write(long base, DataOutput out) throws IOException {
        writeTimes(base, out);
        out.writeByte(stage.ordinal() << 2 | (negative ? 2 : 0) | (unreachable ? 1 : 0));
        Packed.writeString(eventId, out);
    }

    static ReviewStep read(long base, DataInput in) throws IOException {
        long time = base + Packed.readSigned(in);
        long actsAt = time + Packed.readUnsigned(in);
        int bits = in.readByte();
        return new ReviewStep(
                time, actsAt, Stage.values()[bits >> 2], Packed.readString(in), (bits & 2) != 0, (bits & 1) != 0);
    }
}
