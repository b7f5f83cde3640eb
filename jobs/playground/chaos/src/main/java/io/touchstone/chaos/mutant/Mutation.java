package io.touchstone.chaos.mutant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be wrong with a job. */
public enum Mutation {
    /** Nothing: the job itself. */
    NONE,
    /** Alerts leave without transactions: a restart repeats them. */
    AT_LEAST_ONCE,
    /** Transactions are committed seconds after their checkpoint. */
    SLOW_COMMITS,
    /** The same, and transactions time out after ten seconds: an outage of that length loses alerts. */
    SHORT_TRANSACTIONS,
    /** Producers give up after three seconds without an answer. */
    IMPATIENT_PRODUCERS,
    /** Where records have expired, reading goes on at the newest. */
    SKIPS_GAPS,
    /** Rows replace newer ones. */
    NO_VERSION_GUARD,
    /** Rows that wait for the database are in no checkpoint. */
    FORGETS_WAITING_ROWS,
    /** A row takes five milliseconds. */
    SLOW_ROWS,
    /** Each checkpoint leaves memory behind that nobody counts. */
    LEAKS,
    /** What cannot act is thrown away. */
    NO_DEAD_LETTERS,
    /** Changes of the policy are never seen. */
    IGNORES_POLICIES,
    /** Times far in the future are believed. */
    NO_CLAMP,
    /** The password of the database is among the properties of every producer, and so in the job graph. */
    TELLS_SECRETS;

    private static final String FILE = "mutation";

    /** Leaves word for {@link MutantJob} in the folder that a job is deployed with. */
    public void write(Path deployed) throws IOException {
        Files.createDirectories(deployed);
        Files.writeString(deployed.resolve(FILE), name());
    }

    static Mutation read(Path deployed) throws IOException {
        return valueOf(Files.readString(deployed.resolve(FILE)).strip());
    }
}
