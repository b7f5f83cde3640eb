package io.touchstone.playground.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a job on a cluster, in place of the one that runs. */
@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Stops the job with a savepoint (canonical, never drained) if it runs, starts the jar from there, waits until"
                    + " every task runs, and says what changed.",
            "",
            "A job that does not run starts from --from-savepoint, or, if it never ran here, without state."
        })
public final class Deploy implements Callable<Integer> {
    private static final Pattern URI_SCHEME = Pattern.compile("[a-z][a-z0-9+.-]+:/");
    private static final Pattern SUBMITTED = Pattern.compile("submitted with JobID ([0-9a-f]{32})");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "JOB", description = "price-floor or factory-quality")
    private String job;

    @Option(
            names = "--from-savepoint",
            paramLabel = "PATH",
            description =
                    "start from this savepoint or checkpoint instead; what runs is stopped with a savepoint all the same")
    private String fromSavepoint;

    @Option(
            names = "--anew",
            description = "start without state although there is some: every topic is read from its beginning again")
    private boolean anew;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "tasks that share the work, 1 to 128 (default: ${DEFAULT-VALUE})")
    private int parallelism;

    @Option(
            names = "--jar",
            paramLabel = "FILE",
            description = "what to deploy (default: the deployable jar of jobs/analytics/target)")
    private Path jar;

    @Option(names = "--main", paramLabel = "CLASS", description = "another main class of the jar than the job's own")
    private String mainClass;

    @Option(
            names = "--conf",
            paramLabel = "DIR",
            description =
                    "where jobs.yaml and policy.yaml are (default: conf in the checkout); addresses are the cluster's")
    private Path conf;

    @Option(names = "--policy", paramLabel = "FILE", description = "the business numbers (default: those of --conf)")
    private Path policy;

    @Mixin
    private FolderOption where;

    public static void main(String[] args) {
        System.exit(Terminal.run(new Deploy(), args));
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        JobKind kind = JobKind.of(job);
        ClusterFolder folder = where.folder();
        Settings settings = Settings.read(folder);
        Flink flink = Flink.operated(folder, settings);
        if (!flink.isUp()) {
            throw new IllegalStateException(
                    "no job manager answers at " + settings.webUrl() + ": is the cluster up (scripts/cluster status)?");
        }
        Path deployed = folder.jobs().resolve(kind.jobName());
        Path from = conf == null ? ClusterFolder.home().resolve("conf") : conf;
        JobFiles before = JobFiles.deployed(deployed);
        JobFiles files = JobFiles.of(folder, settings, from, policy == null ? from.resolve("policy.yaml") : policy);
        Path program = jar == null ? deployable() : jar;
        Properties record = record(deployed);
        Properties next = new Properties();
        next.setProperty("jar", sha256(program));
        next.setProperty("parallelism", String.valueOf(parallelism));

        Optional<Flink.Job> running = flink.running(kind.jobName());
        String restore = startingPoint(folder, flink, kind, running, record, out);
        next.setProperty("restored", restore == null ? "" : restore);

        files.write(deployed);
        List<String> arguments =
                new ArrayList<>(List.of("run", "--detached", "--parallelism", next.getProperty("parallelism")));
        if (restore != null) {
            arguments.addAll(List.of("--fromSavepoint", restore));
        }
        arguments.addAll(List.of(
                "--class",
                mainClass == null ? kind.mainClass() : mainClass,
                program.toAbsolutePath().toString(),
                deployed.toString()));
        try {
            Matcher submitted = SUBMITTED.matcher(FlinkServers.client(folder, arguments));
            if (!submitted.find()) {
                throw new IOException("Flink's client did not say which job it submitted");
            }
            next.setProperty("job", submitted.group(1));
            write(next, deployed);
            flink.awaitRunning(submitted.group(1));
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    kind.jobName() + " does not run: " + e.getMessage()
                            + (restore == null
                                    ? ""
                                    : "\nWhat it was is kept: scripts/deploy " + kind.jobName() + " --from-savepoint "
                                            + restore),
                    e);
        }
        out.println(kind.jobName() + " runs as " + next.getProperty("job") + ", "
                + (restore == null ? "without earlier state" : "from " + restore));
        changes(record, next, before, files).forEach(change -> out.println("  " + change));
        return 0;
    }

    /** The savepoint to start from; null for none. */
    private String startingPoint(
            ClusterFolder folder,
            Flink flink,
            JobKind kind,
            Optional<Flink.Job> running,
            Properties record,
            PrintWriter out)
            throws IOException, InterruptedException {
        if (anew && fromSavepoint != null) {
            throw new IllegalStateException("--anew and --from-savepoint exclude each other");
        }
        String given = fromSavepoint == null ? null : uri(fromSavepoint);
        if (running.isPresent()) {
            String savepoint =
                    flink.stop(running.get().id(), folder.savepoints().toUri().toString());
            out.println(kind.jobName() + " stopped with savepoint " + savepoint);
            record.setProperty("savepoint", savepoint);
            write(record, folder.jobs().resolve(kind.jobName()));
            return given != null ? given : anew ? null : savepoint;
        }
        Optional<String> newest = newest(folder, record);
        if (given == null && !anew && newest.isPresent()) {
            throw new IllegalStateException(kind.jobName() + " does not run, but has run: give --from-savepoint "
                    + newest.get() + " to go on from there, or --anew to begin without state");
        }
        return given;
    }

    /** A savepoint as Flink names it; given so, or as a path. */
    private static String uri(String savepoint) {
        boolean isUri = URI_SCHEME.matcher(savepoint).lookingAt();
        if (isUri && !savepoint.startsWith("file:")) {
            return savepoint;
        }
        Path path = isUri ? Path.of(URI.create(savepoint)) : Path.of(savepoint).toAbsolutePath();
        if (Files.notExists(path)) {
            throw new IllegalStateException("--from-savepoint " + savepoint + " is not there");
        }
        return path.toUri().toString();
    }

    /** The newest complete checkpoint or savepoint of the last deployment. */
    private static Optional<String> newest(ClusterFolder folder, Properties record) throws IOException {
        Path checkpoints = folder.checkpoints().resolve(record.getProperty("job", "none"));
        List<Path> found = new ArrayList<>();
        if (Files.exists(checkpoints)) {
            try (Stream<Path> files = Files.find(checkpoints, 2, (file, a) -> file.endsWith("_metadata"))) {
                found.addAll(files.map(Path::getParent).toList());
            }
        }
        String savepoint = record.getProperty("savepoint");
        if (savepoint != null && Files.exists(Path.of(URI.create(savepoint)))) {
            found.add(Path.of(URI.create(savepoint)));
        }
        return found.stream()
                .max(Comparator.comparingLong(
                        path -> path.resolve("_metadata").toFile().lastModified()))
                .map(Path::toString);
    }

    private static List<String> changes(Properties before, Properties after, JobFiles files, JobFiles newFiles)
            throws IOException {
        List<String> changes = new ArrayList<>();
        if (!before.containsKey("jar")) {
            return List.of("first deployment of jar " + brief(after, "jar") + ", parallelism "
                    + after.getProperty("parallelism"));
        }
        if (!before.getProperty("jar").equals(after.getProperty("jar"))) {
            changes.add("jar: " + brief(before, "jar") + " -> " + brief(after, "jar"));
        }
        if (!before.getProperty("parallelism").equals(after.getProperty("parallelism"))) {
            changes.add(
                    "parallelism: " + before.getProperty("parallelism") + " -> " + after.getProperty("parallelism"));
        }
        changes.addAll(newFiles.changesSince(files));
        return changes.isEmpty() ? List.of("nothing changed: same jar, wiring, policy and parallelism") : changes;
    }

    private static String brief(Properties record, String key) {
        return record.getProperty(key).substring(0, 12);
    }

    private static Properties record(Path deployed) throws IOException {
        Properties record = new Properties();
        Path file = deployed.resolve("deployment.properties");
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                record.load(in);
            }
        }
        return record;
    }

    private static void write(Properties record, Path deployed) throws IOException {
        Files.createDirectories(deployed);
        try (var out = Files.newBufferedWriter(deployed.resolve("deployment.properties"))) {
            record.store(out, "as of " + Instant.now());
        }
    }

    /** The deployable jar of the checkout. */
    public static Path deployable() throws IOException {
        Path target = ClusterFolder.home().resolve("jobs/analytics/target");
        try (Stream<Path> files = Files.exists(target) ? Files.list(target) : Stream.empty()) {
            return files.filter(file -> file.getFileName().toString().endsWith("-deployable.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no deployable jar in " + target + ": mvn package"));
        }
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
