package io.touchstone.playground.traffic;

import io.touchstone.event.Channel;
import java.util.List;

/**
 * In what a factory differs from an ordinary one, over time. Each method is told what an ordinary factory does and
 * answers with what this one does; a further side of its conduct (quality, answers to returns, lead time) becomes a
 * further method.
 */
public interface Behaviour {

    /** What it takes for one piece, in millionths, where others take {@code micros}. */
    default double price(double micros, Offer offer) {
        return micros;
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
        private static final long DAY_MS = 86_400_000L;

        @Override
        public double price(double micros, Offer offer) {
            if (!offer.of(skuId, channel) || offer.at() < from) {
                return micros;
            }
            double risen = micros;
            for (long step = from; step <= offer.at(); step += DAY_MS) {
                risen = risen * (10_000 + bpPerDay) / 10_000;
            }
            return risen;
        }
    }

    /** A single order of a single buyer whose price is off. */
    record OneOff(String skuId, Channel channel, long at, long quantity, int percent) implements Behaviour {
        @Override
        public List<OneOff> oneOffs() {
            return List.of(this);
        }
    }
}
