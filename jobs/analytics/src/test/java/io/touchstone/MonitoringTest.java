package io.touchstone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alerting rules of {@code conf/monitoring} do what they say; {@code ClusterTest} looks whether a cluster has their metrics. */
class MonitoringTest {
    private static final Path HOME = Path.of(System.getProperty("touchstone.home"));
    private static final Path FOLDER = HOME.resolve("conf").resolve("monitoring");

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @ParameterizedTest
    @CsvSource({"check, config, prometheus.yml", "test, rules, rules.test.yml"})
    void promtoolAgrees(String verb, String what, String file) throws Exception {
        boolean installed = isInstalled("promtool");
        if (!installed) {
            System.out.println(
                    "Skipped: promtool (Debian's package prometheus) is not installed, so nobody tries " + file);
        }
        assumeThat(installed).isTrue();
        Process promtool = new ProcessBuilder("promtool", verb, what, file)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }

    @Test
    void everyRuleHasAnExampleAndAnEntryInTheRunbook() throws IOException {
        Set<String> tried = new HashSet<>();
        YAMLMapper yaml = new YAMLMapper();
        for (JsonNode test :
                yaml.readTree(FOLDER.resolve("rules.test.yml").toFile()).get("tests")) {
            for (JsonNode expectation : test.get("alert_rule_test")) {
                if (!expectation.get("exp_alerts").isEmpty()) {
                    tried.add(expectation.get("alertname").asText());
                }
            }
        }
        String runbook = Files.readString(HOME.resolve("RUNBOOK.md"));
        for (JsonNode rule : yaml.readTree(FOLDER.resolve("rules.yml").toFile()).at("/groups/0/rules")) {
            String name = rule.get("alert").asText();
            assertThat(tried).contains(name);
            assertThat(runbook).contains("`" + name + "`");
        }
    }
}
