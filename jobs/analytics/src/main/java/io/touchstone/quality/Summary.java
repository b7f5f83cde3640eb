package io.touchstone.quality;

import io.touchstone.market.Segment;
import io.touchstone.policy.DefectClass;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An alert in one line, from the fields of its evidence: what happened, to whom, since when, on what evidence, what would clear
 * it.
 */
public final class Summary {
    private Summary() {}

    /** In English; {@code zone} is that of the business days. */
    public static String english(QualityAlert alert, ZoneId zone) {
        Evidence evidence = alert.evidence();
        StringBuilder text = new StringBuilder();
        add(text, "%s %s: factory %s", alert.status(), happened(alert), alert.factoryId());
        segment(alert).ifPresent(segment -> add(text, ", segment %s", segment));
        if (evidence.fromStanding() != evidence.toStanding()) {
            add(text, ", %s to %s", evidence.fromStanding(), evidence.toStanding());
        }
        add(text, " on %s, cause %s", LocalDate.ofEpochDay(evidence.day()), alert.cause());
        for (Disparity own : disparities(alert)) {
            Group others = others(own, evidence);
            add(text, "; %s: %d defective of %d (%s %%)", own.segment(), own.x(), own.n(), percent(own.x(), own.n()));
            add(text, ", all others %d of %d (%s %%)", others.x, others.n, percent(others.x, others.n));
            add(text, ", z %s, risk ratio %s", decimal(own.z()), decimal(own.rr()));
        }
        if (evidence.dispersion() != null) {
            Dispersion dispersion = evidence.dispersion();
            add(text, "; defective of all, week by week: %s", weeks(dispersion));
            if (dispersion.chiSquare() != null) {
                add(text, ", chi-square %.2f over %d weeks", dispersion.chiSquare(), dispersion.kept());
            }
        }
        if (isAboutAClass(alert)) {
            ClassFinding finding = finding(alert);
            add(text, "; %s: %d defective", finding.defectClass(), finding.x());
            add(text, " of %.1f effective orders", finding.tally().effective());
            add(text, " (%s %%, standard %s %%)", percent(finding.rate()), standard(finding));
            add(text, ", %d buyer(s)", finding.buyers());
        }
        add(text, "; since %s", date(alert.openedAt(), zone));
        ClearsWhen clears = evidence.clearsWhen();
        if (clears != null && clears.quietEvaluations() != null) {
            add(text, "; clears after %d evaluations in a row without the signal", clears.quietEvaluations());
        } else if (clears != null) {
            add(text, "; no WARN at %d defective or fewer", clears.largestX());
            if (clears.cleanOrders() > 0) {
                add(text, ", or after %d more clean orders", clears.cleanOrders());
            }
            Standing next = evidence.toStanding() == Standing.DEMOTED ? Standing.TRIAL : Standing.GOOD;
            add(text, "; %s on %s at the earliest", next, LocalDate.ofEpochDay(clears.notBefore()));
        }
        return text.toString();
    }

    /** In Chinese; {@code zone} is that of the business days. */
    public static String chinese(QualityAlert alert, ZoneId zone) {
        Evidence evidence = alert.evidence();
        StringBuilder text = new StringBuilder();
        add(text, "【%s】%s：工厂 %s", alert.status().inChinese(), happenedInChinese(alert), alert.factoryId());
        segment(alert).ifPresent(segment -> add(text, "，买家群体：%s", inChinese(segment)));
        add(text, "，%s", LocalDate.ofEpochDay(evidence.day()));
        if (evidence.fromStanding() != evidence.toStanding()) {
            add(text, " 由“%s”转为“%s”", inChinese(evidence.fromStanding()), inChinese(evidence.toStanding()));
        }
        add(text, "，原因：%s", inChinese(alert.cause()));
        for (Disparity own : disparities(alert)) {
            Group others = others(own, evidence);
            add(text, "；%s %d 单中 %d 单有缺陷", inChinese(own.segment()), own.n(), own.x());
            add(text, "（%s%%），", percent(own.x(), own.n()));
            add(text, "其余买家 %d 单中 %d 单（%s%%）", others.n, others.x, percent(others.x, others.n));
            add(text, "，z 值 %s，风险比 %s", decimal(own.z()), decimal(own.rr()).replace("Infinity", "无穷大"));
        }
        if (evidence.dispersion() != null) {
            Dispersion dispersion = evidence.dispersion();
            add(text, "；各周缺陷数/总数：%s", weeks(dispersion));
            if (dispersion.chiSquare() != null) {
                add(text, "，%d 周卡方值 %.2f", dispersion.kept(), dispersion.chiSquare());
            }
        }
        if (isAboutAClass(alert)) {
            ClassFinding finding = finding(alert);
            add(text, "；%s类：", inChinese(Cause.of(finding.defectClass())));
            add(text, "有效订单 %.1f 单中 %d 单有缺陷", finding.tally().effective(), finding.x());
            add(text, "（%s%%，标准 %s%%）", percent(finding.rate()), standard(finding));
            add(text, "，涉及 %d 位买家", finding.buyers());
        }
        add(text, "；始于 %s", date(alert.openedAt(), zone));
        ClearsWhen clears = evidence.clearsWhen();
        if (clears != null && clears.quietEvaluations() != null) {
            add(text, "；连续 %d 次评估无此信号后解除", clears.quietEvaluations());
        } else if (clears != null) {
            add(text, "；缺陷不超过 %d 单", clears.largestX());
            if (clears.cleanOrders() > 0) {
                add(text, "，或再有 %d 单无缺陷订单，", clears.cleanOrders());
            }
            String next = evidence.toStanding() == Standing.DEMOTED ? "进入试行" : "恢复良好";
            add(text, "即不再预警；最早可于 %s %s", LocalDate.ofEpochDay(clears.notBefore()), next);
        }
        return text.toString();
    }

