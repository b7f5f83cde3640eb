package io.touchstone.playground.bi;

import static io.touchstone.playground.bi.World.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daily tables take every row, before, while and after months are made and dropped. */
class PartitionsTest {
    private static final List<String> DAILY =
            List.of("factory_score_daily", "factory_class_daily", "factory_segment_daily");
    private static final String ROWS = "SELECT factory_id, day, score FROM factory_score_daily ORDER BY 1, 2";

    /** What a job writes about a day, as it writes it: an upsert. */
    private static void write(AnalystDatabase database, String day, double score) throws SQLException {
        database.execute(
                ("INSERT INTO factory_score_daily (factory_id, day, score, band, standing, category_id, belt_id,"
                                + " policy_version) VALUES ('f-1', '%s', %s, 'A', 'GOOD', NULL, NULL, 'p') ON CONFLICT (factory_id, day)"
                                + " DO UPDATE SET score = excluded.score, band = excluded.band")
                        .formatted(day, score));
        database.execute(
                ("INSERT INTO factory_class_daily (factory_id, day, class, x, n, e_milli, rate, shrunk_rate, standard_bp,"
                                + " sub_score, buyers, cusum, signal, drift, policy_version) VALUES ('f-1', '%s', 'QUALITY', 0, 1, 1, 0, 0, 300,"
                                + " 1, 0, 0, NULL, false, 'p') ON CONFLICT (factory_id, day, class) DO UPDATE SET n = excluded.n")
                        .formatted(day));
        database.execute(
                ("INSERT INTO factory_segment_daily (factory_id, day, segment, n, x, z, rr, disparity, policy_version)"
                                + " VALUES ('f-1', '%s', 'CONSUMER', 1, 0, NULL, NULL, false, 'p') ON CONFLICT (factory_id, day, segment)"
                                + " DO UPDATE SET n = excluded.n")
                        .formatted(day));
    }

    private static long count(AnalystDatabase database, String table) throws SQLException {
        return (Long) database.rows("SELECT count(*) FROM " + table).get(0).get(0);
    }

