package io.touchstone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kafka Streams in a process of its own, as its RocksDB classes clash with Flink's. Its class path is the text of
 * {@code jobs/playground/bench/streams/target/classpath} under {@code touchstone.home}. It ends with this JVM, for it reads from it.
 */
final class StreamsProcess implements AutoCloseable {
    private static final String MODULE = "jobs/playground/bench/streams";

    private final Path folder = Files.createTempDirectory("touchstone-bench-streams-");
    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    StreamsProcess(String broker) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + Runtime.getRuntime().maxMemory(),
                        "-Dlog4j.configurationFile=" + System.getProperty("log4j.configurationFile"),
                        "-cp",
                        classPath(),
                        "io.touchstone.bench.streams.StreamsPeer",
                        broker,
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String classPath() throws IOException {
        Path home = Path.of(System.getProperty("touchstone.home", "")).toAbsolutePath();
        Stream<String> own = Stream.of(MODULE, "jobs/analytics", "schemas")
                .map(module -> home.resolve(module).resolve("target/classes").toString());
        String others = Files.readString(home.resolve(MODULE).resolve("target/classpath"))
                .strip();
        return Stream.concat(own, Stream.of(others)).collect(Collectors.joining(":"));
    }

    /** What it takes that process, and it alone, to work through a topic. */
    Cost run(String variant, String topic, long records) throws IOException {
        questions.println(variant + " " + topic + " " + records);
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("Kafka Streams ended before its time, see above");
        }
        List<Long> took = Stream.of(answer.split(" ")).map(Long::valueOf).toList();
        return new Cost(took.get(0), took.get(1));
    }

    @Override
    public void close() throws Exception {
        questions.close();
        process.destroy();
        process.waitFor();
        Interleaved.delete(folder);
    }
}
