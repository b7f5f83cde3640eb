package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.touchstone.config.Options;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ResourceManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code conf/kubernetes} deploys is what runs everywhere else. No server is asked: the manifests are read. */
class KubernetesTest {
    private static final Path HOME = Path.of(System.getProperty("touchstone.home"));
    private static final Path FOLDER = HOME.resolve("conf/kubernetes");
    private static final YAMLMapper YAML = new YAMLMapper();

    private static final List<Class<?>> OPTIONS = List.of(
            CheckpointingOptions.class,
            CoreOptions.class,
            HighAvailabilityOptions.class,
            JobManagerOptions.class,
            PipelineOptions.class,
            ResourceManagerOptions.class,
            RestOptions.class,
            RestartStrategyOptions.class,
            RocksDBOptions.class,
            StateBackendOptions.class,
            TaskManagerOptions.class,
            WebOptions.class);

    /** Where a cluster of machines has to differ from one machine. */
    private static final Set<String> ITS_OWN =
            Set.of("execution.checkpointing.dir", "execution.checkpointing.savepoint-dir", "rest.bind-address");

    private static List<JsonNode> documents(String job) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class)
                .readValues(FOLDER.resolve(job + ".yaml").toFile())) {
            all.forEachRemaining(documents::add);
        }
        return documents;
    }

    private static JsonNode deployment(String job) throws IOException {
        return documents(job).get(0);
    }

    private static Map<String, String> flinkConfiguration(String job) throws IOException {
        Map<String, String> configuration = new HashMap<>();
        deployment(job).at("/spec/flinkConfiguration").properties().forEach(option -> {
            assertThat(option.getValue().isTextual())
                    .as("the operator takes texts only: " + option.getKey())
                    .isTrue();
            configuration.put(option.getKey(), option.getValue().textValue());
        });
        return configuration;
    }

    @ParameterizedTest
    @CsvSource({"price-floor, io.touchstone.PriceFloorJob", "factory-quality, io.touchstone.FactoryQualityJob"})
    void deploysTheJobOfTheJar(String job, String main) throws Exception {
        JsonNode spec = deployment(job).get("spec");
        assertThat(deployment(job).get("kind").textValue()).isEqualTo("FlinkDeployment");
        assertThat(deployment(job).get("apiVersion").textValue()).isEqualTo("flink.apache.org/v1beta1");
        assertThat(deployment(job).at("/metadata/name").textValue()).isEqualTo(job);
        assertThat(spec.get("flinkVersion").textValue()).isEqualTo("v2_3");
        assertThat(spec.at("/job/entryClass").textValue()).isEqualTo(main);
        assertThat(Class.forName(main).getMethod("main", String[].class)).isNotNull();
        assertThat(spec.at("/job/upgradeMode").textValue()).isEqualTo("savepoint");
        assertThat(spec.at("/job/allowNonRestoredState").booleanValue()).isFalse();
        assertThat(spec.at("/job/parallelism").intValue()).isBetween(1, JobSettings.MAX_PARALLELISM);
        assertThat(spec.at("/jobManager/replicas").intValue()).isGreaterThan(1);
        assertThat(spec.at("/taskManager/resource/memory").isTextual()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    void configuresFlinkAsTheShippedFileDoes(String job) throws IOException {
        Map<String, String> here = flinkConfiguration(job);
        Map<String, String> shipped = GlobalConfiguration.loadConfiguration(
                        HOME.resolve("conf").toString())
                .toMap();
        shipped.forEach((key, value) -> {
            if (ITS_OWN.contains(key)) {
                assertThat(here).containsKey(key);
            } else {
                assertThat(here).containsEntry(key, value);
            }
        });
        assertThat(here.get("high-availability.storageDir")).contains(job);
        assertThat(here.get("execution.checkpointing.dir")).contains(job);
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    void setsOptionsThatFlinkKnowsToValuesThatItTakes(String job) throws Exception {
        Configuration configuration = Configuration.fromMap(flinkConfiguration(job));
        Map<String, ConfigOption<?>> known = new HashMap<>();
        for (Class<?> options : OPTIONS) {
            for (Field field : options.getFields()) {
                if (field.getType() == ConfigOption.class) {
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    known.put(option.key(), option);
                }
            }
        }
        Set<String> keys = new HashSet<>(configuration.keySet());
        keys.removeIf(key -> key.startsWith("metrics.reporter.prom."));
        assertThat(known.keySet()).containsAll(keys);
        keys.forEach(
                key -> assertThat((Object) configuration.get(known.get(key))).isNotNull());
        assertThat(configuration.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(configuration.get(ResourceManagerOptions.REDUNDANT_TASK_MANAGER_NUM))
                .as("one stands by")
                .isPositive();
    }

    @Test
    void wiresTheJobsSecurelyAndSoThatNoAlertIsLost() throws IOException {
        Options options = Options.read(FOLDER.resolve("jobs.yaml"));
        assertThat(options.kafka().security().protocol()).isEqualTo(Options.Protocol.SASL_SSL);
        assertThat(options.database().sslMode()).isEqualTo(Options.SslMode.VERIFY_FULL);
        Configuration configuration = Configuration.fromMap(flinkConfiguration("price-floor"));
        Duration interval = configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        options.kafka().checkTransactions(interval, configuration.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    void givesTheJobItsOwnSecretsByReference(String job) throws IOException {
        JsonNode pod = deployment(job).at("/spec/podTemplate/spec");
        Map<String, JsonNode> volumes = new HashMap<>();
        pod.get("volumes").forEach(volume -> volumes.put(volume.get("name").textValue(), volume));
        assertThat(volumes.get("secrets").at("/secret/secretName").textValue()).isEqualTo("touchstone-" + job);
        Map<String, String> mounts = new HashMap<>();
        pod.at("/containers/0/volumeMounts")
                .forEach(mount -> mounts.put(
                        mount.get("name").textValue(), mount.get("mountPath").textValue()));
        assertThat(mounts.keySet()).isEqualTo(volumes.keySet());
        Options options = Options.read(FOLDER.resolve("jobs.yaml"));
        assertThat(List.of(
                        options.kafka().password(job).file(),
                        options.kafka().security().caFile(),
                        options.database().password().file(),
                        options.database().caFile()))
                .allMatch(file -> Path.of(file).getParent().equals(Path.of(mounts.get("secrets"))));
        assertThat(deployment(job).at("/spec/job/args/0").textValue()).isEqualTo(mounts.get("configuration"));
        assertThat(flinkConfiguration(job)).containsEntry("state.backend.rocksdb.localdir", mounts.get("rocksdb"));
        assertThat(volumes.get("rocksdb").has("emptyDir")).isTrue();
        assertThat(pod.at("/securityContext/runAsNonRoot").booleanValue()).isTrue();
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files).noneMatch(file -> contains(file, "kind: Secret") || contains(file, "stringData"));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"price-floor", "factory-quality"})
    void letsOnlyTheOperatorAndMonitoringSpeakToTheJob(String job) throws IOException {
        JsonNode policy = documents(job).get(1);
        assertThat(policy.get("kind").textValue()).isEqualTo("NetworkPolicy");
        assertThat(policy.at("/spec/podSelector/matchLabels/app").textValue()).isEqualTo(job);
        for (JsonNode rule : policy.at("/spec/ingress")) {
            assertThat(rule.at("/from/0").isMissingNode()).as("anybody").isFalse();
            boolean own =
                    rule.at("/from/0/podSelector/matchLabels/app").asText().equals(job);
            assertThat(own || rule.at("/ports/0/port").isInt()).isTrue();
        }
    }

    @Test
    void shipsTheJarThatIsBuiltOnTheFlinkItIsBuiltFor() throws IOException {
        String dockerfile = Files.readString(FOLDER.resolve("Dockerfile"));
        String pom = Files.readString(HOME.resolve("pom.xml"));
        String flink = pom.replaceAll("(?s).*<flink.version>(.*?)</flink.version>.*", "$1");
        String version = pom.replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
        assertThat(dockerfile)
                .contains("FROM flink:" + flink + "-java17")
                .contains("jobs/analytics/target/touchstone-analytics-" + version + "-deployable.jar");
        for (String job : List.of("price-floor", "factory-quality")) {
            assertThat(deployment(job).at("/spec/image").textValue()).isEqualTo("touchstone-analytics:" + version);
            String jar = deployment(job).at("/spec/job/jarURI").textValue();
            assertThat(dockerfile).contains(jar.substring("local:///opt/flink/".length()));
        }
    }
}
