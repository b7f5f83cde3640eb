package io.touchstone.playground;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;

/**
 * A real PostgreSQL server on loopback, its data in one folder, its binaries unpacked once under
 * {@code jobs/playground/target}. It ends with this JVM, however that ends. It is quick, not safe: fsync and
 * synchronous commit are off, so that a power cut may cost the database (a stop does not), and whoever reaches the
 * port is let in without a password.
 */
public final class Postgres implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final String USER = "postgres";
    private static final String DATABASE = "touchstone";
    private static final String LOG = "server.log";

    private final Folder folder;
    private final int port;
    private final Thread hook = new Thread(this::end, "postgres-end");
    private EmbeddedPostgres server;
    private Lifeline lifeline;

    private Postgres(Folder folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** A server on a free port in a temporary folder, ready for use. */
    public static Postgres launch() {
        return launch(0);
    }

    /** A server on the given port (0: any free one) in a temporary folder. */
    public static Postgres launch(int port) {
        return launch(() -> Folder.temporary("postgres"), port);
    }

    /** A server on the given port (0: any free one) in a folder that stays; a database found in it is served again. */
    public static Postgres launch(Path folder, int port) {
        return launch(() -> Folder.given(folder), port);
    }

    private static Postgres launch(Supplier<Folder> folder, int wanted) {
        int port = Ports.wanted(wanted, "PostgreSQL");
        Postgres postgres = new Postgres(folder.get(), port);
        Runtime.getRuntime().addShutdownHook(postgres.hook);
        try {
            postgres.start();
        } catch (RuntimeException | Error e) {
            postgres.close();
            throw e;
        }
        return postgres;
    }

    /** Where clients connect, without user or password. */
    public String jdbcUrl() {
        return url(DATABASE);
    }

    /** The user to connect as; no password is asked. */
    public String user() {
        return USER;
    }

    /** Where it keeps its data and {@code server.log}. */
    public Path folder() {
        return folder.path();
    }

    /** Brings the tables of the schemas jar up to date; returns the number of migrations that ran. */
    public int migrate() {
        return migrate("classpath:tables");
    }

    /** Runs the migrations at Flyway locations such as {@code filesystem:/some/folder}; returns how many ran. */
    public int migrate(String... locations) {
        return Flyway.configure()
                .dataSource(jdbcUrl(), USER, "")
                .locations(locations)
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .load()
                .migrate()
                .migrationsExecuted;
    }

    /** Starts the server on its port and data; nothing happens if it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            // Else it also makes a folder of its own among the temporary files of everybody.
            System.setProperty("ot.epg.working-dir", binaries().toString());
            server = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(folder.file("data"))
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(READY_WITHIN)
                    // TCP is enough.
                    .setServerConfig("unix_socket_directories", "")
                    .setOutputRedirector(
                            ProcessBuilder.Redirect.appendTo(folder.file(LOG).toFile()))
                    .setErrorRedirector(
                            ProcessBuilder.Redirect.appendTo(folder.file(LOG).toFile()))
                    .start();
            lifeline = Lifeline.to(pid().orElseThrow(), "INT");
            createDatabase();
        } catch (IOException | RuntimeException | SQLException e) {
            throw new IllegalStateException(
                    "PostgreSQL on port " + port + " did not start; the end of " + folder.file(LOG) + ":\n"
                            + folder.tail(LOG, 20),
                    e);
        }
    }

    /** Stops the server in order, ending every connection; the data stay for {@link #start()}. */
    public synchronized void stop() {
        if (lifeline != null) {
            lifeline.close();
            lifeline = null;
        }
        if (server == null) {
            // A start that gave up may have left a process behind.
            pid().ifPresent(Postgres::kill);
            return;
        }
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL on port " + port + " does not stop", e);
        } finally {
            pid().ifPresent(Postgres::kill);
            server = null;
        }
    }

    /** Stops the server and deletes the folder if it was a temporary one. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // The hook has nothing left to do.
        }
    }

    private synchronized void end() {
        stop();
        folder.release();
    }

    /** The postmaster's process, from the file it keeps while it runs. */
    private Optional<Long> pid() {
        Path file = folder.file("data").resolve("postmaster.pid");
        try {
            return Files.exists(file)
                    ? Optional.of(Long.valueOf(Files.readAllLines(file).get(0).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    private static Path binaries() throws IOException {
        return Files.createDirectories(Folder.home().resolve("jobs/playground/target/postgres"));
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(USER), USER, "");
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE " + DATABASE);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
