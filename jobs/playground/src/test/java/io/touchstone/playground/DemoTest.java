package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.playground.traffic.Market;
import io.touchstone.playground.traffic.PlantedFault;
import io.touchstone.playground.traffic.PlantedRise;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private static final LocalDate START = LocalDate.of(2024, 3, 4);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void catchesEveryPlantedRiseAndFaultAndLeavesTheInnocentsAlone(@TempDir Path temp) {
        Path report = temp.resolve("report.html");
        int exitCode =
                run("--days", "60", "--start", START.toString(), "--minutes", "0.2", "--report", report.toString());
        String told = out.toString();
        assertThat(exitCode).as(told + err).isZero();
        assertThat(told).contains("PASSED").doesNotContain("MISSED", "NOT CAUGHT", "ALERTED", "  DEMOTED", "\u001b");
        Market market = Market.of(1, START, 60, 1);
        for (PlantedRise rise : market.rises()) {
            assertThat(told).containsPattern("planted +" + rise.factoryId() + ": ");
            assertThat(told)
                    .containsPattern("(WARN|CRITICAL) +OPENED .*: factory " + rise.factoryId() + ", sku " + rise.skuId()
                            + " \\(" + rise.channel() + "\\)");
            assertThat(told)
                    .containsPattern("  " + rise.factoryId() + " +" + item(rise) + " +" + rise.channel()
                            + " .*\\d\\.\\d h  " + rise.factoryId() + ", \\d+ revisions?, (open|resolved)");
        }
        market.innocents()
                .forEach(innocent -> assertThat(told).containsPattern("  " + innocent.factoryId() + " .* quiet"));
        for (PlantedFault fault : market.faults()) {
            assertThat(told).containsPattern("planted +" + fault.factoryId() + ": ");
            assertThat(told)
                    .containsPattern("OPENED .*: factory " + fault.factoryId() + ".* since ")
                    .containsPattern(
                            "  " + fault.factoryId() + " .* " + fault.kind().alert() + " .*\\d\\.\\d d +\\d");
        }
        assertThat(market.faults()).isNotEmpty();
        assertThat(market.blameless())
                .isNotEmpty()
                .allSatisfy(blameless -> assertThat(told).containsPattern("  " + blameless.factoryId() + " .* kept"));
        assertThat(told).containsPattern("late events +0 ").containsPattern("dead letters +0 ");
        assertThat(told)
                .containsPattern("Report: .* in trouble, .* complete up to 2024-05-03")
                .contains(report.toString());
        assertThat(report)
                .content()
                .contains("Factories in trouble", market.faults().get(0).factoryId());
    }

    @Test
    void writesTheMarketInsteadOfPlayingIt(@TempDir Path temp) {
        assertThat(run("--days", "48", "--start", START.toString(), "--write-history", temp.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("events are in " + temp);
        assertThat(temp).isDirectoryContaining("glob:**/returns.jsonl.gz");
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("--web-port", Integer.toString(other.getLocalPort())))
                    .isEqualTo(2);
            assertThat(err.toString())
                    .contains("port " + other.getLocalPort())
                    .contains("--web-port")
                    .contains("in use");
        }
    }

    @Test
    void refusesAMarketInWhichNothingCouldBeCaught() {
        assertThat(run("--days", "30")).isEqualTo(2);
        assertThat(err.toString()).contains("--days is 30").contains("60 or more");
        assertThat(run("--minutes", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--minutes is 0.0");
        assertThat(run("--start", "2999-01-01")).isEqualTo(2);
        assertThat(err.toString()).contains("end in the future");
    }

    @Test
    void explainsItself() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--seed", "--days", "--minutes", "--write-history", "--web-port", "--keep-running", "--report");
        assertThat(out.toString()).contains("every planted price rise and fault was caught");
    }

    private int run(String... arguments) {
        return Demo.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private static String item(PlantedRise rise) {
        return rise.skuId().substring(rise.factoryId().length() + 1);
    }
}
