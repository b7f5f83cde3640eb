package io.touchstone.io.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.Backtest;
import io.touchstone.alert.AlertStatus;
import io.touchstone.alert.Severity;
import io.touchstone.io.compare.AlertCourses.Outcome;
import io.touchstone.io.compare.Comparison.Alerts;
import io.touchstone.io.compare.Comparison.ComparedAlert;
import io.touchstone.io.compare.Comparison.Days;
import io.touchstone.io.compare.Comparison.Demotion;
import io.touchstone.quality.Standing;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What another policy would have done, told from two folders. */
class ComparisonTest {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final LocalDate DAY_1 = LocalDate.of(2024, 3, 1);
    private static final int ALL = Integer.MAX_VALUE;

    private static final String DAILY = "factory_id,day,score,band,standing,category_id,belt_id,policy_version\n";
    private static final String STEPS =
            "factory_id,entered_at,from_standing,to_standing,cause,alert_id,policy_version\n";
    private static final String REVISIONS =
            "alert_id,revision,kind,status,subject,factory_id,at,cause,severity,summary,evidence,policy_version\n";

    @TempDir
    private Path temp;

    private Path a;
    private Path b;

    @BeforeEach
    void twoEmptyFolders() throws IOException {
        a = folder("a", "", "", "");
        b = folder("b", "", "", "");
    }

    private Path folder(String name, String daily, String steps, String revisions) throws IOException {
        Path folder = Files.createDirectories(temp.resolve(name));
        Files.writeString(folder.resolve("factory_score_daily.csv"), DAILY + daily);
        Files.writeString(folder.resolve("standing_history.csv"), STEPS + steps);
        Files.writeString(folder.resolve("alert_revision.csv"), REVISIONS + revisions);
        return folder;
    }

