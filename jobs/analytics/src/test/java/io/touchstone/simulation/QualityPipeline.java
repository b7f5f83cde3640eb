package io.touchstone.simulation;

import io.touchstone.io.AlertMessage;
import io.touchstone.io.Rows;
import io.touchstone.market.OrderEvent;
import io.touchstone.market.Origin;
import io.touchstone.market.ReturnEvent;
import io.touchstone.market.ReviewEvent;
import io.touchstone.operators.FactoryLedgersOperator;
import io.touchstone.operators.OrderRecordsOperator;
import io.touchstone.oracle.QualityOracle.Delivery;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;

/** The factory-quality job. */
final class QualityPipeline implements Pipeline {
    private final Found found;
    private final Deque<Fact> facts = new ArrayDeque<>();
    private final Subtasks<Integer, OrderNews, Fact> orders;
    private final Subtasks<String, Fact, Evaluation> factories;

    QualityPipeline(Policy policy, Found found, int parallelism, boolean rocksDb, List<Subtasks.Saved> saved)
            throws Exception {
        this.found = found;
        orders = new Subtasks<>(
                Subtasks.plain(
                        () -> new OrderRecordsOperator(policy, Long.MAX_VALUE),
                        OrderRecordsOperator::bucket,
                        Types.INT),
                OrderRecordsOperator::bucket,
                parallelism,
                rocksDb,
                saved == null ? null : saved.get(0),
                facts::add);
        factories = new Subtasks<>(
                Subtasks.policyBound(
                        () -> new FactoryLedgersOperator(new PolicyTimeline(policy), Long.MAX_VALUE),
                        fact -> fact.buyerDay().factoryId(),
                        Types.STRING),
                fact -> fact.buyerDay().factoryId(),
                parallelism,
                rocksDb,
                saved == null ? null : saved.get(1),
                evaluation -> {
                    Rows.of(evaluation).forEach(found::row);
                    evaluation.alerts().forEach(alert -> found.alert(AlertMessage.of(alert, policy.timeZone())));
                });
    }

    @Override
    public void arrive(Delivery delivery) throws Exception {
        Origin origin = new Origin(delivery.topic(), 0, delivery.line(), new byte[0]);
        orders.arrive(
                delivery.event() instanceof OrderEvent order
                        ? OrderNews.of(order)
                        : delivery.event() instanceof ReturnEvent step
                                ? OrderNews.of(step, origin)
                                : OrderNews.of((ReviewEvent) delivery.event(), origin));
    }

    @Override
    public void watermark(long instant, boolean all, Random random) throws Exception {
        orders.watermark(instant, all, random);
        orders.drain(OrderRecordsOperator.DEAD_LETTERS, found::letter);
        for (Fact fact = facts.poll(); fact != null; fact = facts.poll()) {
            factories.arrive(fact);
        }
        factories.watermark(orders.watermark(), all, random);
        if (all || random.nextInt(3) > 0) {
            factories.knowPoliciesThrough(instant);
        }
    }

    @Override
    public List<Subtasks.Saved> snapshot(long checkpoint) throws Exception {
        return List.of(orders.snapshot(checkpoint), factories.snapshot(checkpoint));
    }

    @Override
    public void close() throws Exception {
        orders.close();
        factories.close();
    }
}
