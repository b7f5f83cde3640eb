package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What Flink's REST interface tells of a cluster and its jobs. */
public final class Flink {
    private static final String CLOCK = ".touchstone.seenThroughMillis";

    private static final JsonMapper JSON = new JsonMapper();
    /** The name of the secret that lets its holder change something through the REST interface. */
    static final String TOKEN = "rest-token";

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;
    private final Path token;

    /** Looks, and changes nothing. */
    public Flink(String url) {
        this(url, null);
    }

    private Flink(String url, Path token) {
        this.url = url;
        this.token = token;
    }

    /** May stop jobs and have checkpoints taken: the cluster's gate lets nobody do so without its token. */
    public static Flink operated(ClusterFolder folder, Settings settings) throws IOException {
        return new Flink(settings.webUrl(), folder.secret(TOKEN));
    }

    /** A job that is there, whatever its state. */
    public record Job(String id, String name, String state, long startedAt, int tasks, int runningTasks) {
        private static Job of(JsonNode job) {
            return new Job(
                    job.get("jid").asText(),
                    job.get("name").asText(),
                    job.get("state").asText(),
                    job.get("start-time").asLong(),
                    job.get("tasks").get("total").asInt(),
                    job.get("tasks").get("running").asInt());
        }

        public boolean hasEnded() {
            return List.of("FINISHED", "FAILED", "CANCELED").contains(state);
        }

        public boolean isUp() {
            return state.equals("RUNNING") && tasks > 0 && runningTasks == tasks;
        }
    }

    public JsonNode get(String path) throws IOException {
        return ask(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    public JsonNode post(String path, JsonNode body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (token != null) {
            request.header("Authorization", "Bearer " + Files.readString(token).strip());
        }
        return ask(request.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> answer =
                    http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
            JsonNode json = JSON.readTree(answer.body());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException("Flink refuses: " + json.path("errors"));
            }
            return json;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** How many task managers have reported to the job manager; 0 if there is no job manager either. */
    public int taskManagers() {
        try {
            return get("/overview").path("taskmanagers").asInt();
        } catch (IOException noJobManager) {
            return 0;
        }
    }

    /** Whether a job manager answers and leads. */
    public boolean isUp() {
        try {
            get("/overview");
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    public List<Job> jobs() throws IOException {
        List<Job> jobs = new ArrayList<>();
        for (JsonNode job : get("/jobs/overview").get("jobs")) {
            jobs.add(Job.of(job));
        }
        return jobs;
    }

    /** The job of a name that has not ended. */
    public Optional<Job> running(String name) throws IOException {
        return jobs().stream()
                .filter(job -> job.name().equals(name) && !job.hasEnded())
                .findFirst();
    }

    private Optional<Job> job(String id) throws IOException {
        return jobs().stream().filter(job -> job.id().equals(id)).findFirst();
    }

    public JsonNode checkpoints(String job) throws IOException {
        return get("/jobs/" + job + "/checkpoints");
    }

    /** Stops a job with a savepoint, without draining it; where the savepoint is. */
    public String stop(String job, String savepoints) throws IOException, InterruptedException {
        return stop(job, savepoints, "CANONICAL");
    }

    /** As {@link #stop(String, String)}; {@code format} is CANONICAL or NATIVE. */
    public String stop(String job, String savepoints, String format) throws IOException, InterruptedException {
        String trigger = post(
                        "/jobs/" + job + "/stop",
                        JSON.createObjectNode()
                                .put("targetDirectory", savepoints)
                                .put("drain", false)
                                .put("formatType", format))
                .get("request-id")
                .asText();
        JsonNode done = awaitOperation("/jobs/" + job + "/savepoints/" + trigger);
        await("job " + job + " has stopped", () -> job(job).map(Job::hasEnded).orElse(true));
        return done.get("location").asText();
    }

    /** Takes a checkpoint of everything that has come in, and waits until it is complete. */
    public void checkpoint(String job) throws IOException, InterruptedException {
        String trigger = post("/jobs/" + job + "/checkpoints", JSON.createObjectNode())
                .get("request-id")
                .asText();
        awaitOperation("/jobs/" + job + "/checkpoints/" + trigger);
    }

    private JsonNode awaitOperation(String path) throws IOException, InterruptedException {
        JsonNode[] answer = new JsonNode[1];
        await("Flink has completed " + path, () -> {
            answer[0] = get(path);
            return answer[0].path("status").path("id").asText().equals("COMPLETED");
        });
        JsonNode operation = answer[0].path("operation");
        if (operation.has("failure-cause")) {
            String trace = operation.get("failure-cause").path("stack-trace").asText();
            throw new IOException(
                    "Flink could not: " + trace.lines().findFirst().orElse("no reason given"));
        }
        return operation;
    }

    /** Waits until every task of a job runs; an error with its cause if it ends instead. */
    public void awaitRunning(String id) throws IOException, InterruptedException {
        await("every task of job " + id + " runs", () -> {
            Optional<Job> job = job(id);
            if (job.map(Job::hasEnded).orElse(false)) {
                throw new IllegalStateException(
                        "the job is " + job.get().state() + ": " + rootCause(id).orElse("no cause is known"));
            }
            return job.map(Job::isUp).orElse(false);
        });
    }

    /** The first line of why a job failed last, if it ever did. */
    public Optional<String> rootCause(String job) throws IOException {
        JsonNode newest = get("/jobs/" + job + "/exceptions")
                .path("exceptionHistory")
                .path("entries")
                .path(0)
                .path("stacktrace");
        List<String> causes =
                newest.asText().lines().filter(line -> !line.startsWith("\t")).toList();
        return causes.isEmpty() ? Optional.empty() : Optional.of(causes.get(causes.size() - 1));
    }

    /** The instant through which a job has seen everything: that of the task which is furthest behind. */
    public long seenThrough(String job) throws IOException {
        return clocks(job).values().stream().mapToLong(Long::longValue).min().orElse(Long.MIN_VALUE);
    }

    /**
     * The instants through which those tasks of a job have seen everything who keep it through a restart (watermarks are unknown then
     * until something new comes), by number and operator: {@code 0.keep-price-floors}; {@link Long#MIN_VALUE} for one that tells nothing.
     */
    Map<String, Long> clocks(String job) throws IOException {
        Map<String, Long> clocks = new TreeMap<>();
        for (JsonNode vertex : get("/jobs/" + job).get("vertices")) {
            String metrics = "/jobs/" + job + "/vertices/" + vertex.get("id").asText() + "/metrics";
            List<String> names = new ArrayList<>();
            for (JsonNode metric : get(metrics)) {
                String name = metric.get("id").asText();
                if (name.endsWith(CLOCK)) {
                    names.add(name);
                    String operator = name.substring(name.indexOf('.'), name.length() - CLOCK.length());
                    for (int task = 0; task < vertex.get("parallelism").asInt(); task++) {
                        clocks.putIfAbsent(task + operator, Long.MIN_VALUE);
                    }
                }
            }
            if (!names.isEmpty()) {
                for (JsonNode value : get(metrics + "?get=" + String.join(",", names))) {
                    String name = value.get("id").asText();
                    clocks.put(
                            name.substring(0, name.length() - CLOCK.length()),
                            value.get("value").asLong(Long.MIN_VALUE));
                }
            }
        }
        return clocks;
    }

    /** Something that is true or not yet. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits until something is true; a job manager that does not answer meanwhile is waited for as well. */
    public static void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        IOException last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException(
                "waited " + PATIENCE.toSeconds() + " s in vain until " + what + (last == null ? "" : ": " + last));
    }
}
