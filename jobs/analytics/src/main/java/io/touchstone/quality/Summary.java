package io.touchstone.quality;

import io.touchstone.policy.DefectClass;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;

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
        add(text, "%s %s: factory %s", alert.status(), happened(alert), alert.subject());
        if (evidence.fromStanding() != evidence.toStanding()) {
            add(text, ", %s to %s", evidence.fromStanding(), evidence.toStanding());
        }
        add(text, " on %s, cause %s", LocalDate.ofEpochDay(evidence.day()), alert.cause());
        if (!evidence.classes().isEmpty()) {
            ClassFinding finding = finding(alert);
            add(
                    text,
                    "; %s: %d defective of %.1f effective orders (%s %%, standard %s %%), %d buyer(s)",
                    finding.defectClass(),
                    finding.x(),
                    finding.tally().effective(),
                    percent(finding.rate()),
                    standard(finding),
                    finding.buyers());
        }
        if (evidence.dispersion() != null && evidence.dispersion().chiSquare() != null) {
            Dispersion dispersion = evidence.dispersion();
            add(text, "; chi-square %.2f over %d weeks", dispersion.chiSquare(), dispersion.kept());
        }
        if (evidence.segments() != null) {
            evidence.segments().stream()
                    .filter(Disparity::fires)
                    .forEach(s -> add(
                            text, "; %s: %d of %d, z %.2f, risk ratio %.2f", s.segment(), s.x(), s.n(), s.z(), s.rr()));
        }
        add(text, "; since %s", date(alert.openedAt(), zone));
        ClearsWhen clears = evidence.clearsWhen();
        if (clears != null && clears.quietEvaluations() != null) {
            add(text, "; clears after %d evaluations without the signal", clears.quietEvaluations());
        } else if (clears != null) {
            add(
                    text,
                    "; no WARN at %d defective or fewer, or after %d more clean orders",
                    clears.largestX(),
                    clears.cleanOrders());
        }
        return text.toString();
    }

    /** In Chinese; {@code zone} is that of the business days. */
    public static String chinese(QualityAlert alert, ZoneId zone) {
        Evidence evidence = alert.evidence();
        StringBuilder text = new StringBuilder();
        add(text, "%s %s：工厂 %s", alert.status(), happenedInChinese(alert), alert.subject());
        add(text, "，%s", LocalDate.ofEpochDay(evidence.day()));
        if (evidence.fromStanding() != evidence.toStanding()) {
            add(text, " 由%s转为%s", inChinese(evidence.fromStanding()), inChinese(evidence.toStanding()));
        }
        add(text, "，原因：%s", inChinese(alert.cause()));
        if (!evidence.classes().isEmpty()) {
            ClassFinding finding = finding(alert);
            add(
                    text,
                    "；%s：有效订单 %.1f 单中 %d 单有缺陷（%s%%，标准 %s%%），涉及 %d 位买家",
                    inChinese(Cause.of(finding.defectClass())),
                    finding.tally().effective(),
                    finding.x(),
                    percent(finding.rate()),
                    standard(finding),
                    finding.buyers());
        }
        if (evidence.dispersion() != null && evidence.dispersion().chiSquare() != null) {
            Dispersion dispersion = evidence.dispersion();
            add(text, "；%d 周卡方值 %.2f", dispersion.kept(), dispersion.chiSquare());
        }
        if (evidence.segments() != null) {
            evidence.segments().stream()
                    .filter(Disparity::fires)
                    .forEach(s -> add(text, "；%s：%d/%d，z %.2f，风险比 %.2f", s.segment(), s.x(), s.n(), s.z(), s.rr()));
        }
        add(text, "；始于 %s", date(alert.openedAt(), zone));
        ClearsWhen clears = evidence.clearsWhen();
        if (clears != null && clears.quietEvaluations() != null) {
            add(text, "；再有 %d 次评估无此信号即解除", clears.quietEvaluations());
        } else if (clears != null) {
            add(text, "；缺陷降至 %d 单或新增 %d 单无缺陷订单即不再预警", clears.largestX(), clears.cleanOrders());
        }
        return text.toString();
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
                    case COHORT_DISPARITY -> "no segment of buyers gets worse goods any more";
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
                    case COHORT_DISPARITY -> "某类买家收到的货品质量偏差";
                };
            case ESCALATED -> "已降级";
            case RECOVERING -> "进入恢复试行";
            case RESOLVED ->
                switch (alert.kind()) {
                    case DEMOTION -> "恢复良好";
                    case UNSTABLE_QUALITY -> "质量恢复稳定";
                    case COHORT_DISPARITY -> "各类买家质量已无差异";
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
            case DISPARITY -> "买家差异";
            case FORGOTTEN -> "无订单";
        };
    }
}
