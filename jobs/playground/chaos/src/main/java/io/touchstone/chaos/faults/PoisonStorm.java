package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.load.LoadWriter;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.LetterWatch;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.event.Order;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.OrderType;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.io.AvroWire;
import io.touchstone.playground.ClockOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** R12: beside the poison of every load, bursts of records that are wrong in every way there is. */
public final class PoisonStorm implements FaultTest {
    private static final int BURSTS = 12;
    private static final int BURST = 500;
    private static final int SECONDS_BETWEEN = 12;
    private static final int PARTITIONS = 4;
    private static final int ALARM_SECONDS = 30;
    private static final Instant SOME_TIME = Instant.parse("2024-12-01T00:00:00Z");

    /** What stands before the payload of a record: two bytes that mark it and eight of its schema. */
    private static final int HEADER = 10;

    @Override
    public Description description() {
        return new Description(
                "R12",
                "12 bursts of 500 bad records in a row, of 12 kinds, one of 5 MiB; 2 % poison all along",
                "verdict V; every bad one a dead letter once per key, by offset and reason",
                "0 good records altered, 0 restarts",
                "dead letters are thrown away",
                5,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        Mutation mutation = round.mutant() ? Mutation.NO_DEAD_LETTERS : Mutation.NONE;
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round).withPoison(0.02), mutation);
                LetterWatch letters = new LetterWatch(ordeal.site())) {
            Map<String, byte[]> kinds = kinds(new Random(round.random("poison").nextLong()));
            int bursts = round.scaled(BURSTS);
            for (int burst = 0; burst < bursts; burst++) {
                ordeal.waitUntil(Duration.ofSeconds((long) SECONDS_BETWEEN * (burst + 1)));
                int partition = burst % PARTITIONS;
                ordeal.hurt("a burst of bad records", () -> burst(ordeal.load(), kinds, partition));
            }
            finding.check("door", isRefused(ordeal.load()), "5 MiB were let in");
            double slowest = letters.awaitAll(ordeal.load().letters(), 2 * ALARM_SECONDS);
            finding.measure(
                    "%,d bad records beside the load's", ordeal.load().letters().size());
            finding.check("alarm", slowest <= ALARM_SECONDS, "the last dead letter after %.1f s", slowest);
            ordeal.judge(finding);
        }
        return finding;
    }

    private static void burst(LoadWriter load, Map<String, byte[]> kinds, int partition) throws Exception {
        for (int i = 0; i < BURST; ) {
            for (Map.Entry<String, byte[]> kind : kinds.entrySet()) {
                String reason = kind.getKey().startsWith("INVALID") ? "INVALID" : "UNDECODABLE";
                load.inject("orders", partition, kind.getValue(), reason);
                i++;
            }
        }
    }

    private static boolean isRefused(LoadWriter load) throws Exception {
        try {
            load.inject("orders", 0, new byte[5 << 20], "UNDECODABLE");
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                return true;
            }
            throw e;
        }
    }

    /** By what is wrong. */
    private static Map<String, byte[]> kinds(Random random) {
        Order sound = ClockOrder.of("poison", SOME_TIME);
        byte[] wired = AvroWire.orders().encode(sound);
        Map<String, byte[]> kinds = new LinkedHashMap<>();
        kinds.put("nothing", null);
        kinds.put("empty", new byte[0]);
        byte[] noise = new byte[200];
        random.nextBytes(noise);
        noise[0] = 'x';
        kinds.put("random", noise);
        kinds.put("truncated", Arrays.copyOf(wired, wired.length - 3));
        kinds.put("no record", with(wired, 0, 0x7F));
        kinds.put("unknown schema", with(wired, 4, wired[4] ^ 0x55));
        kinds.put("more than a record", Arrays.copyOf(wired, wired.length + 5));
        byte[] huge = Arrays.copyOf(wired, HEADER + 6);
        Arrays.fill(huge, HEADER, huge.length - 1, (byte) 0xFE);
        huge[huge.length - 1] = 0x0F;
        kinds.put("a text of two gigabytes", huge);
        kinds.put(
                "a return",
                AvroWire.returns()
                        .encode(new OrderReturn(
                                "r", "r", "o", ReturnStage.OPENED, SOME_TIME, ReturnReason.OTHER, null)));
        kinds.put("INVALID symbol", wire(Order.newBuilder(sound).setType(OrderType.UNKNOWN)));
        kinds.put("INVALID id", wire(Order.newBuilder(sound).setFactoryId("")));
        Order cheap = Order.newBuilder(sound).build();
        cheap.getLines().get(0).setUnitPriceMicros(-1L);
        kinds.put("INVALID price", AvroWire.orders().encode(cheap));
        return kinds;
    }

    private static byte[] wire(Order.Builder order) {
        return AvroWire.orders().encode(order.build());
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }
}
