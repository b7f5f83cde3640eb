package io.touchstone.desk.alerts;

import io.touchstone.config.Options;
import io.touchstone.config.Options.DatabaseOptions;
import io.touchstone.config.Secret;
import picocli.CommandLine.Option;

/** As whom the tables are read; whoever it is, nothing is written. */
public final class ReaderLogin {
    @Option(
            names = "--database-user",
            paramLabel = "ROLE",
            description =
                    "a role that may read the tables, touchstone_reader for one (default: database.user of jobs.yaml, which may"
                            + " do more)")
    private String user;

    @Option(
            names = "--database-password-file",
            paramLabel = "FILE",
            description =
                    "a file that holds its password and nothing else (default: database.password_file of jobs.yaml for"
                            + " the user named there, else environment variable " + Options.DATABASE_PASSWORD + ")")
    private String passwordFile;

    /** The database of the wiring, for this login. */
    public DatabaseOptions of(DatabaseOptions wiring) {
        return of(wiring, user, passwordFile);
    }

    /**
     * The database of the wiring, for another login.
     *
     * @param user null for that of the wiring
     * @param passwordFile null for that of the wiring, or the environment variable if there is another user
     */
    public static DatabaseOptions of(DatabaseOptions wiring, String user, String passwordFile) {
        Secret password = passwordFile != null
                ? new Secret(Options.DATABASE_PASSWORD, passwordFile)
                : user == null ? wiring.password() : new Secret(Options.DATABASE_PASSWORD, null);
        return new DatabaseOptions(
                wiring.url(),
                user == null ? wiring.user() : user,
                password,
                wiring.sslMode(),
                wiring.caFile(),
                wiring.batchRows(),
                wiring.batchInterval(),
                wiring.retries());
    }
}
