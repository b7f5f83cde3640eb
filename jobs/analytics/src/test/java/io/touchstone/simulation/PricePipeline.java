package io.touchstone.simulation;

import io.touchstone.io.AlertMessage;
import io.touchstone.io.Rows;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.operators.PriceFloorOperator;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.FloorRow;
import io.touchstone.price.KeyedLines;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;

/** The price-floor job. */
final class PricePipeline implements Pipeline {
    private final Policy policy;
    private final Found found;
    private final Subtasks<String, KeyedLines, FloorRow> floors;

    PricePipeline(Policy policy, Found found, int parallelism, boolean rocksDb, List<Subtasks.Saved> saved)
            throws Exception {
        this.policy = policy;
        this.found = found;
        floors = new Subtasks<>(
                Subtasks.policyBound(
                        () -> new PriceFloorOperator(new PolicyTimeline(policy), Long.MAX_VALUE),
                        KeyedLines::subject,
                        Types.STRING),
                KeyedLines::subject,
                parallelism,
                rocksDb,
                saved == null ? null : saved.get(0),
                row -> Rows.of(row).forEach(found::row));
    }

    @Override
    public void arrive(Delivery delivery) throws Exception {
        Origin origin = new Origin(delivery.topic(), 0, delivery.line(), new byte[0]);
        for (KeyedLines lines : KeyedLines.of((OrderEvent) delivery.event(), origin)) {
            floors.arrive(lines);
        }
    }

    @Override
    public void watermark(long instant, boolean all, Random random) throws Exception {
        floors.watermark(instant, all, random);
        if (all || random.nextInt(3) > 0) {
            floors.knowPoliciesThrough(instant);
        }
        floors.drain(PriceFloorOperator.BREACHES, breach -> Rows.of(breach).forEach(found::row));
        floors.drain(PriceFloorOperator.ALERTS, alert -> found.alert(AlertMessage.of(alert, policy.timeZone())));
        floors.drain(PriceFloorOperator.DEAD_LETTERS, found::letter);
    }

    @Override
    public List<Subtasks.Saved> snapshot(long checkpoint) throws Exception {
        return List.of(floors.snapshot(checkpoint));
    }

    @Override
    public void close() throws Exception {
        floors.close();
    }
}
