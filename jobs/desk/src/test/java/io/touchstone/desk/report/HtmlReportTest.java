package io.touchstone.desk.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.touchstone.desk.Report;
import io.touchstone.io.Table;
import io.touchstone.policy.Policy;
import io.touchstone.price.Floor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    @TempDir
    private Path temp;

    private Path output;

    @BeforeEach
    void writeTables() throws IOException {
        Samples.write(temp);
        output = temp.resolve("made").resolve("report.html");
    }

    @Test
    void saysInASentenceWhatIsWrongAndUpToWhen() throws IOException {
        assertThat(HtmlReport.fromFolder(temp, Policy.DEFAULT, output))
                .isEqualTo("1 factory in trouble, 1 price alert open; complete up to " + Samples.LAST);
        assertThat(output)
                .content()
                .contains("<h1>1 factory in trouble, 1 price alert open; complete up to " + Samples.LAST + "</h1>")
                .contains("Bad goods: 40 of 820 effective orders")
                .contains("Quality swings from week to week: 9 of 95 defective in the worst week")
                .contains("At most 33 defective, or 210 more clean orders")
                .contains("+25.0");
    }

    @Test
    void letsNobodyWriteIntoThePage() throws IOException {
        HtmlReport.fromFolder(temp, Policy.DEFAULT, output);
        String html = Files.readString(output);
        assertThat(html).doesNotContain("<script>alert(1)", "<b>WHOLESALE", "\u2028</");
        assertThat(html).contains("f-&lt;script&gt;alert(1)");
        JsonNode charts = data(html);
        assertThat(charts.size()).isGreaterThan(8);
        assertThat(charts.toString()).contains("<script>alert(1)</script>");
    }

    @Test
    void loadsNothingAndRunsNothingButItsOwnScripts() throws IOException {
        HtmlReport.fromFolder(temp, Policy.DEFAULT, output);
        // What scripts could load is the browser's to see: ReportInBrowserTest.
        String html = Files.readString(output).replaceAll("(?s)<script>.*?</script>", "");
        assertThat(html)
                .contains("default-src &#39;none&#39;")
                .doesNotContainPattern("<(script|img|iframe)[^>]* src=")
                .doesNotContainPattern("<link[^>]* href=\"(?!data:)")
                .doesNotContain("@import", "url(http");
        assertThat(Files.size(output)).isLessThan(5_000_000);
    }

    @Test
    void warnsOfALiveMarketplaceThatWasNotEvaluatedOfLate() throws IOException {
        assertThat(page(true, Duration.ofHours(12))).doesNotContain("Stale:");
        assertThat(page(true, Duration.ofDays(3))).contains("Stale:").contains("look after the jobs");
        assertThat(page(false, Duration.ofDays(3))).doesNotContain("Stale:");
    }

    private String page(boolean live, Duration later) throws IOException {
        try (Rows rows = new FolderRows(temp)) {
            Picture picture = new PictureReader(rows, Samples.ZONE).read();
            return new Page(
                            picture,
                            Samples.ZONE,
                            rows.source(),
                            live,
                            Instant.ofEpochMilli(Samples.midnight(Samples.LAST)).plus(later))
                    .html();
        }
    }

    /** Of a database, at ten seconds past midnight. */
    @Test
    void takesADayThatIsOnlyBeingWrittenForNoneYet() throws IOException {
        LocalDate before = Samples.LAST.minusDays(1);
        Path file = temp.resolve("factory_score.csv");
        List<String> trailing = Files.readAllLines(file).stream()
                .map(line ->
                        line.startsWith("\"f-1\"") ? line : line.replace(Samples.LAST.toString(), before.toString()))
                .toList();
        Files.write(file, trailing);
        Picture picture;
        try (FolderRows rows = new FolderRows(temp)) {
            assertThat(rows.completeDay()).isEqualTo(Samples.LAST);
            picture = new PictureReader(new As(rows, before), Samples.ZONE).read();
        }
        assertThat(picture.day()).isEqualTo(before);
        assertThat(picture.standings().lastKey()).isEqualTo(before);
        assertThat(picture.worst()).hasSize(6);
        assertThat(picture.belts()).extracting(Picture.Belt::rated).containsExactlyInAnyOrder(7, 1);
    }

    /** Rows of which somebody says up to when they are complete. */
    private record As(Rows rows, LocalDate completeDay) implements Rows {
        @Override
        public void each(Table table, Filter filter, Taker taker) throws IOException {
            rows.each(table, filter, taker);
        }

        @Override
        public String source() {
            return rows.source();
        }

        @Override
        public boolean isLive() {
            return rows.isLive();
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }

    @Test
    void drawsABreachWithTheFloorOfTheNextSmallerTier() throws IOException {
        Path file = temp.resolve("price_breach.csv");
        Files.writeString(file, Files.readString(file).replace(",CNY,2,1,b-2,", ",CNY,60,50,b-2,"));
        assertThat(item().floors()).containsOnlyKeys(1L);
        assertThat(item().breaches()).extracting(Picture.Breach::tier).containsExactly(1L, 1L);

        // Once the tier has rows, they are its own; with no floor in them the smaller one's binds.
        Path floors = temp.resolve("price_floor_history.csv");
        String newest = Files.readAllLines(floors).get(3);
        Files.writeString(
                floors,
                Files.readString(floors)
                        + newest.replace(",CNY,1,", ",CNY,50,").replace(",10000000,,CARRIED,0,", ",,,NONE,0,")
                        + '\n');
        assertThat(item().breaches()).extracting(Picture.Breach::tier).containsExactly(1L, 50L);
        assertThat(item().floors().get(50L))
                .extracting(Picture.FloorChange::status)
                .containsExactly(Floor.Status.NONE);
        assertThat(item().floorsNow().get(50L).floor()).isEqualTo(10_000_000);
    }

    private Picture.Item item() throws IOException {
        try (Rows rows = new FolderRows(temp)) {
            return new PictureReader(rows, Samples.ZONE).read().items().get(0);
        }
    }

    @Test
    void drawsAsMuchAsThereIs() throws IOException {
        Files.delete(temp.resolve("price_floor_history.csv"));
        Files.delete(temp.resolve("price_floor.csv"));
        Files.delete(temp.resolve("price_breach.csv"));
        Files.delete(temp.resolve("factory_segment_daily.csv"));
        assertThat(HtmlReport.fromFolder(temp, Policy.DEFAULT, output)).contains("1 factory in trouble");
        for (String scores : new String[] {"factory_score", "factory_score_daily", "factory_class_daily"}) {
            Files.delete(temp.resolve(scores + ".csv"));
        }
        assertThat(HtmlReport.fromFolder(temp, Policy.DEFAULT, output)).contains("1 price alert open");
        assertThat(output).content().contains("There are no scores");
        Path alerts = temp.resolve("alert.csv");
        Files.write(
                alerts,
                Files.readAllLines(alerts).stream()
                        .filter(line -> !line.startsWith("cc,"))
                        .toList());
        assertThat(HtmlReport.fromFolder(temp, Policy.DEFAULT, output)).contains("1 factory in trouble");
    }

    @Test
    void namesTheFileRowAndColumnThatIsWrong() throws IOException {
        Path file = temp.resolve("factory_score.csv");
        Files.writeString(file, Files.readString(file).replaceFirst(",20[^,]*,", ",soon,"));
        assertThat(run("--from", temp.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("factory_score.csv, row 1").contains("day is 'soon'");
        assertThat(output).doesNotExist();
        assertThat(run("--from", temp.resolve("none").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("is no folder");
        assertThat(run("--from", temp.toString(), "--conf", temp.toString())).isEqualTo(2);
    }

    @Test
    void tellsWhereTheReportIs() {
        assertThat(run("--from", temp.toString())).isZero();
        assertThat(out.toString()).contains("1 factory in trouble").contains("The report is in " + output);
    }

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        String[] all = new String[options.length + 2];
        System.arraycopy(options, 0, all, 2, options.length);
        all[0] = "--output";
        all[1] = output.toString();
        return Report.run(new PrintWriter(out), new PrintWriter(err), all);
    }

    private static JsonNode data(String html) throws IOException {
        String begin = "<script type=\"application/json\" id=\"data\">";
        int from = html.indexOf(begin) + begin.length();
        return new JsonMapper().readTree(html.substring(from, html.indexOf("</script>", from)));
    }
}
