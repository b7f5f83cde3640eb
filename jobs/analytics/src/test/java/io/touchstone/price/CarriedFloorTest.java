package io.touchstone.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.touchstone.market.LocalCalendar;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.policy.PricePolicy;
import io.touchstone.policy.QualityPolicy;
import io.touchstone.state.Packed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a floor is carried: as long as was promised when it ceased to be CURRENT, on the 31st day after the deals that set it. */
class CarriedFloorTest {
    private static final String SOCKS = "socks/WHOLESALE/CNY";
    private static final LocalCalendar CALENDAR = new LocalCalendar(Policy.DEFAULT.timeZone());
    private static final int SOLD = (int) LocalDate.of(2024, 3, 1).toEpochDay();
    private static final int CARRIED = SOLD + 31;

    private final PolicyTimeline policies = new PolicyTimeline(Policy.DEFAULT);
    private final List<FloorRow> rows = new ArrayList<>();
    private PriceLedger ledger = new PriceLedger(SOCKS, policies, CALENDAR);

    private static PolicyChange carrying(int days, String version, int from) {
        PricePolicy price = PricePolicy.DEFAULT;
        return new PolicyChange(
                CALENDAR.midnight(from),
                new Policy(
                        version,
                        Policy.DEFAULT.timeZone(),
                        new PricePolicy(price.tiers(), price.minBuyers(), days, 50, 20),
                        QualityPolicy.DEFAULT));
    }

    private void sellAndForgetUntil(int day) {
        long noon = CALENDAR.midnight(SOLD) + 12 * 3_600_000L;
        List<KeyedLines> deals = new ArrayList<>();
        for (String buyer : List.of("a", "b", "c")) {
            List<KeyedLines.Line> lines = List.of(new KeyedLines.Line("1", 1, 100));
            deals.add(new KeyedLines(
                    SOCKS, KeyedLines.Kind.SHIPPED, noon, noon, "e" + buyer, "o" + buyer, "f", buyer, lines, null));
        }
        fold(deals, noon);
        fold(List.of(), CALENDAR.midnight(day));
    }

    private void fold(List<KeyedLines> lines, long through) {
        ledger.fold(lines, through, new PriceLedger.Findings() {
            @Override
            public void floor(FloorRow row) {
                rows.add(row);
            }

            @Override
            public void breach(Breach breach) {}

            @Override
            public void alert(PriceAlert alert) {}
        });
    }

    private void isCarriedFor(int days) {
        assertThat(rows)
                .extracting(row -> row.floor().status(), FloorRow::validFrom)
                .endsWith(
                        tuple(Floor.Status.CARRIED, CALENDAR.midnight(CARRIED)),
                        tuple(Floor.Status.NONE, CALENDAR.midnight(CARRIED + days)));
        assertThat(ledger.isEmpty()).isTrue();
    }

    @Test
    void forTheDaysInForceWhenItCeasedToBeCurrent() {
        policies.add(carrying(10, "ten", CARRIED - 1));
        policies.add(carrying(400, "longer", CARRIED + 3));
        policies.add(carrying(1, "shorter", CARRIED + 5));
        sellAndForgetUntil(CARRIED + 500);
        isCarriedFor(10);
    }

    @Test
    void stateThatKeptTheDayOnWhichItBeganIsRead() throws IOException {
        sellAndForgetUntil(CARRIED);
        byte[] today = Packings.pack(ledger);
        ledger = Packings.unpack(asOfVersion1(today), SOCKS, policies, CALENDAR);
        assertThat(Packings.pack(ledger)).isEqualTo(today);
        fold(List.of(), CALENDAR.midnight(CARRIED + 400));
        isCarriedFor(365);
    }

    /** Of every tier that carries a floor, the day from which instead of the day until which. */
    private static byte[] asOfVersion1(byte[] version2) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(version2));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        assertThat(in.readByte()).isEqualTo((byte) 2);
        out.writeByte(1);
        Packed.writeUnsigned(Packed.readSmall(in), out);
        Packed.writeUnsigned(Packed.readSmall(in), out);
        int carried = Packed.readSmall(in);
        Packed.writeUnsigned(carried, out);
        for (int rest = Integer.bitCount(carried); rest > 0; rest--) {
            Packed.writeUnsigned(Packed.readSmall(in) - 365, out);
            Packed.writeUnsigned(Packed.readUnsigned(in), out);
        }
        in.transferTo(out);
        return bytes.toByteArray();
    }
}
