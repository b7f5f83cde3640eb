package io.touchstone.desk.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** A small marketplace as files of a backtest: one factory is demoted, one item is sold above its floor. */
final class Samples {
    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final LocalDate FIRST = LocalDate.of(2026, 9, 1);
    static final LocalDate LAST = FIRST.plusDays(59);
    static final String BAD = "f-bad";

    /** What a stranger may call a factory. */
    static final String HOSTILE = "f-<script>alert(1)</script>&'\u2028{{x}}";

    private static final String SKU = "f-bad-\"cup\"<b>";
    private static final List<String> CLASSES = List.of("AFTER_SALES", "FULFILMENT", "NEGATIVE_REVIEW", "QUALITY");

    private final Path folder;

    private Samples(Path folder) {
        this.folder = folder;
    }

    /** Writes every table into a folder. */
    static Path write(Path folder) throws IOException {
        Samples samples = new Samples(folder);
        samples.scores();
        samples.alerts();
        samples.prices();
        return folder;
    }

    static long midnight(LocalDate day) {
        return day.atStartOfDay(ZONE).toInstant().toEpochMilli();
    }

    private static List<String> factories() {
        List<String> ids = new ArrayList<>(List.of(HOSTILE, BAD));
        for (int i = 1; i <= 6; i++) {
            ids.add("f-" + i);
        }
        ids.sort(io.touchstone.market.Ids::compare);
        return ids;
    }

    private void scores() throws IOException {
        List<String> daily = new ArrayList<>();
        List<String> newest = new ArrayList<>();
        List<String> classes = new ArrayList<>();
        List<String> segments = new ArrayList<>();
        for (String id : factories()) {
            for (LocalDate day = FIRST; !day.isAfter(LAST); day = day.plusDays(1)) {
                int age = (int) (day.toEpochDay() - FIRST.toEpochDay());
                boolean bad = id.equals(BAD) && age > 30;
                double score = bad ? 90 - age : 85;
                String standing = age < 5 ? "UNRATED" : !bad ? "GOOD" : age < 40 ? "PROBATION" : "DEMOTED";
                String of = csv(id) + "," + day + "," + score + ",B," + standing + ",mugs," + (bad ? "north" : "south")
                        + ",p-1";
                daily.add(of);
                if (day.equals(LAST)) {
                    newest.add(of);
                }
                for (String name : CLASSES) {
                    long x = bad && name.equals("QUALITY") ? age : 3;
                    long e = 20L * (age + 1);
                    classes.add(csv(id) + "," + day + "," + name + "," + x + "," + e + "," + 1000 * e + ","
                            + (double) x / e + ",0.01,300," + (bad ? 20.0 : 80.0) + "," + x + ",0,"
                            + (x > 10 ? "FAIL" : "") + ",false,p-1");
                }
                segments.add(csv(id) + "," + day + ",CONSUMER,400,30,3.5,4.2,true,p-1");
                segments.add(csv(id) + "," + day + ",WHOLESALER,600,6,-3.5,0.24,false,p-1");
            }
        }
        file("factory_score_daily.csv", "factory_id,day,score,band,standing,category_id,belt_id,policy_version", daily);
        file("factory_score.csv", "factory_id,day,score,band,standing,category_id,belt_id,policy_version", newest);
        file(
                "factory_class_daily.csv",
                "factory_id,day,class,x,n,e_milli,rate,shrunk_rate,standard_bp,sub_score,buyers,cusum,signal,drift,policy_version",
                classes);
        file("factory_segment_daily.csv", "factory_id,day,segment,n,x,z,rr,disparity,policy_version", segments);
        file(
                "standing_history.csv",
                "factory_id,entered_at,from_standing,to_standing,cause,alert_id,policy_version",
                List.of(
                        BAD + "," + midnight(FIRST.plusDays(31)) + ",WATCH,PROBATION,QUALITY,aa,p-1",
                        BAD + "," + midnight(FIRST.plusDays(40)) + ",PROBATION,DEMOTED,QUALITY,aa,p-1"));
    }

