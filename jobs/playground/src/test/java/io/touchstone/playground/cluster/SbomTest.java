package io.touchstone.playground.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The list of what is in the deployable jar is a list of what is in the deployable jar. */
class SbomTest {
    private static final Path TARGET = ClusterFolder.home().resolve("jobs/analytics/target");

    private static Path built(String ending) throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + ending + " in " + TARGET + ": mvn package"));
        }
    }

    /** Group, name and version of each component, with its SHA-256. */
    private static Map<String, String> components() throws IOException {
        JsonNode sbom = new JsonMapper().readTree(built("-sbom.json").toFile());
        assertThat(sbom.get("bomFormat").textValue()).isEqualTo("CycloneDX");
        Map<String, String> components = new HashMap<>();
        for (JsonNode component : sbom.get("components")) {
            String hash = "";
            for (JsonNode one : component.path("hashes")) {
                hash = one.get("alg").textValue().equals("SHA-256")
                        ? one.get("content").textValue()
                        : hash;
            }
            components.put(
                    component.get("group").textValue() + ":"
                            + component.get("name").textValue() + ":"
                            + component.get("version").textValue(),
                    hash);
        }
        return components;
    }

    @Test
    void listsEverythingThatIsInTheJarByItsHash() throws IOException {
        TreeSet<String> packed = new TreeSet<>();
        try (JarFile jar = new JarFile(built("-deployable.jar").toFile())) {
            for (ZipEntry entry : jar.stream().toList()) {
                if (entry.getName().matches("META-INF/maven/.*/pom.properties")) {
                    Properties properties = new Properties();
                    try (InputStream in = jar.getInputStream(entry)) {
                        properties.load(in);
                    }
                    packed.add(properties.getProperty("groupId") + ":" + properties.getProperty("artifactId") + ":"
                            + properties.getProperty("version"));
                }
            }
        }
        // The jar itself is what the list is of.
        packed.removeIf(component -> component.startsWith("io.touchstone:touchstone-analytics:"));
        Map<String, String> listed = components();
        assertThat(listed.keySet())
                .containsAll(packed)
                .anyMatch(component -> component.startsWith("org.apache.kafka:kafka-clients:"));
        assertThat(listed)
                .allSatisfy((component, hash) -> assertThat(hash).as(component).hasSize(64));
    }

    @Test
    void listsNeitherFlinkItselfNorTestsNorAnythingUnreleased() throws IOException {
        assertThat(components().keySet())
                .noneMatch(component -> component.startsWith("org.apache.flink:flink-runtime:"))
                .noneMatch(component -> component.startsWith("org.junit"))
                .noneMatch(component -> component.contains("SNAPSHOT"));
    }
}
