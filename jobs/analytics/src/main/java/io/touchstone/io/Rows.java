package io.touchstone.io;

import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.ItemSeller;
import io.touchstone.price.PriceKey;
import io.touchstone.quality.ClassFinding;
import io.touchstone.quality.Disparity;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.FactoryScore;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** From findings of the domain to rows of the tables. */
public final class Rows {
    private Rows() {}

    /** The fact for the history, and the newest state of the same tier. */
    public static List<TableRow> of(FloorRow row) {
        PriceKey key = PriceKey.parse(row.subject());
        List<String> values = texts(
                key.skuId(),
                key.channel(),
                key.currency(),
                row.minQuantity(),
                row.validFrom(),
                row.floor().floorMicros(),
                row.floor().literalMicros(),
                row.floor().status(),
                row.floor().buyers(),
                row.policyVersion());
        return List.of(new TableRow(Table.PRICE_FLOOR_HISTORY, values), new TableRow(Table.PRICE_FLOOR, values));
    }

    /** {@code policyVersion}: of the policy that the job started with. */
    public static TableRow of(ItemSeller seller, String policyVersion) {
        PriceKey key = PriceKey.parse(seller.subject());
        return new TableRow(
                Table.ITEM_FACTORY,
                texts(
                        key.skuId(),
                        key.channel(),
                        key.currency(),
                        seller.since(),
                        seller.factoryId(),
                        seller.categoryId(),
                        policyVersion));
    }

    public static List<TableRow> of(Breach breach) {
        PriceKey key = PriceKey.parse(breach.subject());
        return List.of(new TableRow(
                Table.PRICE_BREACH,
                texts(
                        breach.orderId(),
                        breach.lineId(),
                        breach.factoryId(),
                        key.skuId(),
                        key.channel(),
                        key.currency(),
                        breach.quantity(),
                        breach.tier(),
                        breach.buyerId(),
                        breach.paidAt(),
                        breach.priceMicros(),
                        breach.floor().floorMicros(),
                        breach.floor().status(),
                        breach.excessBp(),
                        breach.alertId(),
                        breach.policyVersion())));
    }

    /** The revision as a fact, and the newest state of its alert. */
    public static List<TableRow> of(AlertMessage alert) {
        return List.of(
                new TableRow(
                        Table.ALERT_REVISION,
                        texts(
                                alert.alertId(),
                                alert.revision(),
                                alert.kind(),
                                alert.status(),
                                alert.subject(),
                                alert.factoryId(),
                                alert.at(),
                                alert.cause(),
                                alert.severity(),
                                alert.summary(),
                                alert.summaryZh(),
                                alert.evidence(),
                                alert.policyVersion())),
                new TableRow(
                        Table.ALERT,
                        texts(
                                alert.alertId(),
                                alert.revision(),
                                alert.kind(),
                                alert.status(),
                                alert.subject(),
                                alert.factoryId(),
                                alert.at(),
                                alert.cause(),
                                alert.severity(),
                                alert.summary(),
                                alert.summaryZh(),
                                alert.evidence(),
                                alert.openedAt(),
                                alert.closedAt(),
                                alert.policyVersion())));
    }

    /** Everything a midnight has to say about a factory, its alerts apart. */
    public static List<TableRow> of(Evaluation evaluation) {
        List<TableRow> rows = new ArrayList<>();
        FactoryScore score = evaluation.score();
        LocalDate day = LocalDate.ofEpochDay(evaluation.day());
        if (score != null) {
            List<String> values = texts(
                    evaluation.factoryId(),
                    day,
                    score.score(),
                    score.band(),
                    score.standing(),
                    score.categoryId(),
                    score.beltId(),
                    evaluation.policyVersion());
            if (evaluation.outcome() == Evaluation.Outcome.EVALUATED) {
                rows.add(new TableRow(Table.FACTORY_SCORE_DAILY, values));
            }
            rows.add(new TableRow(Table.FACTORY_SCORE, values));
        }
        for (ClassFinding finding : evaluation.classes()) {
            rows.add(new TableRow(
                    Table.FACTORY_CLASS_DAILY,
                    texts(
                            evaluation.factoryId(),
                            day,
                            finding.defectClass(),
                            finding.x(),
                            finding.n(),
                            finding.eMilli(),
                            finding.rate(),
                            finding.shrunkRate(),
                            finding.standardBp(),
                            finding.subScore(),
                            finding.buyers(),
                            finding.cusum(),
                            finding.signal(),
                            finding.drift(),
                            evaluation.policyVersion())));
        }
        for (Disparity segment : evaluation.segments()) {
            rows.add(new TableRow(
                    Table.FACTORY_SEGMENT_DAILY,
                    texts(
                            evaluation.factoryId(),
                            day,
                            segment.segment(),
                            segment.n(),
                            segment.x(),
                            segment.z(),
                            segment.rr(),
                            segment.fires(),
                            evaluation.policyVersion())));
        }
        Evaluation.StandingMove move = evaluation.move();
        if (move != null) {
            rows.add(new TableRow(
                    Table.STANDING_HISTORY,
                    texts(
                            evaluation.factoryId(),
                            move.enteredAt(),
                            move.from(),
                            move.to(),
                            move.cause(),
                            move.alertId(),
                            evaluation.policyVersion())));
        }
        return rows;
    }

    private static List<String> texts(Object... values) {
        String[] texts = new String[values.length];
        Arrays.setAll(texts, i -> Objects.toString(values[i], null));
        return Arrays.asList(texts);
    }
}
