package io.touchstone.playground.traffic;

import io.touchstone.event.BuyerSegment;
import java.util.List;

/** Who buys: a few often, most seldom, and every factory has regulars of its own. */
final class Buyers {
    /** Those that buy, in the schema's order. */
    static final List<BuyerSegment> SEGMENTS = List.of(
            BuyerSegment.WHOLESALER, BuyerSegment.SMALL_BUSINESS, BuyerSegment.CONSUMER, BuyerSegment.PLUS_MEMBER);

    /** A prime, so that steps of this length visit every buyer. */
    private static final int STRIDE = 7919;

    private final double scale;

    Buyers(double scale) {
        this.scale = scale;
    }

    /** A buyer of a segment, by the activity of that segment at that factory. */
    String draw(BuyerSegment segment, Factory factory, Dice dice) {
        int count = count(segment);
        // Zipf's law: the likelihood falls with the rank.
        long rank = (long) dice.logarithmic(1, count + 1.0) - 1;
        long buyer = (rank * STRIDE + factory.number() * 61L) % count;
        return String.format("%s-%04d", prefix(segment), buyer);
    }

    private int count(BuyerSegment segment) {
        int usual = switch (segment) {
            case WHOLESALER -> 400;
            case SMALL_BUSINESS -> 1500;
            case CONSUMER -> 3000;
            default -> 800;
        };
        // A small market still has enough buyers to set a floor.
        return Math.max(50, (int) (usual * scale));
    }

    private static String prefix(BuyerSegment segment) {
        return switch (segment) {
            case WHOLESALER -> "wholesaler";
            case SMALL_BUSINESS -> "shop";
            case CONSUMER -> "consumer";
            default -> "member";
        };
    }
}
