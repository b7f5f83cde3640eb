package io.touchstone.io;

import io.touchstone.config.Options.KafkaOptions;
import io.touchstone.config.Options.KafkaSecurity;
import io.touchstone.config.Options.Protocol;
import io.touchstone.config.Secret;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.scram.ScramLoginModule;

/** What every client of Kafka has to be told to reach the brokers. No secret is among it: it may stand in a job graph. */
public final class KafkaAccess {
    private KafkaAccess() {}

    /**
     * The properties of a client.
     *
     * @param name of the job or tool, which by default tells the user
     */
    public static Map<String, String> properties(KafkaOptions kafka, String name) {
        Map<String, String> properties = new HashMap<>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        KafkaSecurity security = kafka.security();
        properties.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                security.protocol().name());
        if (security.protocol() == Protocol.SASL_SSL) {
            // Kafka's default, said all the same: without it any certificate of the authority would do.
            properties.put(SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, "https");
            if (security.caFile() != null) {
                properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
                properties.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, security.caFile());
            }
            properties.put(SaslConfigs.SASL_MECHANISM, "SCRAM-SHA-512");
            properties.put(SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS, ScramLogin.class.getName());
            properties.put(SaslConfigs.SASL_JAAS_CONFIG, login(kafka.user(name), kafka.password(name)));
        }
        return properties;
    }

    private static String login(String user, Secret password) {
        String login = ScramLoginModule.class.getName() + " required " + ScramLogin.USER + "=" + quoted(user) + " "
                + ScramLogin.VARIABLE + "=" + quoted(password.variable());
        return password.file() == null
                ? login + ";"
                : login + " " + ScramLogin.FILE + "=" + quoted(password.file()) + ";";
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
