package io.touchstone.playground.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.touchstone.config.Options;
import io.touchstone.config.Options.KafkaSecurity;
import io.touchstone.config.PolicyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The wiring and the policy a job is deployed with: those of the checkout, with the addresses of the cluster. */
record JobFiles(String wiring, String policy) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * As a job would get them now; both are checked.
     *
     * @param conf a folder with {@code jobs.yaml}
     * @param policy the business numbers
     */
    static JobFiles of(ClusterFolder folder, Settings settings, Path conf, Path policy) throws IOException {
        Path wiring = conf.resolve("jobs.yaml");
        Options.read(wiring);
        PolicyFile.read(policy);
        ObjectNode tree = YAML.readTree(wiring.toFile()) instanceof ObjectNode keys ? keys : YAML.createObjectNode();
        ObjectNode kafka = tree.withObjectProperty("kafka").put("bootstrap_servers", settings.bootstrapServers());
        kafka.remove("security");
        ObjectNode database = tree.withObjectProperty("database")
                .put("url", settings.jdbcUrl())
                .put("user", DatabaseServer.WRITER)
                .put("password_file", folder.secret(DatabaseServer.WRITER).toString());
        database.remove(List.of("ssl_mode", "ca_file"));
        if (settings.secure()) {
            KafkaSecurity security = BrokerUsers.security(folder, settings);
            kafka.putObject("security")
                    .put("protocol", "sasl-ssl")
                    .put("ca_file", security.caFile())
                    .put("password_file", security.password().file());
            database.put("ssl_mode", "verify-full").put("ca_file", security.caFile());
        }
        return new JobFiles(YAML.writeValueAsString(tree), Files.readString(policy));
    }

    /** Those a job was deployed with last; empty ones if it never was. */
    static JobFiles deployed(Path folder) throws IOException {
        return new JobFiles(text(folder.resolve("jobs.yaml")), text(folder.resolve("policy.yaml")));
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("jobs.yaml"), wiring);
        Files.writeString(folder.resolve("policy.yaml"), policy);
    }

    /** What is different here, a line per key: {@code policy price.min_buyers: 3 -> 4}. */
    List<String> changesSince(JobFiles before) throws IOException {
        List<String> changes = new ArrayList<>();
        compare("wiring", before.wiring, wiring, changes);
        compare("policy", before.policy, policy, changes);
        return changes;
    }

    private static void compare(String file, String before, String after, List<String> changes) throws IOException {
        Map<String, String> old = keys(before);
        Map<String, String> now = keys(after);
        TreeMap<String, String> all = new TreeMap<>(old);
        all.putAll(now);
        for (String key : all.keySet()) {
            String from = old.getOrDefault(key, "(default)");
            String to = now.getOrDefault(key, "(default)");
            if (!from.equals(to)) {
                changes.add(file + " " + key + ": " + from + " -> " + to);
            }
        }
    }

    private static Map<String, String> keys(String yaml) throws IOException {
        Map<String, String> keys = new TreeMap<>();
        flatten("", YAML.readTree(yaml), keys);
        return keys;
    }

    private static void flatten(String path, com.fasterxml.jackson.databind.JsonNode node, Map<String, String> keys) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), keys));
        } else if (!node.isMissingNode() && !node.isNull()) {
            keys.put(path, node.isTextual() ? node.textValue() : node.toString());
        }
    }
}
