package io.touchstone.chaos.mutant;

import io.touchstone.io.AlertMessage;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The alerts' sink on a task that is always late: a transaction that a checkpoint completed is committed seconds after it. */
@SuppressWarnings({"unchecked", "rawtypes"}) // what the connector keeps to itself is handed on as it is
final class SlowCommits implements Sink<AlertMessage>, SupportsCommitter, SupportsWriterState {
    private static final long serialVersionUID = 1;
    private static final long LATE_SECONDS = 3;

    private final KafkaSink<AlertMessage> alerts;

    SlowCommits(KafkaSink<AlertMessage> alerts) {
        this.alerts = alerts;
    }

    @Override
    public SinkWriter<AlertMessage> createWriter(WriterInitContext context) throws IOException {
        return alerts.createWriter(context);
    }

    @Override
    public StatefulSinkWriter restoreWriter(WriterInitContext context, Collection state) throws IOException {
        return ((SupportsWriterState) alerts).restoreWriter(context, state);
    }

    @Override
    public SimpleVersionedSerializer getWriterStateSerializer() {
        return ((SupportsWriterState) alerts).getWriterStateSerializer();
    }

    @Override
    public Committer createCommitter(CommitterInitContext context) throws IOException {
        Committer committer = ((SupportsCommitter) alerts).createCommitter(context);
        return new Committer() {
            @Override
            public void commit(Collection requests) throws IOException, InterruptedException {
                TimeUnit.SECONDS.sleep(LATE_SECONDS);
                committer.commit(requests);
            }

            @Override
            public void close() throws Exception {
                committer.close();
            }
        };
    }

    @Override
    public SimpleVersionedSerializer getCommittableSerializer() {
        return ((SupportsCommitter) alerts).getCommittableSerializer();
    }
}
