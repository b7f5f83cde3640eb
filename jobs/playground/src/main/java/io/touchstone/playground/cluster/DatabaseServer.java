package io.touchstone.playground.cluster;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.flywaydb.core.Flyway;
import org.postgresql.PGConnection;

/**
 * PostgreSQL as it would run for good: fsync on, nobody let in without a password, the jobs with no more rights than they need.
 */
public final class DatabaseServer {
    public static final String NAME = "postgres";
    public static final String DATABASE = "touchstone";

    /** Owns everything; only the migrations use it. */
    public static final String OWNER = "postgres";

    /** What the jobs are: reads, inserts and updates rows of the sink tables. */
    public static final String WRITER = "touchstone_writer";

    /** What exports and checks are: reads the sink tables. */
    public static final String READER = "touchstone_reader";

    /** What BI tools are: reads the views of schema bi, in few and short queries. */
    static final String BI_READER = "bi_reader";

    private DatabaseServer() {}

    static Server server(ClusterFolder folder, Settings settings) {
        List<String> command = new ArrayList<>(command(
                folder,
                "postgres",
                "-D",
                folder.data(NAME).toString(),
                "-p",
                String.valueOf(settings.databasePort()),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-c",
                "logging_collector=on",
                "-c",
                "log_directory=" + folder.logs(),
                "-c",
                "log_filename=" + NAME + ".log",
                "-c",
                "log_line_prefix=%m [%p] %a "));
        if (settings.secure()) {
            command.addAll(List.of(
                    "-c",
                    "ssl=on",
                    "-c",
                    "ssl_min_protocol_version=TLSv1.3",
                    "-c",
                    "ssl_cert_file=" + Certificates.identity(folder, NAME),
                    "-c",
                    "ssl_key_file=" + Certificates.identity(folder, NAME),
                    "-c",
                    "hba_file=" + doors(folder)));
        }
        return new Server(NAME, command, Map.of(), "INT", settings.databasePort());
    }

    private static Path doors(ClusterFolder folder) {
        return folder.conf().resolve("pg_hba.conf");
    }

    /** Unpacks the server and makes its data folder, unless they are there. */
    static void prepare(ClusterFolder folder, Settings settings) throws IOException {
        unpack(binaries(folder));
        if (settings.secure()) {
            // Nobody else is let in, and nobody in the clear.
            Files.writeString(doors(folder), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
        }
        Path data = folder.data(NAME);
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Files.createDirectories(data.getParent());
        Run.toEnd(
                folder,
                "initdb",
                command(
                        folder,
                        "initdb",
                        "-D",
                        data.toString(),
                        "-U",
                        OWNER,
                        "--pwfile=" + folder.secret(OWNER),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--no-locale",
                        "--no-instructions"),
                Map.of());
    }

    private static List<String> command(ClusterFolder folder, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // PostgreSQL refuses to be root; in a user namespace of its own it is nobody.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries(folder).resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path binaries(ClusterFolder folder) {
        return folder.root().resolve("lib/postgres");
    }

    private static void unpack(Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Path work = Files.createTempDirectory(target.getParent(), "unpack-");
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "Darwin" : "Linux";
        String machine = ArchUtils.normalize(System.getProperty("os.arch"));
        try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
                TarArchiveInputStream files = new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
            for (TarArchiveEntry entry = files.getNextEntry(); entry != null; entry = files.getNextEntry()) {
                Path file = work.resolve(entry.getName()).normalize();
                if (!file.startsWith(work)) {
                    throw new IOException("the archive of PostgreSQL leaves its folder: " + entry.getName());
                }
                Files.createDirectories(entry.isDirectory() ? file : file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (!entry.isDirectory()) {
                    Files.copy(files, file);
                    if ((entry.getMode() & 0100) != 0 && !file.toFile().setExecutable(true)) {
                        throw new IOException(file + " cannot be made executable");
                    }
                }
            }
        }
        Files.move(work, target);
    }

    /** Whether it lets its owner in. */
    static boolean isReady(ClusterFolder folder, Settings settings) throws IOException {
        try (Connection connection = connect(folder, settings, OWNER, OWNER)) {
            return connection.isValid(2);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** A connection to the tables as one of the roles. */
    public static Connection connect(ClusterFolder folder, Settings settings, String role)
            throws IOException, SQLException {
        return connect(folder, settings, DATABASE, role);
    }

    private static Connection connect(ClusterFolder folder, Settings settings, String database, String role)
            throws IOException, SQLException {
        Properties properties = tls(folder, settings);
        properties.setProperty("user", role);
        properties.setProperty("password", Files.readString(folder.secret(role)).strip());
        properties.setProperty("connectTimeout", "2");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + settings.databasePort() + "/" + database, properties);
    }

    private static Properties tls(ClusterFolder folder, Settings settings) {
        Properties properties = new Properties();
        if (settings.secure()) {
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslrootcert", Certificates.authority(folder).toString());
        }
        return properties;
    }

    /** Brings database, tables and roles up to date; returns how many migrations ran. */
    static int migrate(ClusterFolder folder, Settings settings) throws IOException, SQLException {
        try (Connection connection = connect(folder, settings, OWNER, OWNER)) {
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                execute(connection, "CREATE DATABASE " + DATABASE);
            }
        }
        Map<String, String> driver = new HashMap<>();
        tls(folder, settings).forEach((key, value) -> driver.put((String) key, (String) value));
        int migrations = Flyway.configure()
                .dataSource(
                        settings.jdbcUrl(),
                        OWNER,
                        Files.readString(folder.secret(OWNER)).strip())
                .jdbcProperties(driver)
                .locations("classpath:tables")
                .failOnMissingLocations(true)
                .validateMigrationNaming(true)
                .load()
                .migrate()
                .migrationsExecuted;
        try (Connection connection = connect(folder, settings, DATABASE, OWNER)) {
            for (String role : List.of(WRITER, READER, BI_READER)) {
                admit(connection, folder, role);
            }
        }
        tidy(folder, settings);
        return migrations;
    }

    /** Does what an installation's scheduler does by maintain_tables(), but drops nothing. */
    static void tidy(ClusterFolder folder, Settings settings) throws IOException, SQLException {
        try (Connection connection = connect(folder, settings, DATABASE, OWNER)) {
            execute(connection, "SELECT make_daily_partitions()");
            execute(connection, "SELECT bi.refresh()");
        }
    }

    /** Lets a role in; what it may do is in {@code schemas/tables/R__roles.sql}. */
    private static void admit(Connection connection, ClusterFolder folder, String role)
            throws IOException, SQLException {
        execute(connection, "ALTER ROLE " + role + " LOGIN");
        // The driver sends what the server keeps, so that no statement has the password.
        connection
                .unwrap(PGConnection.class)
                .alterUserPassword(
                        role, Files.readString(folder.secret(role)).strip().toCharArray(), "scram-sha-256");
    }

    private static boolean exists(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            return found.next();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
