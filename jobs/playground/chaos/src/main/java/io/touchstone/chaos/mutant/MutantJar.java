package io.touchstone.chaos.mutant;

import io.touchstone.playground.cluster.Deploy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The deployable jar with the mutants beside the jobs, in a run's folder and nowhere else. */
public final class MutantJar {
    private MutantJar() {}

    /** Makes it unless it is there. */
    public static Path in(Path folder) throws IOException {
        Path jar = folder.resolve("mutants.jar");
        if (Files.exists(jar)) {
            return jar;
        }
        Path work = folder.resolve("mutants.work.jar");
        Files.copy(Deploy.deployable(), work, StandardCopyOption.REPLACE_EXISTING);
        String home = MutantJob.class.getPackageName().replace('.', '/');
        try (FileSystem files = FileSystems.newFileSystem(work)) {
            Path target = files.getPath(home);
            Files.createDirectories(target);
            for (Path each : classes(home)) {
                Files.copy(each, target.resolve(each.getFileName().toString()));
            }
        }
        Files.move(work, jar);
        return jar;
    }

    private static List<Path> classes(String home) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(MutantJob.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve(home))) {
            return files.toList();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
