package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.Backtest;
import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.Traffic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFilesTest {
    private static final Market MARKET = Market.of(1, LocalDate.of(2024, 3, 4), 12, 0.1);

    @Test
    void holdEveryEventOfTheMarketSuchThatABacktestTakesAll(@TempDir Path temp) throws IOException {
        Map<String, Long> events = new TreeMap<>();
        for (Traffic traffic : MARKET) {
            events.merge(traffic.topic(), 1L, Long::sum);
        }
        assertThat(events).containsOnlyKeys("orders", "returns", "reviews");
        assertThat(HistoryFiles.write(MARKET, temp))
                .isEqualTo(events.values().stream().mapToLong(Long::longValue).sum());
        for (Map.Entry<String, Long> topic : events.entrySet()) {
            assertThat(lines(temp.resolve(topic.getKey() + ".jsonl.gz"))).isEqualTo(topic.getValue());
        }
        assertThat(Backtest.run("--quiet", "--history", temp.toString(), "--output", temp.toString()))
                .isZero();
        assertThat(temp.resolve("dead-letters.jsonl")).isEmptyFile();
        assertThat(Files.readString(temp.resolve("factory_class_daily.csv"))).contains(",QUALITY,");
    }

    private static long lines(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines().count();
        }
    }
}
