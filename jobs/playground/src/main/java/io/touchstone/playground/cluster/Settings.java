package io.touchstone.playground.cluster;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;

/**
 * What a cluster was started with; it stays the same from start to start unless an option says otherwise.
 *
 * @param taskManagers how many run; one more than the jobs need stands by
 * @param slots of each task manager
 * @param controllerPort of the broker's own quorum; nobody else asks there
 */
record Settings(
        int taskManagers,
        int slots,
        int brokerPort,
        int controllerPort,
        int databasePort,
        int zooKeeperPort,
        int webPort) {
    private static final YAMLMapper YAML = new YAMLMapper();

    static Settings read(ClusterFolder folder) throws IOException {
        if (!folder.isCluster()) {
            throw new IOException("there is no cluster in " + folder.root() + ": scripts/cluster start makes one");
        }
        return YAML.readValue(folder.settings().toFile(), Settings.class);
    }

    void write(ClusterFolder folder) throws IOException {
        Files.writeString(folder.settings(), YAML.writeValueAsString(this));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + databasePort + "/" + DatabaseServer.DATABASE;
    }

    String webUrl() {
        return "http://localhost:" + webPort;
    }
}
