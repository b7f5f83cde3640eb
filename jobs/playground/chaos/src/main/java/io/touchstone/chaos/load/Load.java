package io.touchstone.chaos.load;

import io.touchstone.chaos.Round;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * What comes in while things break, for as long as it takes. Everything but the pace follows from the seed.
 *
 * @param seed of every event
 * @param rate events per second
 * @param factories 400; a twentieth of them sell badly
 * @param skus 20,000, bought by Zipf's law with exponent 1.1
 * @param disorder share of events that come up to four minutes after their time
 * @param repeats share of events that are delivered twice
 * @param poison share of events that are followed by one that cannot act
 * @param begin when it begins, epoch ms
 * @param end it ends before this instant, epoch ms; {@link Long#MAX_VALUE} if it is ended from outside. A load that ends goes on at
 *     the pace of the wall clock once it has caught up with it; others never come that far
 * @param hotSku share of orders of one sku beside Zipf's law; as many again, by two thirds, are of its factory
 */
public record Load(
        long seed,
        int rate,
        int factories,
        int skus,
        double disorder,
        double repeats,
        double poison,
        long begin,
        long end,
        double hotSku) {

    /** Long ago, so that it never runs into the present. */
    private static final long LONG_AGO = LocalDate.of(2025, 1, 1)
            .atStartOfDay(ZoneId.of("Asia/Shanghai"))
            .toInstant()
            .toEpochMilli();

    /** Events of one day of the market: at 4,000 a second a day passes in about six seconds. */
    static final long EVENTS_PER_DAY = 25_000;

    /** The plan's load, at the round's rate and from its seed. */
    public static Load of(Round round) {
        return new Load(round.seed(), round.rate(), 400, 20_000, 0.10, 0.05, 0.01, LONG_AGO, Long.MAX_VALUE, 0);
    }

    /**
     * The same, but it catches up with the wall clock at one instant and ends at another; it begins as many days ago as it can
     * come through until then.
     */
    public Load until(long end, long caughtUp) {
        long seconds = (caughtUp - System.currentTimeMillis()) / 1000;
        long days = seconds * rate / EVENTS_PER_DAY;
        if (days < 3) {
            throw new IllegalStateException("the jobs took too long to start: " + seconds + " s are left for the past");
        }
        long first = caughtUp - Duration.ofDays(days).toMillis();
        return new Load(seed, rate, factories, skus, disorder, repeats, poison, first, end, hotSku);
    }

    /** The same with another share of poison. */
    public Load withPoison(double share) {
        return new Load(seed, rate, factories, skus, disorder, repeats, share, begin, end, hotSku);
    }

    /** The same with one sku that has a share of all orders, and a factory with still more. */
    public Load withHotSku(double share) {
        return new Load(seed, rate, factories, skus, disorder, repeats, poison, begin, end, share);
    }
}
