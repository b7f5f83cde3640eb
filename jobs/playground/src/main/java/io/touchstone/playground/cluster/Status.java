package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.touchstone.config.Options;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How a cluster is: its processes, jobs, checkpoints, and how far its jobs are behind their inputs. */
final class Status {
    private final ClusterFolder folder;
    private final Settings settings;
    private final PrintWriter out;
    private boolean healthy = true;

    Status(ClusterFolder folder, Settings settings, PrintWriter out) {
        this.folder = folder;
        this.settings = settings;
        this.out = out;
    }

    /** Prints it; false if something is down. */
    boolean print() throws IOException, InterruptedException {
        processes();
        Flink flink = new Flink(settings.webUrl());
        if (!flink.isUp()) {
            healthy = false;
            out.println("No job manager answers at " + settings.webUrl());
            return false;
        }
        jobs(flink);
        lags();
        return healthy;
    }

    private void processes() throws IOException {
        out.println("%-16s %-8s %-8s %-7s %s".formatted("PROCESS", "STATE", "PID", "PORT", "SINCE"));
        process(Keeper.NAME, 0);
        for (Server server : Plan.exists(folder) ? Plan.read(folder).servers() : List.<Server>of()) {
            process(server.name(), server.port());
        }
    }

    private void process(String name, int port) {
        Optional<ProcessHandle> process = Server.process(folder, name);
        healthy &= process.isPresent();
        out.println("%-16s %-8s %-8s %-7s %s"
                .formatted(
                        name,
                        process.isPresent() ? "up" : "DOWN",
                        process.map(p -> String.valueOf(p.pid())).orElse(""),
                        port == 0 ? "" : String.valueOf(port),
                        process.flatMap(p -> p.info().startInstant())
                                .map(Status::ago)
                                .orElse(""))
                .stripTrailing());
    }

    private void jobs(Flink flink) throws IOException {
        out.println();
        out.println("%-16s %-11s %-9s %-9s %-26s %-9s %-7s %s"
                .formatted("JOB", "STATE", "TASKS", "RESTARTS", "LAST CHECKPOINT", "TOOK", "FAILED", "SEEN THROUGH"));
        for (Flink.Job job : flink.jobs()) {
            if (job.hasEnded()) {
                continue;
            }
            healthy &= job.isUp();
            JsonNode checkpoints = flink.checkpoints(job.id());
            JsonNode last = checkpoints.path("latest").path("completed");
            out.println("%-16s %-11s %-9s %-9s %-26s %-9s %-7s %s"
                    .formatted(
                            job.name(),
                            job.state(),
                            job.runningTasks() + " of " + job.tasks(),
                            checkpoints.path("counts").path("restored").asText(),
                            last.isMissingNode() || last.isNull()
                                    ? "none yet"
                                    : last.get("id").asText() + ", "
                                            + size(last.get("state_size").asLong()) + ", "
                                            + ago(Instant.ofEpochMilli(last.get("latest_ack_timestamp")
                                                    .asLong())),
                            last.path("end_to_end_duration").asText() + " ms",
                            checkpoints.path("counts").path("failed").asText(),
                            seenThrough(flink.seenThrough(job.id()))));
            flink.rootCause(job.id())
                    .ifPresent(cause ->
                            out.println("    last failure: " + cause.substring(0, Math.min(cause.length(), 180))));
        }
    }

    private static String seenThrough(long watermark) {
        return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE
                ? "-"
                : Instant.ofEpochMilli(watermark).toString();
    }

    private void lags() throws IOException, InterruptedException {
        out.println();
        out.println("%-16s %-16s %12s %12s".formatted("JOB", "TOPIC", "RECORDS", "BEHIND"));
        try (Admin admin = BrokerServer.itself(folder, settings)) {
            for (JobKind kind : JobKind.values()) {
                Path wiring = folder.jobs().resolve(kind.jobName()).resolve("jobs.yaml");
                if (Files.exists(wiring)) {
                    lag(admin, kind, Options.read(wiring));
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            healthy = false;
            out.println("The broker does not tell: " + (e.getCause() == null ? e : e.getCause()));
        }
    }

    private void lag(Admin admin, JobKind kind, Options options)
            throws ExecutionException, TimeoutException, InterruptedException {
        List<String> topics = kind.inputs(options.kafka().topics());
        Map<TopicPartition, Long> ends = admin
                .listOffsets(admin.describeTopics(topics).allTopicNames().get(10, TimeUnit.SECONDS).values().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                        .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest())))
                .all()
                .get(10, TimeUnit.SECONDS)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
        Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(kind.group(options))
                .partitionsToOffsetAndMetadata()
                .get(10, TimeUnit.SECONDS);
        for (String topic : topics) {
            long records = 0;
            long behind = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                if (end.getKey().topic().equals(topic)) {
                    OffsetAndMetadata at = read.get(end.getKey());
                    records += end.getValue();
                    behind += end.getValue() - (at == null ? 0 : at.offset());
                }
            }
            // Offsets are committed with each checkpoint.
            out.println("%-16s %-16s %,12d %,12d".formatted(kind.jobName(), topic, records, behind));
        }
    }

    private static String size(long bytes) {
        return bytes < 1 << 20 ? "%,d kB".formatted(bytes >> 10) : "%,d MB".formatted(bytes >> 20);
    }

    private static String ago(Instant instant) {
        Duration duration = Duration.between(instant, Instant.now());
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 120
                ? seconds + " s ago"
                : seconds < 7200 ? seconds / 60 + " min ago" : seconds / 3600 + " h ago";
    }
}
