package io.touchstone.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.touchstone.desk.BacktestAndReport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestAndReportTest {
    @TempDir
    private Path temp;

    @Test
    void writesTheReportBesideTheFiles() throws Exception {
        Files.writeString(temp.resolve("orders.jsonl"), """
                {"event_id":"e1","order_id":"o1","status":"PAID","event_time":1790000000000,"type":"REGULAR","factory_id":"f1",\
                "category_id":"c1","belt_id":"b1","buyer_id":"u1","buyer_segment":"CONSUMER","paid_at":1790000000000,\
                "ship_by":1790100000000,"lead_days":0,"cancelled_by":null,"lines":[{"line_id":"1","sku_id":"s1","quantity":1,\
                "unit_price_micros":1000000,"currency":"CNY","channel":"WHOLESALE"}]}
                """);
        Path out = temp.resolve("out");
        assertThat(BacktestAndReport.run(
                        "--history", temp.toString(), "--output", out.toString(), "--parallelism", "1", "--quiet"))
                .isZero();
        assertThat(out.resolve("report.html")).content().contains("No factory in trouble, no price alert open");
    }

    @Test
    void writesNoneWithoutABacktest() {
        assertThat(BacktestAndReport.run("--help")).isZero();
        assertThat(BacktestAndReport.run("--history", temp.resolve("none").toString(), "--output", temp.toString()))
                .isNotZero();
        assertThat(temp).isEmptyDirectory();
    }
}
