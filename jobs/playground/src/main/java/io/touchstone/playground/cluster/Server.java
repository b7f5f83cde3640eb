package io.touchstone.playground.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One process of a cluster. Its number is in a file, and it is trusted only as long as that process's command line names the
 * cluster's folder: numbers are given out again.
 *
 * @param name unique in its cluster; of its log, console and number's file
 * @param command its command line, which names the folder
 * @param environment what it finds in its environment beside what everybody does
 * @param signal which makes it end in order
 * @param port where it listens on loopback; 0 if nobody has to know
 */
public record Server(String name, List<String> command, Map<String, String> environment, String signal, int port) {
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** A JVM of the cluster. */
    static Server java(
            ClusterFolder folder, String name, int port, List<String> options, String classPath, List<String> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dtouchstone.cluster=" + folder.root());
        command.add("-Dtouchstone.server=" + name);
        // Not as log.file: Flink would then have RocksDB log there too, in files named after the whole path of its own,
        // which may be too long.
        command.add("-Dtouchstone.log=" + folder.log(name));
        command.add("-Dlog4j2.configurationFile="
                + folder.conf().resolve("log4j2.properties").toUri());
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath));
        command.addAll(main);
        return new Server(name, command, Map.of(), "TERM", port);
    }

    private static Path pidFile(ClusterFolder folder, String name) {
        return folder.run().resolve(name + ".pid");
    }

    /** The running process, if there is one. */
    public Optional<ProcessHandle> process(ClusterFolder folder) {
        return process(folder, name);
    }

    /** The running process of a name, if it is one of this cluster. */
    public static Optional<ProcessHandle> process(ClusterFolder folder, String name) {
        try {
            Path file = pidFile(folder, name);
            if (Files.notExists(file)) {
                return Optional.empty();
            }
            long pid = Long.parseLong(Files.readString(file).strip());
            return ProcessHandle.of(pid).filter(process -> isOf(folder, commandLine(process)));
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean isOf(ClusterFolder folder, List<String> commandLine) {
        return commandLine.stream()
                .anyMatch(argument -> argument.equals("-Dtouchstone.cluster=" + folder.root())
                        || argument.startsWith(folder.root() + "/"));
    }

    /** Every process whose command line names the folder. */
    public static List<ProcessHandle> processes(ClusterFolder folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> isOf(folder, commandLine(process)))
                .toList();
    }

    /** The arguments of a process; none if it is a zombie. */
    private static List<String> commandLine(ProcessHandle process) {
        Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
        try {
            // Java itself gives up on command lines longer than a page.
            return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0"));
        } catch (IOException noProc) {
            return process.info().arguments().map(List::of).orElse(List.of());
        }
    }

    /** Starts it on its own: it outlives whoever started it, and Ctrl-C does not reach it. */
    Process start(ClusterFolder folder) throws IOException {
        String detach =
                "trap '' INT HUP; if command -v setsid >/dev/null; then exec setsid \"$@\"; else exec \"$@\"; fi";
        List<String> line = new ArrayList<>(List.of("sh", "-c", detach, name));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.root().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.console(name).toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        Files.writeString(pidFile(folder, name), String.valueOf(process.pid()));
        return process;
    }

    /** Ends it in order, or by force after a grace time; false if it did not run. */
    boolean stop(ClusterFolder folder) {
        boolean ran = stop(folder, name, signal);
        try {
            Files.deleteIfExists(pidFile(folder, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ran;
    }

    private static boolean stop(ClusterFolder folder, String name, String signal) {
        Optional<ProcessHandle> process = process(folder, name);
        process.ifPresent(running -> {
            try {
                // Java has no way to send a signal of one's choice.
                new ProcessBuilder("sh", "-c", "kill -s \"$1\" \"$2\"", "stop", signal, String.valueOf(running.pid()))
                        .start()
                        .waitFor();
                await(folder, name, running);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return process.isPresent();
    }

    private static void await(ClusterFolder folder, String name, ProcessHandle running) throws InterruptedException {
        long deadline = System.nanoTime() + GRACE.toNanos();
        // A zombie that nobody collects has ended too, but its handle does not know.
        while (process(folder, name).isPresent()) {
            if (System.nanoTime() > deadline) {
                running.destroyForcibly();
            }
            try {
                running.onExit().get(200, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | java.util.concurrent.ExecutionException stillThere) {
                // Asked again.
            }
        }
    }
}
