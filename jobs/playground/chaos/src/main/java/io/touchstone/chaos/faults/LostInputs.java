package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.Flink;
import io.touchstone.playground.cluster.FlinkServers;
import io.touchstone.playground.cluster.JobKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** R22: records expire while the jobs are down, before they were read. */
public final class LostInputs implements FaultTest {
    private static final int PARTITIONS = 4;
    private static final int SECONDS = 30;

    @Override
    public Description description() {
        return new Description(
                "R22",
                "all orders expire while the jobs are down, before they were read",
                "the jobs fail and say why; nothing is skipped",
                "each job fails in <= 30 s once it is back",
                "a job goes on at the newest record",
                4,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal =
                Ordeal.start(round, Load.of(round), round.mutant() ? Mutation.SKIPS_GAPS : Mutation.NONE)) {
            Site site = ordeal.site();
            TimeUnit.SECONDS.sleep(10);
            site.holdKeeper();
            ordeal.hurt("kill every task manager", () -> {
                for (int each = 1; each <= site.settings().taskManagers(); each++) {
                    site.kill(FlinkServers.TASK_MANAGER + each);
                }
            });
            TimeUnit.SECONDS.sleep(15);
            ordeal.load().end();
            expire(site);
            site.resumeKeeper();
            Flink.await("a task manager is back", () -> site.flink().taskManagers() > 0);
            long begun = System.nanoTime();
            for (JobKind job : JobKind.values()) {
                String why = "";
                long seconds = 0;
                while (!why.contains("out of range") && seconds < 2 * SECONDS) {
                    Flink.Job running = site.flink().running(job.jobName()).orElse(null);
                    why = running == null
                            ? ""
                            : site.flink().rootCause(running.id()).orElse("");
                    TimeUnit.MILLISECONDS.sleep(500);
                    seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
                }
                finding.measure("%s failed after %d s", job.jobName(), seconds);
                finding.check(
                        job.jobName(),
                        why.contains("out of range") && seconds <= SECONDS,
                        "after %d s its last failure is: %s",
                        seconds,
                        why);
            }
        }
        return finding;
    }

    private static void expire(Site site) throws Exception {
        String orders = site.options().kafka().topics().orders();
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(orders, partition))
                .toList();
        try (Admin admin = site.admin()) {
            var ends = admin.listOffsets(partitions.stream()
                            .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest())))
                    .all()
                    .get();
            admin.deleteRecords(partitions.stream()
                            .collect(Collectors.toMap(
                                    Function.identity(),
                                    p -> RecordsToDelete.beforeOffset(
                                            ends.get(p).offset()))))
                    .all()
                    .get();
        }
    }
}
