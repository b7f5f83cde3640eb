package io.touchstone.chaos.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.MutantJob;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.LetterWatch;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.Flink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * R21: policies, good and bad, are published under load. The load catches up with the wall clock, as policies act in the present
 * only, and ends at a local midnight soon after: the business's time zone is chosen so.
 */
public final class PolicyReloads implements FaultTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int UPDATES = 20;
    /** For the jobs to start, and the load to come to the present. */
    private static final Duration PAST = Duration.ofMinutes(3);

    /** For the policies to act in. */
    private static final Duration PRESENT = Duration.ofSeconds(90);

    private static final int ALARM_SECONDS = 30;

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Update(String key, byte[] value, String reason) {
        boolean isSound() {
            return reason == null;
        }
    }

    @Override
    public Description description() {
        return new Description(
                "R21",
                "40 updates of the policy at 1 Hz under load, 20 good, 20 bad, in any order",
                "verdict V by the policies in force; the last good one stays",
                "20 of 20 refused with their reason, 0 restarts, one version in all subtasks",
                "changes of the policy are never seen",
                6,
                true);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        Mutation mutation = round.mutant() ? Mutation.IGNORES_POLICIES : Mutation.NONE;
        try (Ordeal ordeal = Ordeal.start(round, site -> prepare(site, round), mutation, Map.of(), Site.wiring())) {
            Map<String, Long> started = starts(ordeal.site().flink());
            ordeal.load().awaitPresent();
            round.say("the load has come to the present");
            List<String> sound = publish(ordeal, round, finding);
            try (LetterWatch letters = new LetterWatch(ordeal.site())) {
                double slowest = letters.awaitAll(ordeal.load().letters(), 2 * ALARM_SECONDS);
                finding.check("refused", slowest <= ALARM_SECONDS, "not every bad one is a dead letter");
            }
            ordeal.load().awaitEnd();
            Files.write(round.folder().resolve("history/policies.jsonl"), sound);
            ordeal.judge(finding);
            Set<String> versions = versions(ordeal.site().flink());
            finding.measure("in force in the end: %s", versions);
            finding.check("one version", versions.size() == 1, "%s", versions);
            boolean restarted = !starts(ordeal.site().flink()).equals(started);
            finding.check("restarts", !restarted, "a job was started again");
        }
        return finding;
    }

    /** Midnight is when the load ends. */
    private static Supplier<Load> prepare(Site site, Round round)
            throws IOException, ExecutionException, InterruptedException {
        if (round.mutant()) {
            try (Admin admin = site.admin()) {
                NewTopic topic = new NewTopic(MutantJob.NO_POLICIES, 1, (short) 1)
                        .configs(Map.of("message.timestamp.type", "LogAppendTime"));
                admin.createTopics(List.of(topic)).all().get();
            }
        }
        long end = System.currentTimeMillis() / 1000 + PAST.plus(PRESENT).toSeconds();
        int local = (int) Math.floorMod(-end, TimeUnit.DAYS.toSeconds(1));
        int offset = local > TimeUnit.HOURS.toSeconds(12) ? local - (int) TimeUnit.DAYS.toSeconds(1) : local;
        Files.writeString(
                site.conf().resolve("policy.yaml"),
                "version: first\ntime_zone: UTC"
                        + ZoneOffset.ofTotalSeconds(offset).getId() + "\n");
        return () -> Load.of(round).until(end * 1000, end * 1000 - PRESENT.toMillis());
    }

    /** Publishes everything, one each second; the good documents as they were sent. */
    private static List<String> publish(Ordeal ordeal, Round round, Finding finding) throws Exception {
        Random random = new Random(round.random("policies").nextLong());
        List<String> sound = new ArrayList<>();
        Set<Long> instants = new TreeSet<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 2 * UPDATES; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        int refused = 0;
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", ordeal.site().settings().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int number : order) {
                long from = System.currentTimeMillis() + 5000 + random.nextInt(15_000);
                while (!instants.add(from)) {
                    from++;
                }
                Update update = number < UPDATES ? sound(number, from, random) : bad(number - UPDATES, from, sound);
                try {
                    long offset = producer.send(new ProducerRecord<>("policies", 0, update.key, update.value))
                            .get()
                            .offset();
                    if (update.isSound()) {
                        sound.add(new String(update.value, StandardCharsets.UTF_8));
                    } else {
                        refused++;
                        ordeal.load().expectLetter("policies", offset, update.reason);
                    }
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof RecordTooLargeException) || update.isSound()) {
                        throw e;
                    }
                    refused++;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
        finding.measure("%d good, %d bad policies", sound.size(), refused);
        return sound;
    }

    private static ObjectNode document(String version, long from) {
        return JSON.createObjectNode().put("version", version).put("effective_from", from);
    }

    private static Update sound(int number, long from, Random random) {
        ObjectNode json = document("v" + number, from);
        json.putObject("price").put("tolerance_bp", random.nextInt(50)).put("spike_percent", 10 + random.nextInt(40));
        json.putObject("quality")
                .putObject("classes")
                .putObject("FULFILMENT")
                .put("standard_bp", 100 + random.nextInt(900));
        return new Update("v" + number, bytes(json), null);
    }

    /** One of twenty ways to be wrong. */
    private static Update bad(int number, long from, List<String> sound) throws IOException {
        String version = "bad-" + number;
        ObjectNode json = document(version, from);
        ObjectNode price = json.putObject("price");
        ObjectNode quality = json.putObject("quality");
        switch (number) {
            case 0 -> {
                return new Update(version, "{\"version\": \"bad".getBytes(StandardCharsets.UTF_8), "UNDECODABLE");
            }
            case 1 -> {
                return new Update(version, new byte[] {(byte) 0xC3, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "UNDECODABLE");
            }
            case 2 -> {
                String text = json.toString().replace("\"price\":{}", "\"price\":{\"tolerance_bp\":NaN}");
                return new Update(version, text.getBytes(StandardCharsets.UTF_8), "UNDECODABLE");
            }
            case 3 -> price.put("tolerance_bp", -1);
            case 4 -> quality.putObject("classes").putObject("QUALITY").put("weight", 401);
            case 5 -> json.put("tolerance", 3);
            case 6 -> price.put("spike_percent", 1L << 40);
            case 7 -> json.put("version", "first");
            case 8 -> {
                if (!sound.isEmpty()) {
                    json.put(
                            "version",
                            JSON.readTree(sound.get(0)).get("version").asText());
                } else {
                    json.put("version", "first");
                }
            }
            case 9 -> json.put("effective_from", System.currentTimeMillis() - 1000);
            case 10 -> json.put("effective_from", 0);
            case 11 -> json.remove("effective_from");
            case 12 -> json.put("effective_from", Instant.ofEpochMilli(from).toString());
            case 13 -> price.putArray("tiers").add(1).add(2);
            case 14 -> json.put("time_zone", "Europe/Berlin");
            case 15 -> quality.put("window_days", 45);
            case 16 -> {
                return new Update("another-key", bytes(json), "INVALID");
            }
            case 17 -> {
                return new Update(version, null, "UNDECODABLE");
            }
            case 18 -> {
                return new Update(version, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8), "UNDECODABLE");
            }
            default -> {
                // Refused at the door.
                return new Update(version, new byte[10 << 20], "UNDECODABLE");
            }
        }
        return new Update(json.get("version").asText(), bytes(json), "INVALID");
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** When the tasks of each job were started last. */
    private static Map<String, Long> starts(Flink flink) throws IOException {
        Map<String, Long> starts = new TreeMap<>();
        for (Flink.Job job : flink.jobs()) {
            for (JsonNode vertex : flink.get("/jobs/" + job.id()).get("vertices")) {
                starts.put(
                        job.name() + " " + vertex.get("name").asText(),
                        vertex.get("start-time").asLong());
            }
        }
        return starts;
    }

    /** Of every subtask that judges. */
    private static Set<String> versions(Flink flink) throws IOException {
        Set<String> versions = new TreeSet<>();
        for (Flink.Job job : flink.jobs()) {
            for (JsonNode vertex : flink.get("/jobs/" + job.id()).get("vertices")) {
                String metrics =
                        "/jobs/" + job.id() + "/vertices/" + vertex.get("id").asText() + "/metrics";
                for (JsonNode metric : flink.get(metrics)) {
                    String id = metric.get("id").asText();
                    if (id.endsWith(".policyVersion")) {
                        versions.add(flink.get(metrics + "?get=" + id)
                                .get(0)
                                .get("value")
                                .asText());
                    }
                }
            }
        }
        return versions;
    }
}
