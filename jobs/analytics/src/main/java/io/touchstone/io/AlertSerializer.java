package io.touchstone.io;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** An alert as a message: JSON under its id, with CloudEvents headers. */
public final class AlertSerializer implements KafkaRecordSerializationSchema<AlertMessage> {
    private static final long serialVersionUID = 1;
    private final String topic;

    AlertSerializer(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(AlertMessage alert, KafkaSinkContext context, Long timestamp) {
        return message(topic, alert);
    }

    /** The same bytes for the same alert, whoever publishes it. */
    public static ProducerRecord<byte[], byte[]> message(String topic, AlertMessage alert) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, utf8(alert.alertId()), utf8(Json.of(alert)));
        // CloudEvents 1.0, Kafka protocol binding, binary content mode.
        header(record, "ce_specversion", "1.0");
        header(record, "ce_id", alert.alertId() + "/" + alert.revision());
        header(record, "ce_source", "/touchstone/" + topic);
        header(record, "ce_type", "io.touchstone.alert." + alert.kind().toLowerCase(Locale.ROOT));
        header(record, "ce_subject", alert.subject());
        header(record, "ce_time", Instant.ofEpochMilli(alert.at()).toString());
        header(record, "content-type", "application/json");
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
