package io.touchstone.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The state of an item that everybody buys is bounded by the policy, not by the number of its deals. */
class HotItemTest {
    private static final Policy POLICY = Policy.DEFAULT;
    private static final PolicyTimeline POLICIES = new PolicyTimeline(POLICY);
    private static final LocalCalendar CALENDAR = new LocalCalendar(POLICY.timeZone());
    private static final long START =
            CALENDAR.midnight((int) LocalDate.of(2024, 3, 1).toEpochDay());
    private static final long THIRTY_DAYS = 30 * 86_400_000L;
    private static final PriceLedger.Findings NOBODY = new PriceLedger.Findings() {
        @Override
        public void floor(FloorRow row) {}

        @Override
        public void breach(Breach breach) {}

        @Override
        public void alert(PriceAlert alert) {}
    };

    private final Random random = new Random(7);
    private PriceLedger ledger = new PriceLedger("socks/WHOLESALE/CNY", POLICIES, CALENDAR);
    private int largestBytes;
    private int mostDeals;

    private void sell(int deals, int buyers, PriceAt price) {
        for (int i = 0; i < deals; i++) {
            long at = START + THIRTY_DAYS * i / deals;
            long quantity = POLICY.price().tiers().get(random.nextInt(6));
            ledger.fold(List.of(lines(i, at, "buyer-" + random.nextInt(buyers), quantity, price.at(i))), at, NOBODY);
            mostDeals = Math.max(mostDeals, ledger.deals());
            if (i % 100 == 0) {
                byte[] packed = Packings.pack(ledger);
                largestBytes = Math.max(largestBytes, packed.length);
                ledger = Packings.unpack(packed, "socks/WHOLESALE/CNY", POLICIES, CALENDAR);
            }
        }
    }

    private interface PriceAt {
        long at(int deal);
    }

    private static KeyedLines lines(int number, long at, String buyer, long quantity, long price) {
        String order = "order-%010d".formatted(number);
        return new KeyedLines(
                "socks/WHOLESALE/CNY",
                KeyedLines.Kind.SHIPPED,
                at,
                at,
                order + "-SHIPPED",
                order,
                "factory",
                buyer,
                List.of(new KeyedLines.Line("1", quantity, price)),
                null);
    }

    @Test
    void takesLessThanFourKilobytesAtSteadyPrices() {
        sell(100_000, 5_000, deal -> 4_500_000 + random.nextInt(20) * 1000L);
        assertThat(largestBytes).isLessThan(4096);
    }

    @Test
    void neverHoldsMoreThanThirtyOneDaysTimesTiersTimesBuyers() {
        // Ever dearer, day by day and within the day: no newer deal covers an older one.
        sell(50_000, 5_000, deal -> 1_000_000 + deal);
        assertThat(mostDeals).isBetween(31, 31 * 6 * 3);
        sell(50_000, 5_000, deal -> 1_000_000L + random.nextInt(1_000_000));
        assertThat(mostDeals).isLessThanOrEqualTo(31 * 6 * 3);
    }
}
