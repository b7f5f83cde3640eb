package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.load.LoadWriter;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.LetterWatch;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.event.OrderReturn;
import io.touchstone.event.ReturnReason;
import io.touchstone.event.ReturnStage;
import io.touchstone.event.Review;
import io.touchstone.event.ReviewStage;
import io.touchstone.io.History;
import io.touchstone.playground.ClockOrder;
import io.touchstone.playground.cluster.Flink;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** R16: events of times that cannot be, while all is well and while every partition is idle. */
public final class TimeAttack implements FaultTest {
    private static final int ATTACKS = 6;
    private static final int PARTITIONS = 4;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int ALARM_SECONDS = 30;

    @Override
    public Description description() {
        return new Description(
                "R16",
                "events of +1 h, +1 y, 2099, 2100, the end of time, 0, negative, on every partition; then all idle",
                "verdict V; no watermark ahead of what came in",
                "0 good events lost; every bad one a dead letter within 30 s",
                "times far in the future are believed",
                4,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        Map<String, Object> wiring =
                Map.of("time", Map.of("max_drift", "1 d", "idle_timeout", IDLE.toSeconds() + " s"));
        Mutation mutation = round.mutant() ? Mutation.NO_CLAMP : Mutation.NONE;
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round), mutation, Map.of(), wiring);
                LetterWatch letters = new LetterWatch(ordeal.site())) {
            LoadWriter load = ordeal.load();
            double slowest = 0;
            long ahead = Long.MIN_VALUE;
            for (int i = 0; i < round.scaled(ATTACKS); i++) {
                boolean idle = i == round.scaled(ATTACKS) - 1;
                if (idle) {
                    round.say("nothing comes in for %d s", 2 * IDLE.toSeconds());
                    load.pause();
                    TimeUnit.SECONDS.sleep(2 * IDLE.toSeconds());
                }
                String attack = "attack" + i;
                ordeal.hurt("bad times on every partition", () -> attack(load, attack));
                slowest = Math.max(slowest, letters.awaitAll(load.letters(), 2 * ALARM_SECONDS));
                TimeUnit.SECONDS.sleep(5);
                ahead = Math.max(ahead, watermark(ordeal) - load.newestTime());
                if (idle) {
                    load.resume();
                }
            }
            TimeUnit.SECONDS.sleep(5);
            finding.measure("%,d bad events", load.letters().size());
            finding.measure("dead letters within %.1f s", slowest);
            finding.check("alarm", slowest <= ALARM_SECONDS, "the last dead letter after %.1f s", slowest);
            // While all is idle, event time goes on at the pace of the wall clock.
            finding.check(
                    "watermark",
                    ahead <= 6 * IDLE.toMillis(),
                    "%,d s ahead of the newest event",
                    TimeUnit.MILLISECONDS.toSeconds(ahead));
            ordeal.judge(finding);
        }
        return finding;
    }

    private static void attack(LoadWriter load, String name) throws Exception {
        Instant now = Instant.now();
        Map<Instant, String> times = new LinkedHashMap<>();
        times.put(now.plus(Duration.ofHours(1)), "FUTURE");
        times.put(now.plus(Duration.ofDays(365)), "FUTURE");
        times.put(Instant.parse("2099-12-31T00:00:00Z"), "FUTURE");
        times.put(Instant.parse("2100-01-01T00:00:00Z"), "INVALID");
        times.put(Instant.ofEpochMilli(Long.MAX_VALUE), "INVALID");
        times.put(Instant.EPOCH, "INVALID");
        times.put(Instant.ofEpochMilli(-1), "INVALID");
        for (Map.Entry<Instant, String> time : times.entrySet()) {
            for (String topic : History.TOPICS) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    String id = name + "-" + time.getKey().toEpochMilli() + "-" + partition;
                    load.inject(topic, partition, event(topic, id, time.getKey()), time.getValue());
                }
            }
        }
    }

    private static SpecificRecord event(String topic, String id, Instant at) {
        return switch (topic) {
            case "orders" -> ClockOrder.of(id, at);
            case "returns" -> new OrderReturn(id, id, id, ReturnStage.OPENED, at, ReturnReason.OTHER, null);
            default -> new Review(id, id, id, ReviewStage.POSTED, at, 5, List.of(), null);
        };
    }

    private static long watermark(Ordeal ordeal) throws Exception {
        long highest = 0;
        for (Flink.Job job : ordeal.site().flink().jobs()) {
            highest = Math.max(highest, ordeal.site().flink().seenThrough(job.id()));
        }
        return highest;
    }
}
