package io.touchstone.playground.traffic;

import io.touchstone.event.BuyerSegment;
import io.touchstone.event.Channel;
import io.touchstone.policy.DefectClass;
import java.util.List;

/**
 * In what a factory differs from an ordinary one, over time. Each method is told what an ordinary factory does and
 * answers with what this one does; a further side of its conduct becomes a further method.
 */
public interface Behaviour {
    /** What it takes for one piece, in millionths, where others take {@code micros}. */
    default double price(double micros, Offer offer) {
        return micros;
    }

    /**
     * How likely it is that something goes wrong, where with others it is {@code share}: QUALITY that the goods of an
     * order are bad, NEGATIVE_REVIEW that good ones displease, FULFILMENT that an order is shipped late, AFTER_SALES
     * that a return stays without an answer.
     */
    default double failing(DefectClass defectClass, double share, Occasion occasion) {
        return share;
    }

    /** How many orders come on the day of an instant, where with others there are {@code orders}. */
    default double volume(double orders, long at) {
        return orders;
    }

    /** Orders that come about once and not by chance. */
    default List<OneOff> oneOffs() {
        return List.of();
    }

    /** What a price is asked for. */
    record Offer(Sku sku, Channel channel, long quantity, long at) {
        boolean of(String skuId, Channel wanted) {
            return sku.id().equals(skuId) && channel == wanted;
        }
    }

    /**
     * When something can go wrong.
     *
     * @param segment the buyer's
     * @param at the payment of the order, or the opening of the return
     */
    record Occasion(BuyerSegment segment, long at) {}

    /**
     * The price of an article in one channel moves at once.
     *
     * @param until when it moves back; {@link Long#MAX_VALUE} for never
     */
    record PriceStep(String skuId, Channel channel, long from, long until, int percent) implements Behaviour {
        @Override
        public double price(double micros, Offer offer) {
            boolean now = offer.of(skuId, channel) && from <= offer.at() && offer.at() < until;
            return now ? micros * (100 + percent) / 100 : micros;
        }
    }

    /** The price of an article in one channel rises a little every 24 hours, the first time at {@code from}. */
    record Creep(String skuId, Channel channel, long from, int bpPerDay) implements Behaviour {
        @Override
        public double price(double micros, Offer offer) {
            if (!offer.of(skuId, channel) || offer.at() < from) {
                return micros;
            }
            double risen = micros;
            for (long step = from; step <= offer.at(); step += Rhythm.DAY_MS) {
                risen = risen * (10_000 + bpPerDay) / 10_000;
            }
            return risen;
        }
    }

    /** A single order of a single buyer whose price is off, by 0 % maybe. */
    record OneOff(String skuId, Channel channel, long at, long quantity, int percent) implements Behaviour {
        @Override
        public List<OneOff> oneOffs() {
            return List.of(this);
        }
    }

    /**
     * Something goes wrong as often as {@code share} says, and no longer as seldom as it did.
     *
     * @param until when it is as before again; {@link Long#MAX_VALUE} for never
     */
    record Failing(DefectClass of, long from, long until, double share) implements Behaviour {
        @Override
        public double failing(DefectClass defectClass, double usual, Occasion occasion) {
            return defectClass == of && from <= occasion.at() && occasion.at() < until ? share : usual;
        }
    }

    /** Goods are worse with every day that goes by, down to a level. */
    record Erosion(long from, double sharePerDay, double most) implements Behaviour {
        @Override
        public double failing(DefectClass defectClass, double usual, Occasion occasion) {
            double days = Math.max(0, (double) (occasion.at() - from) / Rhythm.DAY_MS);
            return defectClass == DefectClass.QUALITY ? Math.min(most, usual + days * sharePerDay) : usual;
        }
    }

    /** Goods come in batches of some days each; after so many good ones comes a bad one. */
    record Batches(long from, int days, int goodOnes, double good, double bad) implements Behaviour {
        @Override
        public double failing(DefectClass defectClass, double usual, Occasion occasion) {
            if (defectClass != DefectClass.QUALITY || occasion.at() < from) {
                return usual;
            }
            long batch = (occasion.at() - from) / (days * Rhythm.DAY_MS);
            return batch % (goodOnes + 1) == goodOnes ? bad : good;
        }
    }

    /** One segment of buyers gets the goods that others would not take. */
    record SecondChoice(BuyerSegment segment, long from, double share) implements Behaviour {
        @Override
        public double failing(DefectClass defectClass, double usual, Occasion occasion) {
            boolean theirs = defectClass == DefectClass.QUALITY && occasion.segment() == segment;
            return theirs && from <= occasion.at() ? share : usual;
        }
    }

    /** Fewer orders come with every day that goes by, down to a share of what they were. */
    record Shrinking(long from, int days, double to) implements Behaviour {
        @Override
        public double volume(double orders, long at) {
            double done = Math.min(1, Math.max(0, (double) (at - from) / (days * Rhythm.DAY_MS)));
            return orders * (1 - done * (1 - to));
        }
    }
}