    /** Buyer-days, and those with a defect. */
    private record Group(long n, long x) {}

    private static Group others(Disparity own, Evidence evidence) {
        long n = evidence.segments().stream().mapToLong(Disparity::n).sum() - own.n();
        long x = evidence.segments().stream().mapToLong(Disparity::x).sum() - own.x();
        return new Group(n, x);
    }

    /** The segment that a COHORT_DISPARITY is about. */
    private static Optional<Segment> segment(QualityAlert alert) {
        return alert.kind() == QualityAlert.Kind.COHORT_DISPARITY
                ? Optional.of(Segment.valueOf(
                        alert.subject().substring(alert.factoryId().length() + 1)))
                : Optional.empty();
    }

    /** What to say of segments: of the one that the alert is about, else of every one that fires. */
    private static List<Disparity> disparities(QualityAlert alert) {
        if (alert.evidence().segments() == null) {
            return List.of();
        }
        Optional<Segment> segment = segment(alert);
        return alert.evidence().segments().stream()
                .filter(s -> segment.map(own -> s.segment() == own).orElse(s.fires()))
                .toList();
    }

    private static String weeks(Dispersion dispersion) {
        return dispersion.weeks().stream()
                .map(week -> week.x() + "/" + week.n())
                .collect(Collectors.joining(" "));
    }

    /** The window of a class has little to do with the spans of DISPERSION and DISPARITY. */
    private static boolean isAboutAClass(QualityAlert alert) {
        return alert.kind() == QualityAlert.Kind.DEMOTION
                && !alert.evidence().classes().isEmpty();
    }

    private static void add(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values));
    }

    private static ClassFinding finding(QualityAlert alert) {
        DefectClass defectClass = alert.cause().defectClass();
        return alert.evidence().classes().get(defectClass.ordinal());
    }

    private static String percent(Double rate) {
        return rate == null ? "-" : String.format(Locale.ROOT, "%.2f", rate * 100);
    }

    private static String percent(long x, long n) {
        return percent(n == 0 ? null : (double) x / n);
    }

    private static String decimal(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String standard(ClassFinding finding) {
        return percent(finding.standardBp() / 10_000.0);
    }

    private static LocalDate date(long instant, ZoneId zone) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(instant), zone);
    }

    private static String happened(QualityAlert alert) {
        return switch (alert.status()) {
            case OPENED ->
                switch (alert.kind()) {
                    case DEMOTION -> "on probation";
                    case UNSTABLE_QUALITY -> "quality swings from week to week";
                    case COHORT_DISPARITY -> "one segment of buyers gets worse goods";
                };
            case ESCALATED -> "demoted";
            case RECOVERING -> "on trial";
            case RESOLVED ->
                switch (alert.kind()) {
                    case DEMOTION -> "in good standing again";
                    case UNSTABLE_QUALITY -> "quality is steady again";
                    case COHORT_DISPARITY -> "the segment of buyers no longer gets clearly worse goods";
                };
            case EXPIRED -> "no orders left to judge by";
        };
    }

    private static String happenedInChinese(QualityAlert alert) {
        return switch (alert.status()) {
            case OPENED ->
                switch (alert.kind()) {
                    case DEMOTION -> "进入考察期";
                    case UNSTABLE_QUALITY -> "各周质量波动过大";
                    case COHORT_DISPARITY -> "某一买家群体收到的货品质量明显较差";
                };
            case ESCALATED -> "已降级";
            case RECOVERING -> "进入恢复试行";
            case RESOLVED ->
                switch (alert.kind()) {
                    case DEMOTION -> "已恢复良好";
                    case UNSTABLE_QUALITY -> "质量恢复稳定";
                    case COHORT_DISPARITY -> "该买家群体的货品质量已无明显差异";
                };
            case EXPIRED -> "已无订单可供评估";
        };
    }

    private static String inChinese(Standing standing) {
        return switch (standing) {
            case UNRATED -> "未评级";
            case GOOD -> "良好";
            case WATCH -> "关注";
            case PROBATION -> "考察";
            case DEMOTED -> "降级";
            case TRIAL -> "试行";
        };
    }

    private static String inChinese(Cause cause) {
        return switch (cause) {
            case QUALITY -> "质量";
            case NEGATIVE_REVIEW -> "差评";
            case FULFILMENT -> "履约";
            case AFTER_SALES -> "售后";
            case WARN -> "预警";
            case DRIFT -> "持续恶化";
            case DISPERSION -> "质量波动";
            case DISPARITY -> "买家群体差异";
            case FORGOTTEN -> "无订单";
        };
    }

    private static String inChinese(Segment segment) {
        return switch (segment) {
            case WHOLESALER -> "批发商";
            case SMALL_BUSINESS -> "小型商户";
            case CONSUMER -> "个人消费者";
            case PLUS_MEMBER -> "PLUS 会员";
        };
    }
}
