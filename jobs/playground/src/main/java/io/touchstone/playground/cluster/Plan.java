package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes that ought to run, in the order of their start; written when the cluster is started, and obeyed by its keeper.
 */
record Plan(List<Server> servers) {
    private static final JsonMapper JSON = new JsonMapper();

    static Plan read(ClusterFolder folder) throws IOException {
        return JSON.readValue(file(folder).toFile(), Plan.class);
    }

    /** Replaces the plan at once: the keeper never sees half of one. */
    void write(ClusterFolder folder) throws IOException {
        Path next = folder.run().resolve("plan.next");
        Files.writeString(next, JSON.writeValueAsString(this));
        Files.move(next, file(folder), StandardCopyOption.ATOMIC_MOVE);
    }

    static boolean exists(ClusterFolder folder) {
        return Files.exists(file(folder));
    }

    static void delete(ClusterFolder folder) throws IOException {
        Files.deleteIfExists(file(folder));
    }

    private static Path file(ClusterFolder folder) {
        return folder.run().resolve("plan.json");
    }

    /** The names of the processes that run, or ran and were not stopped. */
    static List<String> started(ClusterFolder folder) throws IOException {
        if (Files.notExists(folder.run())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.run())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".pid"))
                    .map(file -> file.substring(0, file.length() - ".pid".length()))
                    .sorted()
                    .toList();
        }
    }
}
