package io.touchstone.chaos.faults;

import io.touchstone.chaos.FaultTest;
import io.touchstone.chaos.Finding;
import io.touchstone.chaos.Round;
import io.touchstone.chaos.load.Load;
import io.touchstone.chaos.mutant.Mutation;
import io.touchstone.chaos.site.Ordeal;
import io.touchstone.chaos.site.OtherWriter;
import io.touchstone.chaos.site.Site;
import io.touchstone.playground.cluster.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/** R07: the tables are busy: another writer on the same rows, locks, connections that are cut. */
public final class Contention implements FaultTest {
    private static final int ROUNDS = 20;
    private static final String CUT =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + DatabaseServer.WRITER + "'";

    /** A revision and the state of its alert are written together: a snapshot never sees one without the other. */
    private static final String TORN = """
            SELECT count(*) FROM alert FULL JOIN
                (SELECT alert_id, max(revision) AS revision FROM alert_revision GROUP BY alert_id) AS newest USING (alert_id)
            WHERE alert.revision IS DISTINCT FROM newest.revision
            """;

    @Override
    public Description description() {
        return new Description(
                "R07",
                "connections cut every 2 s, tables locked for 5 s, another writer on the same rows",
                "verdict V; no deadlock; no batch seen in half",
                "0 deadlocks, 0 torn batches",
                "the other writer does not sort its batches",
                5,
                false);
    }

    @Override
    public Finding run(Round round) throws Exception {
        Finding finding = new Finding();
        try (Ordeal ordeal = Ordeal.start(round, Load.of(round), Mutation.NONE);
                OtherWriter other = new OtherWriter(ordeal.site(), !round.mutant())) {
            Site site = ordeal.site();
            long torn = 0;
            int probes = 0;
            for (int i = 0; i < round.scaled(ROUNDS); i++) {
                try (Connection connection = site.database(DatabaseServer.OWNER);
                        Statement statement = connection.createStatement()) {
                    if (i % 5 == 1) {
                        ordeal.hurt("lock price_floor for 5 s", () -> lock(connection, statement));
                    } else {
                        ordeal.hurt("cut the writers' connections", () -> statement.execute(CUT));
                    }
                    for (int probe = 0; probe < 10; probe++) {
                        torn += number(statement, TORN);
                        probes++;
                        TimeUnit.MILLISECONDS.sleep(200);
                    }
                }
            }
            TimeUnit.SECONDS.sleep(3);
            long deadlocks = deadlocks(site);
            other.close();
            finding.measure("%d batches of another writer, %d deadlocks", other.batches(), deadlocks);
            finding.measure("%d torn in %d probes", torn, probes);
            finding.check("deadlocks", deadlocks == 0 && other.batches() > 0, "%d", deadlocks);
            finding.check("torn", torn == 0, "%d alerts without their newest revision in %d probes", torn, probes);
            ordeal.judge(finding);
        }
        return finding;
    }

    private static void lock(Connection connection, Statement statement) throws SQLException, InterruptedException {
        connection.setAutoCommit(false);
        statement.execute("LOCK TABLE price_floor IN ACCESS EXCLUSIVE MODE");
        TimeUnit.SECONDS.sleep(5);
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long deadlocks(Site site) throws Exception {
        try (Connection connection = site.database(DatabaseServer.OWNER);
                Statement statement = connection.createStatement()) {
            return number(statement, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        }
    }
}
