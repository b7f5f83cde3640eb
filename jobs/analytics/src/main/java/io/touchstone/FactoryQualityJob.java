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
import io.touchstone.operators.AcceptPolicies;
import io.touchstone.operators.FactoryLedgersOperator;
import io.touchstone.operators.OrderRecordsOperator;
import io.touchstone.operators.PackedType;
import io.touchstone.operators.SplitNews;
import io.touchstone.policy.Policy;
import io.touchstone.policy.PolicyChange;
import io.touchstone.policy.PolicyTimeline;
import io.touchstone.quality.Evaluation;
import io.touchstone.quality.Fact;
import io.touchstone.quality.OrderNews;
import io.touchstone.quality.QualityAlert;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** Orders, returns and reviews in; rolling quality scores, standing and demotion alerts of factories out. */
public final class FactoryQualityJob {
    /** The type of what happens to orders. */
    public static final PackedType<OrderNews> ORDER_NEWS =
            new PackedType<>(OrderNews.class, OrderNews::write, OrderNews::read);

    private static final PackedType<Fact> FACTS = new PackedType<>(Fact.class, Fact::write, Fact::read);

    private static final List<String> ALERT_KINDS =
            Stream.of(QualityAlert.Kind.values()).map(Enum::name).toList();

    private FactoryQualityJob() {}

    /** {@code factory-quality-job [CONF]}: CONF is the folder of jobs.yaml and policy.yaml, by default {@code conf}. */
    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            throw new IllegalArgumentException("usage: FactoryQualityJob [CONF]");
        }
        Path conf = Path.of(args.length == 0 ? "conf" : args[0]);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Options options = Options.read(conf.resolve("jobs.yaml"));
        define(env, options, PolicyFile.read(conf.resolve("policy.yaml")));
        KafkaEnds.checkBroker(options, "factory-quality");
        env.execute("factory-quality");
    }

    /** The job between its real ends. */
    public static void define(StreamExecutionEnvironment env, Options options, Policy policy) {
        KafkaEnds kafka = new KafkaEnds(options, policy, "factory-quality");
        SingleOutputStreamOperator<OrderNews> orders =
                split(kafka.orders(env), "split-orders", (order, origin) -> OrderNews.of(order));
        SingleOutputStreamOperator<OrderNews> returns = split(kafka.returns(env), "split-returns", OrderNews::of);
        SingleOutputStreamOperator<OrderNews> reviews = split(kafka.reviews(env), "split-reviews", OrderNews::of);
        SingleOutputStreamOperator<PolicyChange> changes = PolicyStream.accepted(env, kafka, policy);
        DataStream<OrderNews> news = orders.union(returns, reviews);
        define(env, new PolicyTimeline(policy), changes, Long.MAX_VALUE, news, new Outputs() {
            @Override
            public void rows(DataStream<TableRow> rows) {
                rows.sinkTo(new TableSink(options.database()))
                        .name("write-quality-tables")
                        .uid("write-quality-tables");
            }

            @Override
            public void alerts(DataStream<AlertMessage> alerts) {
                kafka.demotionAlerts(alerts);
            }

            @Override
            public void deadLetters(DataStream<DeadLetter> letters) {
                kafka.deadLetters(letters.union(
                        changes.getSideOutput(AcceptPolicies.DEAD_LETTERS),
                        orders.getSideOutput(SplitNews.DEAD_LETTERS),
                        returns.getSideOutput(SplitNews.DEAD_LETTERS),
                        reviews.getSideOutput(SplitNews.DEAD_LETTERS)));
            }
        });
    }

    private static <E> SingleOutputStreamOperator<OrderNews> split(
            DataStream<Arrival<E>> arrivals, String name, SplitNews.News<E> news) {
        return arrivals.process(new SplitNews<>(news), ORDER_NEWS).name(name).uid(name);
    }

    /**
     * The job between any ends.
     *
     * @param policies what is known of the policy before anything was read
     * @param changes of the policy; event time goes on as far as they are known
     * @param until the last instant at which anything happens; {@link Long#MAX_VALUE} for a job that never ends
     * @param news what happened to orders, returns and reviews among it
     */
    public static void define(
            StreamExecutionEnvironment env,
            PolicyTimeline policies,
            DataStream<PolicyChange> changes,
            long until,
            DataStream<OrderNews> news,
            Outputs outputs) {
        JobSettings.apply(env);
        ZoneId zone = policies.first().timeZone();

        SingleOutputStreamOperator<Fact> facts = news.keyBy(OrderRecordsOperator::bucket, Types.INT)
                .transform("keep-order-records", FACTS, new OrderRecordsOperator(policies.first(), until))
                .uid("keep-order-records");
        SingleOutputStreamOperator<Evaluation> evaluations = facts.keyBy(
                        fact -> fact.buyerDay().factoryId(), Types.STRING)
                .connect(changes.broadcast())
                .transform(
                        "keep-factory-ledgers",
                        PackedType.withinTask(Evaluation.class),
                        new FactoryLedgersOperator(policies, until))
                .uid("keep-factory-ledgers");
        SingleOutputStreamOperator<AlertMessage> alerts = evaluations
                .flatMap(
                        (Evaluation evaluation, Collector<AlertMessage> out) -> {
                            for (QualityAlert alert : evaluation.alerts()) {
                                out.collect(AlertMessage.of(alert, zone));
                            }
                        },
                        TypeInformation.of(AlertMessage.class))
                .name("word-quality-alerts")
                .uid("word-quality-alerts")
                .map(new AlertCounts(ALERT_KINDS), TypeInformation.of(AlertMessage.class))
                .name("count-quality-alerts")
                .uid("count-quality-alerts");

        outputs.rows(evaluations
                .flatMap(
                        (Evaluation evaluation, Collector<TableRow> out) ->
                                Rows.of(evaluation).forEach(out::collect),
                        TableRow.TYPE)
                .name("lay-out-evaluations")
                .uid("lay-out-evaluations")
                .union(alerts.flatMap(
                                (AlertMessage alert, Collector<TableRow> out) ->
                                        Rows.of(alert).forEach(out::collect),
                                TableRow.TYPE)
                        .name("lay-out-quality-alerts")
                        .uid("lay-out-quality-alerts")));
        outputs.alerts(alerts);
        outputs.deadLetters(facts.getSideOutput(OrderRecordsOperator.DEAD_LETTERS));
    }
}
