package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.touchstone.config.Options;
import io.touchstone.policy.Policy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.management.BadAttributeValueExpException;
import javax.swing.event.EventListenerList;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code conf/config.yaml} keeps shut, and that the jobs go through what it leaves open. */
class FlinkConfigTest {
    private static final Configuration SHIPPED = GlobalConfiguration.loadConfiguration(
            Path.of(System.getProperty("touchstone.home"), "conf").toString());

    @TempDir
    private Path temp;

    private static ObjectInputFilter filter() {
        String pattern = Arrays.stream(
                        SHIPPED.get(CoreOptions.FLINK_DEFAULT_JVM_OPTIONS).split("\\s+"))
                .filter(option -> option.startsWith("-Djdk.serialFilter="))
                .map(option -> option.substring(option.indexOf('=') + 1))
                .findFirst()
                .orElseThrow();
        return ObjectInputFilter.Config.createFilter(pattern);
    }

    private static Object received(Object sent) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(sent);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            in.setObjectInputFilter(filter());
            return in.readObject();
        }
    }

    private StreamGraph graph(boolean price) throws IOException {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(5000);
        Path file = temp.resolve("jobs.yaml");
        Options options = Options.read(Files.exists(file) ? file : Files.createFile(file));
        if (price) {
            PriceFloorJob.define(env, options, Policy.DEFAULT);
        } else {
            FactoryQualityJob.define(env, options, Policy.DEFAULT);
        }
        return env.getStreamGraph();
    }

    @Test
    void keepsTheRestInterfaceToThisMachine() {
        assertThat(SHIPPED.get(RestOptions.BIND_ADDRESS)).isEqualTo("localhost");
        assertThat(SHIPPED.get(WebOptions.SUBMIT_ENABLE)).isFalse();
        assertThat(SHIPPED.get(WebOptions.CANCEL_ENABLE)).isFalse();
    }

    @Test
    void leavesNothingToKryo() throws IOException {
        assertThat(SHIPPED.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        for (boolean price : new boolean[] {true, false}) {
            for (StreamNode node : graph(price).getStreamNodes()) {
                assertThat(node.getTypeSerializerOut())
                        .as(node.getOperatorName())
                        .satisfiesAnyOf(
                                none -> assertThat(none).isNull(),
                                some -> assertThat(some.getClass().getName()).doesNotContain("kryo"));
            }
        }
    }

    @Test
    void letsFlinksProcessesSendTheJobs() {
        for (boolean price : new boolean[] {true, false}) {
            assertThatCode(() -> received(graph(price))).doesNotThrowAnyException();
        }
        assertThatCode(() -> received(new SerializedThrowable(new IOException("the broker is away"))))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatAttacksAreMadeOf() {
        for (Object foreign : List.of(new BadAttributeValueExpException("x"), new EventListenerList())) {
            assertThatThrownBy(() -> received(foreign))
                    .isInstanceOf(InvalidClassException.class)
                    .hasMessageContaining("REJECTED");
        }
    }
}
