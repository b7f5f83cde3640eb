package io.touchstone.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.config.ConfigException;
import io.touchstone.config.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's clients are told, and what they find out where they run. */
class KafkaAccessTest {
    @TempDir
    private Path temp;

    private Path passwordFile;

    @BeforeEach
    void writePassword() throws IOException {
        // A name that a login line has to quote.
        passwordFile = Files.writeString(temp.resolve("a \"pass\\word\""), "s3cret\n");
    }

    private Map<String, String> properties(String security) throws IOException {
        Path file = Files.writeString(temp.resolve("jobs.yaml"), "kafka: {security: " + security + "}");
        return KafkaAccess.properties(Options.read(file).kafka(), "price-floor");
    }

    private ScramLogin login(Map<String, String> properties) {
        ScramLogin login = new ScramLogin();
        login.configure(
                Map.of(),
                "SCRAM-SHA-512",
                JaasContext.loadClientContext(Map.of(
                                SaslConfigs.SASL_JAAS_CONFIG,
                                new Password(properties.get(SaslConfigs.SASL_JAAS_CONFIG))))
                        .configurationEntries());
        return login;
    }

    @Test
    void saysNothingOfTlsWithoutSecurity() throws IOException {
        assertThat(properties("{}"))
                .isEqualTo(Map.of("bootstrap.servers", "localhost:9092", "security.protocol", "PLAINTEXT"));
    }

    @Test
    void checksTheHostNameOfTheBroker() throws IOException {
        assertThat(properties("{protocol: sasl-ssl, ca_file: /ca.pem}"))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("ssl.endpoint.identification.algorithm", "https")
                .containsEntry("ssl.truststore.type", "PEM")
                .containsEntry("ssl.truststore.location", "/ca.pem");
    }

    @Test
    void holdsNoSecretAndFindsItWhereTheClientRuns() throws Exception {
        Map<String, String> properties = properties("{protocol: sasl-ssl, password_file: '" + passwordFile + "'}");
        assertThat(properties.toString()).doesNotContain("s3cret").contains("touchstone-price-floor");

        ScramLogin login = login(properties);
        NameCallback name = new NameCallback("?");
        PasswordCallback password = new PasswordCallback("?", false);
        login.handle(new Callback[] {name, password});
        assertThat(name.getName()).isEqualTo("touchstone-price-floor");
        assertThat(password.getPassword()).containsExactly("s3cret".toCharArray());

        Files.writeString(passwordFile, "another");
        login.handle(new Callback[] {password});
        assertThat(password.getPassword()).containsExactly("another".toCharArray());
    }

    @Test
    void doesNotStartWithoutAPassword() throws IOException {
        Map<String, String> properties = properties("{protocol: sasl-ssl}");
        assertThatThrownBy(() -> login(properties))
                .isInstanceOf(ConfigException.class)
                .hasMessage("there is no password for touchstone-price-floor: set environment variable"
                        + " TOUCHSTONE_KAFKA_PASSWORD, or give password_file");
    }
}
