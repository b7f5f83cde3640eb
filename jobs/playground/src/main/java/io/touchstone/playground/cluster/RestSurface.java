package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything that Flink's REST interface tells to whoever asks. */
public final class RestSurface {
    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> CLUSTER = List.of(
            "/config",
            "/overview",
            "/cluster",
            "/datasets",
            "/jars",
            "/dataset",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobmanager/logs",
            "/jobmanager/log",
            "/jobmanager/stdout",
            "/jobmanager/metrics",
            "/jobmanager/thread-dump",
            "/jobs",
            "/jobs/overview",
            "/jobs/metrics",
            "/applications/overview",
            "/taskmanagers",
            "/taskmanagers/metrics");

    private static final List<String> JOB = List.of(
            "",
            "/accumulators",
            "/checkpoints",
            "/checkpoints/config",
            "/config",
            "/exceptions",
            "/execution-result",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobmanager/log-url",
            "/metrics",
            "/plan",
            "/resource-requirements",
            "/rescales/overview",
            "/status");

    private static final List<String> VERTEX = List.of(
            "",
            "/accumulators",
            "/backpressure",
            "/flamegraph",
            "/jm-operator-metrics",
            "/metrics",
            "/subtasks/accumulators",
            "/subtasks/metrics",
            "/subtasks/0",
            "/subtasks/0/metrics",
            "/subtasktimes",
            "/taskmanagers",
            "/watermarks");

    private static final List<String> TASK_MANAGER =
            List.of("", "/log", "/logs", "/metrics", "/stdout", "/thread-dump");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;
    private final Map<String, byte[]> answers = new LinkedHashMap<>();

    private RestSurface(String url) {
        this.url = url;
    }

    /** Asks for all of it; the answers by path. */
    public static Map<String, byte[]> of(String url) throws IOException {
        RestSurface surface = new RestSurface(url);
        surface.ask();
        return surface.answers;
    }

    private void ask() throws IOException {
        Deque<String> paths = new ArrayDeque<>(CLUSTER);
        Set<String> asked = new HashSet<>(paths);
        while (!paths.isEmpty()) {
            String path = paths.pop();
            for (String next : behind(path, get(path))) {
                if (asked.add(next)) {
                    paths.add(next);
                }
            }
        }
    }

    private byte[] get(String path) throws IOException {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            answers.put(path, answer.body());
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What an answer leads to. */
    private static List<String> behind(String path, byte[] answer) {
        JsonNode json;
        try {
            json = JSON.readTree(new String(answer, StandardCharsets.UTF_8));
        } catch (IOException noJson) {
            return List.of();
        }
        List<String> next = new ArrayList<>();
        if (path.equals("/jobs/overview")) {
            for (JsonNode job : json.path("jobs")) {
                JOB.forEach(part -> next.add("/jobs/" + job.path("jid").asText() + part));
            }
        } else if (path.matches("/jobs/[0-9a-f]{32}")) {
            for (JsonNode vertex : json.path("vertices")) {
                VERTEX.forEach(
                        part -> next.add(path + "/vertices/" + vertex.path("id").asText() + part));
            }
        } else if (path.endsWith("/checkpoints")) {
            for (JsonNode checkpoint : json.path("history")) {
                next.add(path + "/details/" + checkpoint.path("id").asText());
            }
        } else if (path.equals("/taskmanagers")) {
            for (JsonNode taskManager : json.path("taskmanagers")) {
                TASK_MANAGER.forEach(
                        part -> next.add(path + "/" + taskManager.path("id").asText() + part));
            }
        } else if (path.endsWith("/logs")) {
            for (JsonNode log : json.path("logs")) {
                next.add(path + "/" + log.path("name").asText());
            }
        } else if (path.endsWith("metrics") && json.isArray() && !json.isEmpty()) {
            List<String> names = new ArrayList<>();
            json.forEach(metric -> names.add(metric.path("id").asText().replaceAll("[^A-Za-z0-9_.-]", "")));
            next.add(path + "?get=" + String.join(",", names.subList(0, Math.min(names.size(), 100))));
        }
        return next;
    }
}