    @Test
    void theRowsOfAnEarlierReleaseStay(@TempDir Path released) throws Exception {
        try (AnalystDatabase database = AnalystDatabase.empty();
                Stream<Path> files = Files.list(AnalystDatabase.HOME.resolve("schemas/tables"))) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("(V[123]|R__roles).*"))
                    .toList()) {
                String sql = Files.readString(file);
                if (file.endsWith("R__roles.sql")) {
                    // As it was then: without the views, and without the newer table.
                    sql = sql.replace(", 'item_factory'", "")
                            .replaceAll("(?m)^.*(SCHEMA bi|ALTER DEFAULT).*$", "")
                            .replace("TO touchstone_reader'", "TO touchstone_reader, bi_reader'");
                }
                Files.writeString(released.resolve(file.getFileName()), sql);
            }
            assertThat(database.migrate("filesystem:" + released)).isEqualTo(4);
            write(database, "2025-12-31", 1);
            write(database, "2026-01-01", 2);
            write(database, "1999-02-28", 3);
            List<List<Object>> before = database.rows(ROWS);

            database.migrate();
            assertThat(database.rows(ROWS)).isEqualTo(before).hasSize(3);
            for (String table : DAILY) {
                assertThat(count(database, table)).as(table).isEqualTo(3);
                assertThat(count(database, table + "_202512")).as(table).isEqualTo(1);
                assertThat(count(database, table + "_other")).as(table).isZero();
                assertThat(database.rows(
                                "SELECT relkind::text, obj_description(oid) IS NULL FROM pg_class WHERE relname = '"
                                        + table + "'"))
                        .containsExactly(row("p", false));
            }
            assertThat(database.rows("SELECT recorded_at IS NULL FROM factory_score_daily LIMIT 1"))
                    .containsExactly(row(false));
            // The rights came along; the views' readers lost the tables.
            database.actAs("touchstone_writer");
            write(database, "2026-01-01", 7);
            assertThat(database.rows(ROWS)).contains(row("f-1", java.time.LocalDate.of(2026, 1, 1), 7.0));
            database.actAs("bi_reader");
            assertThatThrownBy(() -> database.rows("SELECT * FROM public.factory_score_daily"))
                    .hasMessageContaining("permission denied");
            assertThat(database.rows("SELECT day FROM bi.factory_history")).hasSize(3);
        }
    }

    @Test
    void noRowIsRefusedAndMaintenanceMovesItToItsMonth() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            database.actAs("touchstone_writer");
            write(database, "2040-03-01", 1);
            write(database, "2040-03-31", 2);
            write(database, "2040-04-01", 3);
            assertThatThrownBy(() -> database.execute("SELECT maintain_tables()"))
                    .hasMessageContaining("permission denied");
            database.actAs(null);
            assertThat(count(database, "factory_class_daily_other")).isEqualTo(3);
            List<List<Object>> before = database.rows(ROWS);

            assertThat(database.texts("SELECT maintain_tables()"))
                    .contains(
                            "made factory_score_daily_204003, 2 rows moved there",
                            "made factory_segment_daily_204004, 1 rows moved there",
                            "refreshed bi.price_index");
            assertThat(database.rows(ROWS)).isEqualTo(before);
            assertThat(count(database, "factory_class_daily_other")).isZero();
            assertThat(database.texts("SELECT make_daily_partitions()"))
                    .as("nothing is left to do")
                    .isEmpty();

            // A replay writes again what is there.
            database.actAs("touchstone_writer");
            write(database, "2040-03-01", 9);
            database.actAs(null);
            assertThat(count(database, "factory_score_daily_204003")).isEqualTo(2);
            assertThat(database.rows("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid ="
                            + " 'factory_class_daily_204003'::regclass AND indisprimary"))
                    .hasSize(1);
        }
    }

    @Test
    void whatIsPastRetentionGoesCountedFromTheNewestDay() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            write(database, "2019-01-31", 1);
            write(database, "2019-02-01", 2);
            write(database, "2020-03-15", 3);
            // So many whole months before the newest day's, however long ago that is: a job that stood still loses
            // nothing.
            assertThat(database.texts("SELECT maintain_tables(13)"))
                    .contains("dropped factory_score_daily_201901", "dropped factory_segment_daily_201901")
                    .doesNotContain("dropped factory_score_daily_201902");
            assertThat(database.rows(ROWS)).hasSize(2);
            assertThat(database.texts("SELECT drop_daily_partitions('2019-02-28')"))
                    .isEmpty();
            assertThat(database.texts("SELECT drop_daily_partitions('2019-03-01')"))
                    .hasSize(3);
            assertThat(database.rows(ROWS)).hasSize(1);
            assertThatThrownBy(() -> database.execute("SELECT maintain_tables(1)"))
                    .hasMessageContaining("months_kept is 1");
        }
    }

    @Test
    void aRowOfTheFutureDropsNothing() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch()) {
            String month = LocalDate.now(ZoneOffset.UTC).minusMonths(5).toString();
            write(database, month, 1);
            write(database, "2090-01-01", 2);
            assertThat(database.texts("SELECT maintain_tables(7)")).noneMatch(did -> did.startsWith("dropped"));
            assertThat(database.rows(ROWS)).hasSize(2);
            database.execute("DELETE FROM factory_score_daily");
            assertThat(database.texts("SELECT maintain_tables(7)"))
                    .as("without any day nothing is too old")
                    .noneMatch(did -> did.startsWith("dropped"));
            assertThat(count(database, "factory_class_daily")).isEqualTo(2);
        }
    }

    @Test
    void whoWritesMeanwhileWaitsAndIsNotRefused() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch();
                Connection maintainer = database.connect();
                Statement maintaining = maintainer.createStatement();
                // Within a transaction who waits is looked up once only.
                Connection observer = database.connect();
                Statement observing = observer.createStatement()) {
            maintainer.setAutoCommit(false);
            maintaining.execute("SELECT make_daily_partition('factory_score_daily', '2019-02-01')");
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    write(database, "2019-02-14", 1);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> {
                observing.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
                return observing.getResultSet().next();
            });
            maintainer.commit();
            writer.join();
            assertThat(count(database, "factory_score_daily_201902")).isEqualTo(1);
        }
    }

    @Test
    void whatIsBeingReadIsLeftForTheNextTime() throws Exception {
        try (AnalystDatabase database = AnalystDatabase.launch();
                Connection reader = database.connect();
                Statement reading = reader.createStatement()) {
            write(database, "2019-01-31", 1);
            database.execute("SELECT make_daily_partitions()");
            write(database, "2019-02-01", 1);
            reader.setAutoCommit(false);
            reading.execute("SELECT count(*) FROM factory_score_daily");
            assertThat(database.texts("SELECT make_daily_partitions()"))
                    .containsExactly(
                            "factory_score_daily busy, next time",
                            "made factory_class_daily_201902, 1 rows moved there",
                            "made factory_segment_daily_201902, 1 rows moved there");
            assertThat(database.texts("SELECT drop_daily_partitions('2019-02-01')"))
                    .containsExactly(
                            "factory_score_daily_201901 busy, next time",
                            "dropped factory_class_daily_201901",
                            "dropped factory_segment_daily_201901");
            reader.commit();
            assertThat(database.texts("SELECT make_daily_partitions()"))
                    .containsExactly("made factory_score_daily_201902, 1 rows moved there");
            assertThat(database.texts("SELECT drop_daily_partitions('2019-02-01')"))
                    .containsExactly("dropped factory_score_daily_201901");
        }
    }
}