    /** A factory's rows, a day each from the first of March: the standings by their first letters, then the last day's band. */
    private static String days(String factory, String standings, String lastBand) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < standings.length(); i++) {
            String letter = standings.substring(i, i + 1);
            Standing standing = List.of(Standing.values()).stream()
                    .filter(s -> s.name().startsWith(letter))
                    .findFirst()
                    .orElseThrow();
            String band = i == standings.length() - 1 ? lastBand : "A";
            rows.append(String.join(
                            ",", factory, DAY_1.plusDays(i).toString(), "80.0", band, standing.name(), "c", "b", "p"))
                    .append('\n');
        }
        return rows.toString();
    }

    private static long midnight(int day) {
        return DAY_1.plusDays(day - 1).atStartOfDay(SHANGHAI).toInstant().toEpochMilli();
    }

    private static String step(String factory, int day, String from, String to, String cause) {
        return String.join(",", factory, String.valueOf(midnight(day)), from, to, cause, "", "p") + '\n';
    }

    private static String revision(
            String id, int revision, String kind, AlertStatus status, String subject, long at, Severity severity) {
        return String.join(
                        ",",
                        id,
                        String.valueOf(revision),
                        kind,
                        status.name(),
                        subject,
                        "f",
                        String.valueOf(at),
                        "",
                        severity.name(),
                        "\"a summary, \"\"quoted\"\"\nin two lines\"",
                        "{}",
                        "p")
                + '\n';
    }

    private static String demotion(String id, String factory, int openedOn, AlertStatus... statuses) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < statuses.length; i++) {
            Severity severity = switch (statuses[i]) {
                case OPENED -> Severity.WARN;
                case ESCALATED -> Severity.CRITICAL;
                case RECOVERING, RESOLVED, EXPIRED -> Severity.INFO;
            };
            rows.append(revision(id, i + 1, "DEMOTION", statuses[i], factory, midnight(openedOn + i), severity));
        }
        return rows.toString();
    }

    private Comparison compare() throws IOException {
        return Comparison.of(a, b, SHANGHAI, ALL);
    }

    @Test
    void tellsWhoWasDemotedWhereAndSinceWhen() throws IOException {
        a = folder(
                "a",
                days("both", "GPDDD", "D") + days("in-a", "GPDTD", "C") + days("never", "GGGGG", "A"),
                step("both", 3, "PROBATION", "DEMOTED", "QUALITY")
                        + step("in-a", 2, "GOOD", "PROBATION", "FULFILMENT")
                        + step("in-a", 3, "PROBATION", "DEMOTED", "FULFILMENT")
                        + step("in-a", 5, "TRIAL", "DEMOTED", "QUALITY"),
                "");
        b = folder(
                "b",
                days("both", "GPPPD", "D") + days("in-b", "DD", "D") + days("never", "GWGGG", "B"),
                step("both", 5, "PROBATION", "DEMOTED", "AFTER_SALES"),
                "");
        Comparison comparison = compare();

        assertThat(comparison.demotedInAOnly().first())
                .containsExactly(new Demotion("in-a", DAY_1.plusDays(2), null, "FULFILMENT", null));
        assertThat(comparison.demotedInBOnly().first())
                .as("no step tells why")
                .containsExactly(new Demotion("in-b", null, DAY_1, null, null));
        assertThat(comparison.demotedInBoth().first())
                .containsExactly(new Demotion("both", DAY_1.plusDays(2), DAY_1.plusDays(4), "QUALITY", "AFTER_SALES"));
        assertThat(comparison.demotedInBoth().first().get(0).daysLaterInB()).isEqualTo(2);
        assertThat(comparison.daysPerStanding())
                .containsExactly(
                        new Days(Standing.UNRATED, 0, 0),
                        new Days(Standing.GOOD, 7, 5),
                        new Days(Standing.WATCH, 0, 1),
                        new Days(Standing.PROBATION, 2, 3),
                        new Days(Standing.DEMOTED, 5, 3),
                        new Days(Standing.TRIAL, 1, 0));
        assertThat(comparison.factoriesInBoth()).isEqualTo(2);
        assertThat(comparison.otherFinalBand()).isEqualTo(1);
        assertThat(comparison.a().firstDay()).isEqualTo(DAY_1);
        assertThat(comparison.a().lastDay()).isEqualTo(DAY_1.plusDays(4));
        assertThat(comparison.a().policyVersions()).containsExactly("p");
    }

    @Test
    void tellsWhichAlertsCameWentAndChanged() throws IOException {
        long paidAt = midnight(2) + 5;
        String same = demotion("22", "f2", 1, AlertStatus.OPENED, AlertStatus.RESOLVED);
        a = folder(
                "a",
                "",
                "",
                demotion("11", "f1", 3, AlertStatus.OPENED, AlertStatus.ESCALATED, AlertStatus.RECOVERING)
                        + same
                        + revision("33", 1, "PRICE_BREACH", AlertStatus.OPENED, "s/MEMBER/CNY", paidAt, Severity.WARN));
        b = folder(
                "b",
                "",
                "",
                demotion("11", "f1", 3, AlertStatus.OPENED, AlertStatus.RESOLVED)
                        + same
                        + demotion("44", "f4", 2, AlertStatus.OPENED));
        Comparison comparison = compare();

        assertThat(comparison.alertsPerKind())
                .containsExactly(
                        new Alerts("DEMOTION", 2, 3, 0, 1, 1),
                        new Alerts("UNSTABLE_QUALITY", 0, 0, 0, 0, 0),
                        new Alerts("COHORT_DISPARITY", 0, 0, 0, 0, 0),
                        new Alerts("PRICE_BREACH", 1, 0, 1, 0, 0));
        assertThat(comparison.alertsRemoved().first())
                .containsExactly(new ComparedAlert(
                        "33",
                        "PRICE_BREACH",
                        "s/MEMBER/CNY",
                        DAY_1.plusDays(1),
                        paidAt,
                        new Outcome(AlertStatus.OPENED, Severity.WARN, 1),
                        null));
        assertThat(comparison.alertsAdded().first())
                .extracting(ComparedAlert::alertId)
                .containsExactly("44");
        ComparedAlert changed = comparison.alertsChanged().first().get(0);
        assertThat(changed.inA()).isEqualTo(new Outcome(AlertStatus.RECOVERING, Severity.CRITICAL, 3));
        assertThat(changed.inB()).isEqualTo(new Outcome(AlertStatus.RESOLVED, Severity.WARN, 2));
        assertThat(comparison.zoneIsOther()).isFalse();
        assertThat(Comparison.of(a, b, ZoneId.of("UTC"), ALL).zoneIsOther()).isTrue();
    }

    @Test
    void readsWellOnATerminal() throws IOException {
        a = folder(
                "a",
                days("f1", "GPDDDD", "D") + days("f2", "GPDT", "C"),
                step("f1", 3, "PROBATION", "DEMOTED", "NEGATIVE_REVIEW")
                        + step("f2", 3, "PROBATION", "DEMOTED", "QUALITY"),
                demotion("11", "f1", 2, AlertStatus.OPENED, AlertStatus.ESCALATED)
                        + revision(
                                "22",
                                1,
                                "PRICE_BREACH",
                                AlertStatus.OPENED,
                                "s\u001B[31m/MEMBER/CNY",
                                midnight(1),
                                Severity.WARN));
        b = folder(
                "b",
                days("f1", "GPPPPD", "D") + days("f2", "GGGG", "A"),
                step("f1", 6, "PROBATION", "DEMOTED", "NEGATIVE_REVIEW"),
                demotion("11", "f1", 2, AlertStatus.OPENED));
        assertThat(Report.of(compare()).replace(temp.toString(), "out")).isEqualTo("""
                A  out/a
                   policy p
                   2024-03-01 to 2024-03-06, 2 factories on 10 factory-days
                B  out/b
                   policy p
                   2024-03-01 to 2024-03-06, 2 factories on 10 factory-days
                Days of alerts are local days of Asia/Shanghai.

                FACTORIES DEMOTED                              A            B        B - A
                  at least once                                2            1           -1

                Demoted in A only: 1
                  day         cause            factory
                  2024-03-03  QUALITY          f2

                Demoted in B only: 0

                Demoted in both: 1
                  day in A    day in B    days later  cause in A       cause in B       factory
                  2024-03-03  2024-03-06          +3  NEGATIVE_REVIEW  NEGATIVE_REVIEW  f1

                FACTORY-DAYS PER STANDING                      A            B        B - A
                  UNRATED                                      0            0            0
                  GOOD                                         2            5           +3
                  WATCH                                        0            0            0
                  PROBATION                                    2            4           +2
                  DEMOTED                                      5            1           -4
                  TRIAL                                        1            0           -1
                  all                                         10           10            0
                The last band of 1 of 2 factories differs.

                ALERTS                 A            B      removed        added      changed
                  DEMOTION             1            1            0            0            1
                  UNSTABLE_QUALITY     0            0            0            0            0
                  COHORT_DISPARITY     0            0            0            0            0
                  PRICE_BREACH         1            0            1            0            0
                An alert that opens on another day is another one: removed and added.

                Alerts removed, in A only: 1
                  opened      kind              last status  subject
                  2024-03-01  PRICE_BREACH      OPENED       s [31m/MEMBER/CNY

                Alerts added, in B only: 0

                Alerts in both, with another outcome: 1
                  opened      kind                 last status  severity  revisions  subject
                  2024-03-02  DEMOTION          A: ESCALATED    CRITICAL          2  f1
                                                B: OPENED       WARN              1
                """);
    }

    @Test
    void listsTheFirstFewOfThousandsAndCountsTheRest() throws IOException {
        StringBuilder days = new StringBuilder();
        StringBuilder alerts = new StringBuilder();
        for (int i = 1000; i < 4000; i++) {
            days.append(days("f" + i, i < 2500 ? "GD" : "DG", "D"));
            alerts.append(demotion("id" + i, "f" + i, 6000 - i, AlertStatus.OPENED));
        }
        a = folder("a", days.toString(), "", "");
        b = folder("b", "", "", alerts.toString());
        Comparison comparison = Comparison.of(a, b, SHANGHAI, 3);
        assertThat(comparison.demotedInAOnly().count()).isEqualTo(3000);
        assertThat(comparison.demotedInAOnly().first())
                .as("the earliest first")
                .extracting(Demotion::factoryId)
                .containsExactly("f2500", "f2501", "f2502");
        assertThat(comparison.alertsAdded().first())
                .extracting(ComparedAlert::subject)
                .containsExactly("f3999", "f3998", "f3997");
        assertThat(Report.of(comparison))
                .contains("\n  and 2,997 more (--all)\n")
                .doesNotContain("f3996");
        assertThat(Report.of(compare())).contains("f3996").doesNotContain("more (--all)");
    }

    @Test
    void nothingHappenedOnEitherSide() throws IOException {
        assertThat(Report.of(compare())).contains("policy unknown, nothing happened", "no factory was evaluated");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "factory_score_daily | f,2024-03-01,1.0,A,BAD,c,b,p | row 1: standing is 'BAD', but has to be one of [UNRATED,",
                "factory_score_daily | f,1 March,1.0,A,GOOD,c,b,p | row 1: day is '1 March', but has to be a day",
                "factory_score_daily | f,2024-03-01,1.0,A,GOOD | row 1: has 5 fields, but the header 8",
                "factory_score_daily | g,2024-03-01,1.0,A,GOOD,c,b,p;f,2024-03-01,1.0,A,GOOD,c,b,p | row 2: does not come after",
                "factory_score_daily | f,2024-03-01,1.0,A,GOOD,c,b,p;f,2024-03-01,1.0,A,GOOD,c,b,p | row 2: does not come after",
                "standing_history | f,noon,GOOD,DEMOTED,QUALITY,,p | row 1: entered_at is 'noon', but has to be an integer",
                "alert_revision | x,2,DEMOTION,OPENED,f,f,0,,WARN,s,{},p | row 1: revision is 2, but has to be 1",
                "alert_revision | x,1,DEMOTION,CLOSED,f,f,0,,WARN,s,{},p | row 1: status is 'CLOSED'",
                "alert_revision | x,1,DEMOTION,\"OPENED,f,f | row 1: ",
            })
    void namesFileRowAndColumnOfWhateverIsWrong(String table, String rows, String message) throws IOException {
        Path file = b.resolve(table + ".csv");
        Files.writeString(file, Files.readString(file) + rows.replace(';', '\n') + '\n');
        assertThatThrownBy(this::compare).isInstanceOf(IOException.class).hasMessageContaining(file + ", " + message);
        assertThat(Backtest.run("--compare", a.toString(), b.toString())).isEqualTo(1);
    }

    @Test
    void namesWhatAFolderLacks() throws IOException {
        Path file = b.resolve("alert_revision.csv");
        Files.writeString(file, "alert_id,revision,kind\nx,1,DEMOTION\n");
        assertThatThrownBy(this::compare).hasMessageContaining(file + " has no column subject, but [alert_id,");
        Files.writeString(file, "");
        assertThatThrownBy(this::compare).hasMessageContaining(file + " has no column alert_id");
        Files.delete(file);
        assertThatThrownBy(this::compare).hasMessage(b + " has no alert_revision.csv: is it the output of a backtest?");
    }

    @Test
    void isOneOfTwoThingsToDo() {
        String in = a.toString();
        assertThat(Backtest.run("--compare", in, in)).isZero();
        assertThat(Backtest.run("--compare", in, in, "--all", "--json")).isZero();
        assertThat(Backtest.run()).isEqualTo(2);
        assertThat(Backtest.run("--compare", in)).isEqualTo(2);
        assertThat(Backtest.run("--compare", in, in, "--compare", in, in)).isEqualTo(2);
        assertThat(Backtest.run("--compare", in, in, "--history", in, "--output", in))
                .isEqualTo(2);
        assertThat(Backtest.run("--compare", in, in, "--until", "2024-03-01")).isEqualTo(2);
        assertThat(Backtest.run("--history", in, "--output", in, "--all")).isEqualTo(2);
        assertThat(Backtest.run("--help")).isZero();
    }

    @Test
    void tellsWhatAStricterStandardWouldHaveDone() throws IOException {
        Path quality = Path.of("src/test/resources/cases/quality-small");
        Path strict = Files.writeString(temp.resolve("strict.yaml"), """
                version: strict-1
                quality: {classes: {QUALITY: {standard_bp: 200}, AFTER_SALES: {standard_bp: 1500}}}
                """);
        for (Map.Entry<Path, Path> side :
                Map.of(a, quality.resolve("policy.json"), b, strict).entrySet()) {
            assertThat(Backtest.run(
                            "--quiet",
                            "--history",
                            quality.resolve("history").toString(),
                            "--output",
                            side.getKey().toString(),
                            "--policy",
                            side.getValue().toString()))
                    .isZero();
        }
        Comparison comparison = compare();
        assertThat(comparison.a().policyVersions()).containsExactly("small-1");
        assertThat(comparison.b().policyVersions()).containsExactly("strict-1");

        Map<String, LocalDate> demotedInA = firstDemotions(a);
        Map<String, LocalDate> demotedInB = firstDemotions(b);
        assertThat(demotedInA.keySet()).isNotEqualTo(demotedInB.keySet());
        Map<String, LocalDate> foundInA = new HashMap<>();
        Map<String, LocalDate> foundInB = new HashMap<>();
        for (Comparison.Listing<Demotion> listing :
                List.of(comparison.demotedInAOnly(), comparison.demotedInBOnly(), comparison.demotedInBoth())) {
            listing.first().stream()
                    .filter(d -> d.firstInA() != null)
                    .forEach(d -> foundInA.put(d.factoryId(), d.firstInA()));
            listing.first().stream()
                    .filter(d -> d.firstInB() != null)
                    .forEach(d -> foundInB.put(d.factoryId(), d.firstInB()));
        }
        assertThat(foundInA).isEqualTo(demotedInA);
        assertThat(foundInB).isEqualTo(demotedInB);

        Map<String, Long> daysInA = column(a, "factory_score_daily", "standing").stream()
                .collect(Collectors.groupingBy(s -> s, Collectors.counting()));
        for (Days days : comparison.daysPerStanding()) {
            assertThat(days.inA())
                    .as(days.standing().name())
                    .isEqualTo(daysInA.get(days.standing().name()));
        }

        Set<String> removed = new HashSet<>(column(a, "alert", "alert_id"));
        Set<String> added = new HashSet<>(column(b, "alert", "alert_id"));
        Set<String> same = new HashSet<>(removed);
        same.retainAll(added);
        removed.removeAll(same);
        added.removeAll(same);
        assertThat(removed).isNotEmpty();
        assertThat(added).isNotEmpty();
        assertThat(ids(comparison.alertsRemoved())).isEqualTo(removed);
        assertThat(ids(comparison.alertsAdded())).isEqualTo(added);
        assertThat(same).containsAll(ids(comparison.alertsChanged()));
        assertThat(Report.of(comparison).lines()).noneMatch(line -> line.length() > 100);

        JsonNode json = new JsonMapper().readTree(comparison.json());
        assertThat(json.at("/alerts_removed/count").intValue()).isEqualTo(removed.size());
        assertThat(json.at("/a/first_day").textValue())
                .isEqualTo(comparison.a().firstDay().toString());
        JsonNode both = json.at("/demoted_in_both/first/0");
        assertThat(LocalDate.parse(both.get("first_in_a").textValue())
                        .plusDays(both.get("days_later_in_b").intValue()))
                .isEqualTo(both.get("first_in_b").textValue());
    }

    private static Set<String> ids(Comparison.Listing<ComparedAlert> alerts) {
        assertThat(alerts.first()).hasSize((int) alerts.count());
        return alerts.first().stream().map(ComparedAlert::alertId).collect(Collectors.toSet());
    }

    private static Map<String, LocalDate> firstDemotions(Path folder) throws IOException {
        Map<String, LocalDate> first = new HashMap<>();
        for (CSVRecord row : rows(folder, "standing_history")) {
            if (row.get("to_standing").equals("DEMOTED")) {
                Instant entered = Instant.ofEpochMilli(Long.parseLong(row.get("entered_at")));
                first.putIfAbsent(row.get("factory_id"), LocalDate.ofInstant(entered, SHANGHAI));
            }
        }
        return first;
    }

    private static List<String> column(Path folder, String table, String column) throws IOException {
        return rows(folder, table).stream().map(row -> row.get(column)).toList();
    }

    private static List<CSVRecord> rows(Path folder, String table) throws IOException {
        try (Reader reader = Files.newBufferedReader(folder.resolve(table + ".csv"))) {
            return new ArrayList<>(CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)
                    .getRecords());
        }
    }
}