    private void alerts() throws IOException {
        String header =
                "alert_id,revision,kind,status,subject,factory_id,at,cause,severity,summary,summary_zh,evidence,opened_at,closed_at,policy_version";
        String demotion = """
                {"day":"2026-10-11","classes":[{"class":"QUALITY","x":40,"e_milli":820000,"rate":0.0488,"standard_bp":300}],
                "clears_when":{"largest_x":33,"or_clean_effective_orders":210,"quiet_evaluations":null,"not_before":"2026-11-10"}}""".replace("\n", "");
        String swings = """
                {"day":"2026-10-20","dispersion":{"chi_square":30.5,"weeks_kept":8,"weeks":[{"x":0,"n":110},{"x":9,"n":95},
                {"x":0,"n":120},{"x":1,"n":105},{"x":8,"n":90},{"x":0,"n":115},{"x":6,"n":100},{"x":0,"n":108}]},
                "clears_when":{"largest_x":null,"or_clean_effective_orders":null,"quiet_evaluations":28,"not_before":null}}""".replace("\n", "");
        String price = """
                {"max_excess_bp":2500,"orders":2,"buyers":2,"sku_id":"SKU","channel":"WHOLESALE","currency":"CNY",
                "newest":{"price_micros":12500000,"floor_micros":10000000},"clears_when":{"conforming_orders":3,"or_quiet_until":UNTIL}}""".replace("\n", "")
                .replace("SKU", SKU.replace("\"", "\\\""))
                .replace("UNTIL", Long.toString(midnight(LAST.plusDays(3))));
        long opened = midnight(FIRST.plusDays(31));
        file(
                "alert.csv",
                header,
                List.of(
                        "aa,2,DEMOTION,ESCALATED," + BAD + "," + BAD + "," + midnight(FIRST.plusDays(40))
                                + ",QUALITY,CRITICAL,demoted: it ships bad cups,已降级," + csv(demotion) + "," + opened
                                + ",,p-1",
                        "bb,1,UNSTABLE_QUALITY,OPENED," + BAD + "," + BAD + "," + midnight(FIRST.plusDays(49))
                                + ",DISPERSION,WARN,quality swings,波动," + csv(swings) + ","
                                + midnight(FIRST.plusDays(49)) + ",,p-1",
                        "cc,1,PRICE_BREACH,OPENED," + csv(SKU + "/WHOLESALE/CNY") + "," + csv(HOSTILE) + ","
                                + midnight(LAST) + ",,CRITICAL," + csv("price of " + SKU) + ",价格," + csv(price) + ","
                                + midnight(LAST.minusDays(1)) + ",,p-1"));
    }

    private void prices() throws IOException {
        String key = csv(SKU) + ",WHOLESALE,CNY,1,";
        file(
                "price_floor_history.csv",
                "sku_id,channel,currency,min_quantity,valid_from,floor_micros,literal_floor_micros,status,buyers,policy_version",
                List.of(
                        key + midnight(FIRST) + ",,9000000,THIN,1,p-1",
                        key + midnight(FIRST.plusDays(3)) + ",10000000,9000000,CURRENT,3,p-1",
                        key + midnight(FIRST.plusDays(40)) + ",10000000,,CARRIED,0,p-1"));
        file(
                "price_floor.csv",
                "sku_id,channel,currency,min_quantity,since,floor_micros,literal_floor_micros,status,buyers,policy_version",
                List.of(key + midnight(FIRST.plusDays(40)) + ",10000000,,CARRIED,0,p-1"));
        file(
                "price_breach.csv",
                "order_id,line_id,factory_id,sku_id,channel,currency,quantity,tier,buyer_id,paid_at,price_micros,floor_micros,floor_status,excess_bp,alert_id,policy_version",
                List.of(
                        "o-1,1," + csv(HOSTILE) + "," + csv(SKU) + ",WHOLESALE,CNY,2,1,b-1,"
                                + midnight(LAST.minusDays(1)) + ",12500000,10000000,CARRIED,2500,cc,p-1",
                        "o-2,1," + csv(HOSTILE) + "," + csv(SKU) + ",WHOLESALE,CNY,2,1,b-2," + midnight(LAST)
                                + ",12500000,10000000,CARRIED,2500,cc,p-1"));
    }

    private static String csv(String value) {
        return '"' + value.replace("\"", "\"\"") + '"';
    }

    private void file(String name, String header, List<String> rows) throws IOException {
        Files.writeString(folder.resolve(name), header + '\n' + String.join("\n", rows) + '\n');
    }
}
