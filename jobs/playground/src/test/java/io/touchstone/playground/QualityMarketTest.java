package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Backtest;
import io.touchstone.playground.AlertWatch.Revision;
import io.touchstone.playground.Stage.Step;
import io.touchstone.playground.traffic.Market;
import io.touchstone.quality.Standing;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stories of the usual market are such that the contract's machine finds what is planted, and only that costs a badge. */
class QualityMarketTest {
    @Test
    void everyFaultIsCaughtAndNobodyElseDemoted(@TempDir Path temp) throws Exception {
        Market market = Market.of(2, LocalDate.of(2026, 7, 25));
        HistoryFiles.write(market, temp);
        assertThat(Backtest.run("--quiet", "--history", temp.toString(), "--output", temp.toString()))
                .isZero();

        QualityVerdict verdict = QualityVerdict.of(market, newestRevisions(temp), steps(temp));
        assertThat(verdict.faults())
                .hasSize(7)
                .allSatisfy(
                        fault -> assertThat(fault.caught()).as(fault.toString()).isTrue());
        assertThat(verdict.blameless())
                .hasSize(6)
                .noneMatch(QualityVerdict.Kept::demoted)
                .filteredOn(QualityVerdict.Kept::alerted)
                .hasSizeLessThanOrEqualTo(1);
        assertThat(verdict.unplantedDemotions()).isEmpty();
        assertThat(verdict.unplanted()).hasSizeLessThanOrEqualTo(4);
        assertThat(verdict.isRight()).isTrue();
    }

    /** The file is sorted by alert and revision. */
    private static List<Revision> newestRevisions(Path folder) throws Exception {
        Map<String, Revision> newest = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("alerts.jsonl"))) {
            Revision revision = Revision.of(line.getBytes(StandardCharsets.UTF_8));
            newest.put(revision.alertId(), revision);
        }
        return List.copyOf(newest.values());
    }

    private static List<Step> steps(Path folder) throws Exception {
        List<Step> steps = new ArrayList<>();
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (BufferedReader reader = Files.newBufferedReader(folder.resolve("standing_history.csv"))) {
            for (CSVRecord row : format.parse(reader)) {
                steps.add(new Step(
                        row.get("factory_id"),
                        Long.parseLong(row.get("entered_at")),
                        Standing.valueOf(row.get("to_standing"))));
            }
        }
        return steps;
    }
}
