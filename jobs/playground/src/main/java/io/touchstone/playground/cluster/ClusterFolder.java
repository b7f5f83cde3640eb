package io.touchstone.playground.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** The one folder that holds everything of a cluster: configuration, data, logs, secrets, and which processes are its own. */
public record ClusterFolder(Path root) {
    public ClusterFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** The root of the checkout: system property {@code touchstone.home}, else the working directory. */
    public static Path home() {
        return Path.of(System.getProperty("touchstone.home", "")).toAbsolutePath();
    }

    /** The class path that a module of the playground wrote when it was built. */
    static String classPath(String module) throws IOException {
        Path file = home().resolve("jobs/playground").resolve(module).resolve("target/classpath");
        if (Files.notExists(file)) {
            throw new IOException(file + " is missing: build first");
        }
        return Files.readString(file).strip();
    }

    /** Makes what is missing of it, readable by its owner only. */
    void make() throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        for (Path folder : List.of(conf(), run(), logs(), jobs(), data("tmp"), secrets())) {
            Files.createDirectories(folder);
        }
    }

    /** Whether a cluster was ever started in it. */
    public boolean isCluster() {
        return Files.exists(settings());
    }

    public Path settings() {
        return root.resolve("cluster.yaml");
    }

    /** Flink's configuration, and that of the other servers. */
    public Path conf() {
        return root.resolve("conf");
    }

    /** Per job: the wiring and policy it was deployed with. */
    public Path jobs() {
        return root.resolve("jobs");
    }

    public Path run() {
        return root.resolve("run");
    }

    public Path logs() {
        return root.resolve("log");
    }

    public Path log(String server) {
        return logs().resolve(server + ".log");
    }

    /** What a process writes to its console: little, unless it cannot start. */
    public Path console(String server) {
        return logs().resolve(server + ".out");
    }

    public Path data(String server) {
        return root.resolve("data").resolve(server);
    }

    public Path checkpoints() {
        return data("checkpoints");
    }

    public Path savepoints() {
        return data("savepoints");
    }

    /** Passwords and private keys. */
    public Path secrets() {
        return root.resolve("secrets");
    }

    /** The file of a password; a new one is drawn if there is none yet. */
    public Path secret(String user) throws IOException {
        Path file = secrets().resolve(user);
        if (Files.notExists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, Base64.getUrlEncoder().encodeToString(random));
        }
        return file;
    }

    /** The last lines of a server's log and console, for an error message. */
    public String tail(String server) {
        StringBuilder text = new StringBuilder();
        for (Path file : List.of(log(server), console(server))) {
            try {
                // A log may hold any bytes; Latin-1 never fails to read them.
                List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
                lines.subList(Math.max(0, lines.size() - 10), lines.size())
                        .forEach(line -> text.append("\n  ").append(line));
            } catch (IOException nothingWritten) {
                // Then there is nothing to show.
            }
        }
        return "; the end of its log (" + logs() + "):" + text;
    }

    /** Deletes it, data and all. */
    public void delete() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
