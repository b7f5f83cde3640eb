package io.touchstone.chaos.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.playground.cluster.Flink;
import java.time.Duration;

/** R18: one item and one factory have most of the business. */
public final class HotKey implements FaultTest {
    private static final int MINUTES = 4;
    private static final double ITEM = 0.3;
    private static final int CHECKPOINT_MS = 10_000;
    private static final int CATCH_UP_SECONDS = 30;

    @Override
    public Description description() {
        return new Description(
                "R18",
                "one sku has 30 % of all orders, its factory 50 %",
                "verdict V; checkpoints go on",
                "checkpoint p99 <= 10 s, none failed; caught up in <= 30 s",
                "every row of a table takes 5 ms",
                6,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        Mutation mutation = round.mutant() ? Mutation.SLOW_ROWS : Mutation.NONE;
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round).withHotSku(ITEM), mutation)) {
            ordeal.waitUntil(Duration.ofSeconds(Math.round(MINUTES * 60 * round.scale())));
            for (Flink.Job job : ordeal.site().flink().jobs()) {
                JsonNode checkpoints = ordeal.site().flink().checkpoints(job.id());
                long p99 = checkpoints
                        .path("summary")
                        .path("end_to_end_duration")
                        .path("p99")
                        .asLong();
                long failed = checkpoints.path("counts").path("failed").asLong();
                finding.measure("%s checkpoint p99 %,d ms", job.name(), p99);
                finding.check(
                        "checkpoints",
                        p99 <= CHECKPOINT_MS && failed == 0,
                        "%s: p99 %,d ms, %d failed",
                        job.name(),
                        p99,
                        failed);
            }
            ordeal.judge(finding);
            finding.check(
                    "throughput",
                    ordeal.caughtUpSeconds() <= CATCH_UP_SECONDS,
                    "caught up %d s after the last event",
                    ordeal.caughtUpSeconds());
        }
        return finding;
    }
}
