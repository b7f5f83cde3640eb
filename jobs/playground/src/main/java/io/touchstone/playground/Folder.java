package io.touchstone.playground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * The folder a server lives in.
 *
 * @param owned whether it was made for the server and goes with it
 */
record Folder(Path path, boolean owned) {

    /** A new folder among the temporary files, to be deleted in the end. */
    static Folder temporary(String server) {
        try {
            return new Folder(Files.createTempDirectory("touchstone-" + server + "-"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for " + server, e);
        }
    }

    /** A folder of the caller, made if it is not there and left where it is in the end. */
    static Folder given(Path path) {
        try {
            return new Folder(Files.createDirectories(path.toAbsolutePath()), false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make folder " + path, e);
        }
    }

    /** The root of the repository: system property {@code touchstone.home}, else the working directory. */
    static Path home() {
        return Path.of(System.getProperty("touchstone.home", "")).toAbsolutePath();
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** The last lines of a log, for an error message. */
    String tail(String name, int lines) {
        try {
            // A log may hold any bytes; Latin-1 never fails to read them.
            List<String> all = Files.readAllLines(file(name), StandardCharsets.ISO_8859_1);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(" + file(name) + " cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Deletes the folder if it is owned. */
    void release() {
        if (!owned || Files.notExists(path)) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
