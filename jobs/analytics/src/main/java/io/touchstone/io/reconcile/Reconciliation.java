package io.touchstone.io.reconcile;

import io.touchstone.config.Options;
import io.touchstone.io.AlertMessage;
import io.touchstone.io.AlertSerializer;
import io.touchstone.io.Database;
import io.touchstone.io.KafkaAccess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Compares the alert topics with table {@code alert_revision}, and publishes what is missing. Three things keep it from publishing what
 * the job itself is about to: a revision has to be recorded for some time, no open transaction may hold it, and the job's newest
 * checkpoint has to be past everything the revision was made of. So it may run at any time, beside the jobs, and again.
 */
public final class Reconciliation {
    private static final int PUBLISHED_AT_ONCE = 1000;

    private final Options options;
    private final Duration settled;
    private final Map<String, Object> client;

    /** {@code settled}: how long ago a revision has to be recorded to count as missing. */
    public Reconciliation(Options options, Duration settled) {
        this.options = options;
        this.settled = settled;
        client = new HashMap<>(KafkaAccess.properties(options.kafka(), "reconcile"));
        client.put(CommonClientConfigs.CLIENT_ID_CONFIG, "touchstone-reconcile");
    }

    /** Compares, and changes nothing. */
    public List<Findings> compare() throws SQLException, ExecutionException, InterruptedException {
        try (Connection connection = Database.open(options.database())) {
            List<Findings> all = new ArrayList<>();
            for (AlertFlow flow : AlertFlow.of(options.kafka().topics())) {
                all.add(compare(flow, new RevisionTable(connection)));
            }
            return all;
        }
    }

    /** Compares, and publishes what is missing, all of it in one transaction. Whoever else is at it at the same time fails. */
    public List<Findings> mend() throws SQLException, ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = producer();
                Connection connection = Database.open(options.database())) {
            // Before anything is read: from here on no other one can commit.
            producer.initTransactions();
            producer.beginTransaction();
            RevisionTable table = new RevisionTable(connection);
            List<Findings> all = new ArrayList<>();
            for (AlertFlow flow : AlertFlow.of(options.kafka().topics())) {
                Findings findings = compare(flow, table);
                publish(flow, findings, table, producer);
                all.add(findings);
            }
            producer.commitTransaction();
            return all;
        }
    }

    private Findings compare(AlertFlow flow, RevisionTable table)
            throws SQLException, ExecutionException, InterruptedException {
        // In this order: what is recorded now, and of settled age, was published by a checkpoint that is complete by
        // then, or never.
        Instant settledBefore = table.ago(settled);
        Map<Revision, Instant> recorded = table.recorded(flow.kinds());
        String behind = JobProgress.behind(client, options.kafka().group(flow.job()), flow.inputs(), settledBefore)
                .map(TopicPartition::toString)
                .orElse(null);
        AlertTopic topic = AlertTopic.read(client, flow.topic());
        Set<Revision> strange = new HashSet<>(topic.committed().keySet());
        strange.removeAll(recorded.keySet());
        return Findings.of(
                flow.topic(),
                recorded,
                table.present(strange),
                topic,
                settledBefore,
                options.kafka().transactionTimeout(),
                behind);
    }

    private static void publish(
            AlertFlow flow, Findings findings, RevisionTable table, KafkaProducer<byte[], byte[]> producer)
            throws SQLException {
        List<Revision> batch = new ArrayList<>();
        for (Iterator<Revision> missing = findings.missing().iterator(); missing.hasNext(); ) {
            batch.add(missing.next());
            if (batch.size() == PUBLISHED_AT_ONCE || !missing.hasNext()) {
                for (AlertMessage alert : table.messages(batch)) {
                    // An error surfaces with the commit.
                    var unused = producer.send(AlertSerializer.message(flow.topic(), alert));
                }
                batch.clear();
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, options.kafka().transactionalIdPrefix() + "-reconcile");
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                options.kafka().transactionTimeout().toMillis());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
