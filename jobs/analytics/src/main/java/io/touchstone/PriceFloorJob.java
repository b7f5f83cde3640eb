package io.touchstone;

import io.touchstone.config.Options;
import io.touchstone.config.PolicyFile;
import io.touchstone.io.AlertCounts;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.KafkaEnds;
import io.touchstone.io.Rows;
import io.touchstone.io.TableRow;
import io.touchstone.io.TableSink;
import io.touchstone.market.Arrival;
import io.touchstone.market.DeadLetter;
import io.touchstone.market.OrderEvent;
import io.touchstone.operators.AcceptPolicies;
import io.touchstone.operators.PackedType;
import io.touchstone.operators.PriceFloorOperator;
import io.touchstone.operators.SplitOrders;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.price.Breach;
import io.touchstone.price.FloorRow;
import io.touchstone.price.ItemSeller;
import io.touchstone.price.KeyedLines;
import io.touchstone.price.PriceAlert;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** Orders in; exact 30-day price floors, breaches and price alerts out. */
public final class PriceFloorJob {
    /** The type of what keys are told. */
    public static final PackedType<KeyedLines> KEYED_LINES =
            new PackedType<>(KeyedLines.class, KeyedLines::write, KeyedLines::read);

    private PriceFloorJob() {}

    /** {@code price-floor-job [CONF]}: CONF is the folder of jobs.yaml and policy.yaml, by default {@code conf}. */
    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            throw new IllegalArgumentException("usage: PriceFloorJob [CONF]");
        }
        Path conf = Path.of(args.length == 0 ? "conf" : args[0]);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Options options = Options.read(conf.resolve("jobs.yaml"));
        define(env, options, PolicyFile.read(conf.resolve("policy.yaml")));
        KafkaEnds.checkBroker(options, "price-floor");
        env.execute("price-floor");
    }

    /** The job between its real ends. */
    public static void define(StreamExecutionEnvironment env, Options options, Policy policy) {
        KafkaEnds kafka = new KafkaEnds(options, policy, "price-floor");
        SingleOutputStreamOperator<PolicyChange> changes = PolicyStream.accepted(env, kafka, policy);
        define(env, new PolicyTimeline(policy), changes, Long.MAX_VALUE, kafka.orders(env), new Outputs() {
            @Override
            public void rows(DataStream<TableRow> rows) {
                rows.sinkTo(new TableSink(options.database()))
                        .name("write-price-tables")
                        .uid("write-price-tables");
            }

            @Override
            public void sellers(DataStream<ItemSeller> sellers) {
                String version = policy.version();
                sellers.map(seller -> Rows.of(seller, version), TableRow.TYPE)
                        .name("lay-out-item-factories")
                        .uid("lay-out-item-factories")
                        .sinkTo(new TableSink(options.database()))
                        .name("write-item-factories")
                        .uid("write-item-factories");
            }

            @Override
            public void alerts(DataStream<AlertMessage> alerts) {
                kafka.priceAlerts(alerts);
            }

            @Override
            public void deadLetters(DataStream<DeadLetter> letters) {
                kafka.deadLetters(letters.union(changes.getSideOutput(AcceptPolicies.DEAD_LETTERS)));
            }
        });
    }

    /**
     * The job between any ends.
     *
     * @param policies what is known of the policy before anything was read
     * @param changes of the policy; event time goes on as far as they are known
     * @param until the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends
     */
    public static void define(
            StreamExecutionEnvironment env,
            PolicyTimeline policies,
            DataStream<PolicyChange> changes,
            long until,
            DataStream<Arrival<OrderEvent>> orders,
            Outputs outputs) {
        JobSettings.apply(env);
        ZoneId zone = policies.first().timeZone();

        SingleOutputStreamOperator<KeyedLines> lines = orders.process(new SplitOrders(), KEYED_LINES)
                .name("split-orders")
                .uid("split-orders")
                .setParallelism(orders.getParallelism());
        SingleOutputStreamOperator<FloorRow> floors = lines.keyBy(KeyedLines::subject, Types.STRING)
                .connect(changes.broadcast())
                .transform(
                        "keep-price-floors",
                        TypeInformation.of(FloorRow.class),
                        new PriceFloorOperator(policies, until))
                .uid("keep-price-floors");
        SingleOutputStreamOperator<AlertMessage> alerts = floors.getSideOutput(PriceFloorOperator.ALERTS)
                .map(alert -> AlertMessage.of(alert, zone), TypeInformation.of(AlertMessage.class))
                .name("word-price-alerts")
                .uid("word-price-alerts")
                .map(new AlertCounts(List.of(PriceAlert.KIND)), TypeInformation.of(AlertMessage.class))
                .name("count-price-alerts")
                .uid("count-price-alerts");

        DataStream<TableRow> rows = floors.flatMap(
                        (FloorRow row, Collector<TableRow> out) -> Rows.of(row).forEach(out::collect), TableRow.TYPE)
                .name("lay-out-floors")
                .uid("lay-out-floors")
                .union(
                        floors.getSideOutput(PriceFloorOperator.BREACHES)
                                .flatMap(
                                        (Breach breach, Collector<TableRow> out) ->
                                                Rows.of(breach).forEach(out::collect),
                                        TableRow.TYPE)
                                .name("lay-out-breaches")
                                .uid("lay-out-breaches"),
                        alerts.flatMap(
                                        (AlertMessage alert, Collector<TableRow> out) ->
                                                Rows.of(alert).forEach(out::collect),
                                        TableRow.TYPE)
                                .name("lay-out-alerts")
                                .uid("lay-out-alerts"));

        outputs.rows(rows);
        outputs.sellers(lines.getSideOutput(SplitOrders.SELLERS));
        outputs.alerts(alerts);
        outputs.deadLetters(lines.getSideOutput(SplitOrders.DEAD_LETTERS)
                .union(floors.getSideOutput(PriceFloorOperator.DEAD_LETTERS)));
    }
}
